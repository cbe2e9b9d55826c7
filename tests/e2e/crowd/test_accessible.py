"""No element breaks a rule of WCAG 2.2 A or AA that axe-core can see, in light and in dark, wide and narrow.

`CROWDBROKER_SHOTS` names a folder for screenshots of what was looked at.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import npm
import pytest
from crowdpages import PICTURE
from playwright.sync_api import Page, expect

# Read here, for no setting of the person who runs the tests reaches them.
SHOTS = os.environ.get("CROWDBROKER_SHOTS")
RULES = "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']"
REGIONS = """<short-instructions>Look twice.</short-instructions>
<full-instructions header="How to"><p>At <a href="#">length</a>.</p></full-instructions>"""

ELEMENTS = {
    "text": """<crowd-input name="a" label="Name" required value="Ana"></crowd-input><p>And what else?</p>
        <crowd-input name="b" placeholder="example: pink"></crowd-input><crowd-input name="c" label="Off" disabled>
        </crowd-input><p>Essay</p><crowd-text-area name="d" rows="4" char-counter max-length="50"></crowd-text-area>""",
    "checks": """<crowd-checkbox name="a" checked>Checked</crowd-checkbox>
    <crowd-checkbox name="b" required></crowd-checkbox>
        <crowd-checkbox name="c" disabled>Off</crowd-checkbox><p>Toggles</p>
        <crowd-toggle-button name="d" checked>On</crowd-toggle-button>
        <crowd-toggle-button name="e" invalid></crowd-toggle-button>
        <p>Which?</p><crowd-radio-group required><crowd-radio-button name="f" checked>Yes</crowd-radio-button>
        <crowd-radio-button name="g">No</crowd-radio-button>
        <crowd-radio-button name="h" disabled>Off</crowd-radio-button>
        </crowd-radio-group>""",
    "slider": """<p>How much?</p><crowd-slider name="a" min="1" max="10" pin required></crowd-slider>
        <p>How long?</p><crowd-slider name="b" value="5" max="10" editable></crowd-slider>""",
    "buttons": """<crowd-button>Plain</crowd-button> <crowd-button variant="primary" icon="search">Search</crowd-button>
        <crowd-button variant="link" href="https://example.com/">Link</crowd-button>
        <crowd-button disabled>Off</crowd-button>
        <crowd-button loading>Loading</crowd-button> <crowd-button><iron-icon icon="question-answer"/></crowd-button>
        <crowd-icon-button icon="report-problem" title="Issue"></crowd-icon-button> <crowd-fab icon="star" title="Star">
        </crowd-fab> <crowd-fab label="A"></crowd-fab> <crowd-icon icon="flag"></crowd-icon>""",
    "notices": """<crowd-alert>Info</crowd-alert><crowd-alert type="success">Success</crowd-alert>
    <crowd-alert type="warning">
        Warning</crowd-alert><crowd-alert type="error" dismissible>Error</crowd-alert><p id="here">Here</p>
        <crowd-badge icon="star" for="here"></crowd-badge><crowd-card heading="A card"><p>In it</p></crowd-card>
        <crowd-toast opened duration="600000">A toast</crowd-toast>""",
    "tabs": """<crowd-tabs><crowd-tab header="One">First <crowd-input name="a" label="Inside"></crowd-input></crowd-tab>
        <crowd-tab header="Two">Second</crowd-tab></crowd-tabs>""",
    "classifier": f"""<crowd-classifier name="a" header="Which?" categories="['Cat', 'Dog', 'Pig']">
    <classification-target>
        Miaow</classification-target>{REGIONS}</crowd-classifier>""",
    "classifier-multi-select": f"""<crowd-classifier-multi-select name="a" header="Which?" categories="['Cat', 'Dog']"
        exclusion-category="{{ text: 'None' }}">{REGIONS}</crowd-classifier-multi-select>""",
    "image-classifier": f"""<crowd-image-classifier name="a" header="Good?" src="{PICTURE}" categories="['Good', 'Bad']"
        overlay='{{boundingBox: {{labels: ["bird"], value: [{{height: 30, label: "bird", left: 20, top: 15,
        width: 30}}]}},}}'>
        {REGIONS}<worker-comment>Why?</worker-comment></crowd-image-classifier>""",
    "image-classifier-multi-select": f"""<crowd-image-classifier-multi-select name="a" header="Which?" src="{PICTURE}"
        categories="['Cat', 'Dog']">{REGIONS}</crowd-image-classifier-multi-select>""",
    "bounding-box": f"""<crowd-bounding-box name="a" header="Draw" src="{PICTURE}" labels="['Cat', 'Dog']"
        initial-value="[{{label: 'Dog', left: 20, top: 25, width: 30, height: 20}}]">{REGIONS}</crowd-bounding-box>""",
    "windows": """<crowd-instructions link-type="button"><short-summary>Sum</short-summary><detailed-instructions>
        <h3>More</h3></detailed-instructions><positive-example><p>Good</p></positive-example><negative-example>
        <p>Bad</p>
        </negative-example></crowd-instructions><crowd-modal link-text="See it">There</crowd-modal>""",
}
LOOKS = {"light-1280": ("light", 1280), "dark-390": ("dark", 390)}


@pytest.fixture(scope="module")
def axe() -> str:
    return npm.axe_script()


def look(page: Page, axe: str, name: str) -> list[str]:
    """What axe finds wrong on the page, once it was photographed."""
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)
    page.evaluate(axe)
    found = page.evaluate(f"axe.run(document, {{runOnly: {RULES}, resultTypes: ['violations']}})")
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


@pytest.mark.slow
@pytest.mark.parametrize(("scheme", "width"), LOOKS.values(), ids=LOOKS)
@pytest.mark.parametrize("name", ELEMENTS)
def test_axe_finds_nothing_as_it_stands_and_with_its_problems_shown(
    name: str, scheme: str, width: int, show: Callable[..., Page], axe: str
) -> None:
    page = show(f"<crowd-form>{ELEMENTS[name]}</crowd-form>", width=width, color_scheme=scheme)
    page.locator("crowd-form img[src]").evaluate_all("(all) => Promise.all(all.map((one) => one.decode()))")
    assert look(page, axe, f"{name}-{width}") == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.evaluate("document.querySelector('crowd-form').checkValidity()")
    assert look(page, axe, f"{name}-{width}-problems") == []


@pytest.mark.slow
@pytest.mark.parametrize(("scheme", "width"), LOOKS.values(), ids=LOOKS)
def test_axe_finds_nothing_in_the_windows_once_they_are_open(
    scheme: str, width: int, show: Callable[..., Page], axe: str
) -> None:
    page = show(
        f"<crowd-form>{ELEMENTS['windows']}{ELEMENTS['image-classifier']}</crowd-form>",
        width=width,
        color_scheme=scheme,
    )
    page.get_by_role("button", name="Click for instructions").click()
    for tab in ("Summary", "Detailed instructions", "Examples"):
        page.get_by_role("tab", name=tab).click()
        assert look(page, axe, f"window-{tab}-{width}") == []
    page.get_by_role("button", name="Close").click()
    for opener in ("See it", "Full instructions", "Add a comment"):
        page.get_by_role("button", name=opener).click()
        assert look(page, axe, f"window-{opener}-{width}") == []
        page.get_by_role("button", name="Close").click()


@pytest.mark.slow
def test_what_is_pressed_is_large_enough_for_a_finger(show: Callable[..., Page]) -> None:
    for name, body in ELEMENTS.items():
        page = show(f"<crowd-form>{body}</crowd-form>", width=390, has_touch=True, is_mobile=True)
        for role in ("button", "radio", "switch", "checkbox", "tab", "slider", "spinbutton", "textbox"):
            for target in page.get_by_role(role).all():
                # The label belongs to what is pressed.
                height = target.evaluate("(one) => (one.closest('label') ?? one).getBoundingClientRect().height")
                assert height >= 43.5, (name, role, target.evaluate("(one) => one.outerHTML"))


@pytest.mark.slow
def test_dark_is_followed_only_where_the_template_brings_no_colours(show: Callable[..., Page]) -> None:
    body = "<crowd-form><crowd-input name='a' label='A'></crowd-input></crowd-form>"
    field = "getComputedStyle(document.querySelector('crowd-input').shadowRoot.querySelector('input')).backgroundColor"
    assert show(body, color_scheme="dark").evaluate(field) == "rgb(27, 32, 33)"
    assert show(body, color_scheme="light").evaluate(field) == "rgb(255, 255, 255)"
    coloured = "<style>p { background: yellow; }</style>" + body
    assert show(coloured, color_scheme="dark").evaluate(field) == "rgb(255, 255, 255)"
    page = show('<meta name="color-scheme" content="light dark">' + coloured, color_scheme="dark")
    assert page.evaluate(field) == "rgb(27, 32, 33)"


@pytest.mark.slow
def test_nothing_moves_for_those_who_ask_for_none(show: Callable[..., Page]) -> None:
    for wish, count in (("reduce", 0), ("no-preference", 1)):
        page = show("<crowd-form><crowd-button loading>Wait</crowd-button></crowd-form>", reduced_motion=wish)
        expect(page.get_by_role("button", name="Wait")).to_be_disabled()
        assert page.evaluate("document.querySelector('crowd-button').shadowRoot.getAnimations().length") == count
