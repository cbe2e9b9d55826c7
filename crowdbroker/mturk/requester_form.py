"""The form that a requester's own page submits: found, led to the marketplace, or put around a page that has none.

MTurk's requester site wrapped such pages in a form, and scripts of that time name its parts: `mturk_form`,
`assignmentId` and `submitButton`.
"""

from __future__ import annotations

from crowdbroker.mturk.html_places import Region, Scanned, Tag

RESERVED = frozenset({"assignmentId", "hitId", "turkSubmitTo", "workerId"})
"""Fields that say whose answer it is and are no part of it."""

_FIELDS = frozenset({"input", "select", "textarea", "button"})
_OPENING = '<form id="mturk_form" name="mturk_form" method="post">\n'
_HIDDEN = '<input type="hidden" id="assignmentId" name="assignmentId" value="">\n'
_BUTTON = '<p><button type="submit" id="submitButton">Submit</button></p>\n'
_CLOSING = """<p id="mturk_preview" hidden>This is a preview. Accept the HIT to answer and submit it.</p>
<noscript><p>This page needs JavaScript to send your answers.</p></noscript>
</form>
"""

# A field named "action" or "method" hides the form's own property, so only attributes are read and set.
_SCRIPT = r"""<script>
(() => {
  const query = new URLSearchParams(location.search);
  const assignment = query.get("assignmentId") || "", site = (query.get("turkSubmitTo") || "").replace(/\/+$/, "");
  const preview = !assignment || !site || assignment === "ASSIGNMENT_ID_NOT_AVAILABLE";
  for (const form of document.querySelectorAll("form")) {
    const action = (form.getAttribute("action") || "").trim();
    if (action && !/(^|\/)mturk\/externalSubmit\/?([?#]|$)/i.test(action)) continue;
    form.setAttribute("method", "post");
    if (/^https?:\/\//i.test(site)) form.setAttribute("action", site + "/mturk/externalSubmit");
    let hidden = form.querySelector("[name=assignmentId]");
    if (!hidden) {
      hidden = document.createElement("input");
      hidden.type = "hidden";
      hidden.name = "assignmentId";
      form.append(hidden);
    }
    hidden.value = assignment;
    const sentence = form.querySelector("#mturk_preview");
    if (!sentence || !preview) continue;
    sentence.hidden = false;
    for (const button of form.querySelectorAll("button:not([type=button],[type=reset]),[type=submit],[type=image]")) {
      button.disabled = true;
      button.setAttribute("aria-describedby", "mturk_preview");
    }
  }
})();
</script>
"""


def additions(scanned: Scanned, source: str) -> dict[int, str]:
    """HTML to put into a source, by offset, so that it can be submitted; empty when `crowd-form` sees to that."""
    end = _end_of_body(scanned, len(source))
    names = [tag.name for tag in scanned.tags if not tag.closing]
    if "form" in names:
        return {end: _SCRIPT}
    if "crowd-form" in names:
        return {}
    fields = [region for _, region in _named(scanned)]
    if fields and fields[-1].start > end:
        end = len(source)
    has_hidden = any(source[region.start : region.end] == "assignmentId" for region in fields)
    button = "" if any(_submits(tag, source) for tag in scanned.tags) else _BUTTON
    start = min(_start_of_body(scanned), end)
    added = {start: _OPENING + _HIDDEN * (not has_hidden)}
    added[end] = added.get(end, "") + button + _CLOSING + _SCRIPT
    return added


def field_regions(scanned: Scanned) -> list[Region]:
    """Where the names of the fields stand that the form sends, in order; all fields where the page has no form."""
    has_form = any(tag.name == "form" for tag in scanned.tags)
    return [region for inside, region in _named(scanned) if inside or not has_form]


def _named(scanned: Scanned) -> list[tuple[bool, Region]]:
    """Every field's name, and whether it belongs to a form."""
    found, inside = list[tuple[bool, Region]](), False
    for tag in scanned.tags:
        if tag.name == "form":
            inside = not tag.closing
        elif _is_named_field(tag):
            found.append((inside or "form" in tag.attributes, tag.attributes["name"]))
    return found


def _is_named_field(tag: Tag) -> bool:
    return not tag.closing and tag.name in _FIELDS and "name" in tag.attributes


def _submits(tag: Tag, source: str) -> bool:
    region = tag.attributes.get("type")
    kind = source[region.start : region.end].strip().lower() if region else ""
    if tag.name == "button":
        return not tag.closing and kind not in ("button", "reset")
    return tag.name == "input" and kind in ("submit", "image")


def _start_of_body(scanned: Scanned) -> int:
    """The first offset at which a form may stand, but none behind a field."""
    ends = {(tag.name, tag.closing): tag.end for tag in reversed(scanned.tags)}
    places = (("body", False), ("head", True), ("html", False))
    start = next((ends[place] for place in places if place in ends), scanned.doctype_end)
    return min([start, *(tag.start for tag in scanned.tags if _is_named_field(tag))])


def _end_of_body(scanned: Scanned, length: int) -> int:
    """The offset at which the body's last words may stand."""
    starts = {tag.name: tag.start for tag in scanned.tags if tag.closing}
    return min(starts.get("body", length), starts.get("html", length))
