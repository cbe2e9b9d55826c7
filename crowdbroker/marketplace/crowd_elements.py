"""The crowd HTML elements that the worker site can show, by name ("Crowd HTML Elements Reference").

Templates load them from Amazon's address, which leads to `site/static/crowd-html-elements.js` here. A page with another
element of that kind would show the worker an empty place, so requesters are told.
"""

from __future__ import annotations

REGIONS = frozenset(
    {
        "additional-instructions",
        "classification-target",
        "detailed-instructions",
        "full-instructions",
        "negative-example",
        "positive-example",
        "short-instructions",
        "short-summary",
        "worker-comment",
    }
)
"""Elements that stand only inside others."""

KNOWN_ELEMENTS: frozenset[str] = REGIONS | {
    "crowd-alert",
    "crowd-badge",
    "crowd-bounding-box",
    "crowd-button",
    "crowd-card",
    "crowd-checkbox",
    "crowd-classifier",
    "crowd-classifier-multi-select",
    "crowd-fab",
    "crowd-form",
    "crowd-icon",
    "crowd-icon-button",
    "crowd-image-classifier",
    "crowd-image-classifier-multi-select",
    "crowd-input",
    "crowd-instructions",
    "crowd-modal",
    "crowd-radio-button",
    "crowd-radio-group",
    "crowd-slider",
    "crowd-tab",
    "crowd-tabs",
    "crowd-text-area",
    "crowd-toast",
    "crowd-toggle-button",
    "iron-icon",
}
