"""crowd-form: one answer, sent once, and not before it is whole."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from crowdpages import LOADER, PREVIEW, CrowdPages
from playwright.sync_api import Page, expect

Show = Callable[..., Page]
Submit = Callable[[Page], None]

NAME = '<crowd-input name="name" label="Name" required></crowd-input>'


def form(body: str, script: str = "") -> str:
    return f"<crowd-form>{body}</crowd-form><script>{script}</script>"


def send(page: Page) -> None:
    page.get_by_role("button", name="Submit", exact=True).click()


def test_what_is_required_and_missing_is_said_aloud_and_gets_the_focus(show: Show, submit: Submit, pages: CrowdPages):
    body = f"""{NAME}<p>Fair?</p><crowd-checkbox name="fair" required>Fair</crowd-checkbox>
    <label>Age <input name="age" required></label>"""
    page = show(form(body))
    send(page)
    expect(page.get_by_role("alert")).to_have_text("Not sent yet: 3 fields are not answered or not right.")
    name = page.get_by_role("textbox", name="Name (required)")
    expect(name).to_be_focused()
    expect(name).to_have_accessible_description("Fill in this field.")
    expect(name).to_have_attribute("aria-invalid", "true")
    name.fill("Ana")
    expect(name).to_have_accessible_description("")
    page.get_by_role("checkbox", name="Fair").check()
    send(page)
    expect(page.get_by_role("alert")).to_have_text("Not sent yet: one field is not answered or not right.")
    expect(page.get_by_role("textbox", name="Age")).to_be_focused()
    page.get_by_role("textbox", name="Age").fill("33")
    assert pages.posted == []
    submit(page)
    assert pages.answer == {"name": "Ana", "fair": {"on": True}, "age": "33"}


def test_every_kind_of_choice_can_be_missing(show: Show, pages: CrowdPages):
    body = """<p>Pick</p><crowd-radio-group required>
    <crowd-radio-button name="a">A</crowd-radio-button></crowd-radio-group>
    <crowd-toggle-button name="b" required>B</crowd-toggle-button><crowd-slider name="c" required></crowd-slider>
    <crowd-classifier name="d" header="D" categories="['x']"></crowd-classifier>
    <crowd-classifier-multi-select name="e" header="E" categories="['x']"></crowd-classifier-multi-select>
    <crowd-text-area name="f" label="F" min-length="3"></crowd-text-area>"""
    page = show(form(body))
    page.get_by_role("textbox", name="F").fill("ab")
    send(page)
    for problem in (
        "Choose one of these.",
        "Switch this on to go on.",
        "Move the knob, or click where it is, to choose.",
        "Choose a category.",
        "Choose at least one category.",
        "Write at least 3 characters.",
    ):
        expect(page.get_by_text(problem)).to_be_visible()
    expect(page.get_by_role("radio", name="A")).to_be_focused()
    assert pages.posted == []


def test_a_handler_of_the_template_may_hold_the_answer_back_and_send_it_later(
    show: Show, submit: Submit, pages: CrowdPages
):
    script = """document.querySelector('crowd-form').onsubmit = function (e) {
      if (document.querySelector('crowd-input').value !== 'Ana') { e.preventDefault(); errorBox.innerHTML =
        '<crowd-alert type="error" dismissible>Only Ana may.</crowd-alert>'; }
    };"""
    page = show(form(f'<div id="errorBox"></div>{NAME}', script))
    page.get_by_role("textbox").fill("Ben")
    send(page)
    expect(page.get_by_text("Only Ana may.")).to_be_visible()
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_text("Only Ana may.")).to_have_count(0)
    page.get_by_role("textbox").fill("Ana")
    submit(page)
    assert pages.answer == {"name": "Ana"}


def test_a_handler_in_the_markup_may_refuse_too(show: Show, pages: CrowdPages):
    page = show(
        f'<crowd-form onsubmit="seen.textContent = \'asked\'; return false">{NAME}</crowd-form><p id="seen"></p>'
    )
    page.get_by_role("textbox").fill("Ana")
    send(page)
    expect(page.locator("#seen")).to_have_text("asked")
    assert pages.posted == []


def test_submit_by_a_script_sends_at_once_and_only_once(show: Show, pages: CrowdPages):
    script = "const f = document.querySelector('crowd-form'); f.submit(); f.submit(); f.requestSubmit();"
    page = show(form(NAME, f"addEventListener('load', () => {{ {script} }})"))
    page.get_by_text("Thank you").wait_for()
    assert pages.posted == [{"assignmentId": "A1", "taskAnswers": "[{}]"}]


def test_two_presses_of_the_button_send_one_answer(show: Show, pages: CrowdPages):
    page = show(form("<crowd-input name='a' value='b'></crowd-input>"))
    asked_and_sent = page.evaluate(
        """() => {
          const [form, button] = ["crowd-form", "crowd-button"].map((name) => document.querySelector(name));
          let asked = 0;
          form.addEventListener("submit", () => asked++);
          button.click();
          button.disabled = false;
          button.click();
          form.submit();
          return [asked, document.querySelectorAll("body > form").length];
        }"""
    )
    assert asked_and_sent == [1, 1]
    page.get_by_text("Thank you").wait_for()
    assert pages.answer == {"a": "b"}


def test_the_buttons_that_a_template_brings_are_used(show: Show, pages: CrowdPages):
    own = '<crowd-button form-action="submit" variant="primary">Send it</crowd-button>'
    page = show(
        form(f"<input name='a' value='1' aria-label='A'>{own}<crowd-button form-action='reset'>Reset</crowd-button>")
    )
    expect(page.get_by_role("button")).to_have_count(2)
    page.get_by_role("textbox").fill("2")
    page.get_by_role("button", name="Reset").click()
    expect(page.get_by_role("textbox")).to_have_value("1")
    page.get_by_role("button", name="Send it").click()
    page.get_by_text("Thank you").wait_for()
    assert pages.answer == {"a": "1"}


def test_a_plain_submit_button_and_a_form_inside_send_the_same_way(show: Show, pages: CrowdPages):
    page = show("<crowd-form><form method='' action=''><input name='a' aria-label='A' required>"
                "<input type='submit' value='Go'></form></crowd-form>")  # fmt: skip
    expect(page.get_by_role("button")).to_have_count(1)
    page.get_by_role("textbox").fill("x")
    page.get_by_role("textbox").press("Enter")
    page.get_by_text("Thank you").wait_for()
    assert pages.answer == {"a": "x"}


def test_a_preview_sends_nothing_and_says_why(show: Show, pages: CrowdPages):
    page = show(form("<crowd-input name='a' value='b'></crowd-input>"), assignment=PREVIEW)
    expect(page.get_by_text("This is a preview. Accept the HIT to answer and submit it.")).to_be_visible()
    expect(page.get_by_role("button", name="Submit")).to_be_disabled()
    for how in ("submit", "requestSubmit"):
        page.evaluate(f"document.querySelector('crowd-form').{how}()")
        assert page.locator("body > form").count() == 0


def test_an_element_that_nobody_knows_is_named(show: Show):
    page = show(form("<crowd-keypoint name='a'></crowd-keypoint><crowd-keypoint name='b'></crowd-keypoint>"))
    expect(page.locator("crowd-alert")).to_have_count(1)
    expect(page.locator("crowd-alert")).to_contain_text("A part of this page, crowd-keypoint, cannot be shown here.")


def test_a_loader_that_comes_twice_or_late_does_no_harm(show: Show, submit: Submit, pages: CrowdPages):
    late = """const again = document.createElement('script'); again.src = '/static/crowd-html-elements.js?2';
      document.head.append(again);"""
    page = show(form("<crowd-input name='a' value='b'></crowd-input>", late))
    submit(page)
    assert pages.answer == {"a": "b"}


@pytest.mark.parametrize("how", ["defer", "async"])
def test_a_loader_that_does_not_hold_the_page_up_works_too(
    how: str, show: Show, submit: Submit, pages: CrowdPages
) -> None:
    page = show(
        form(NAME + "<p>Fair?</p><crowd-checkbox name='fair'></crowd-checkbox>"),
        loader=LOADER.replace("src", f"{how} src"),
    )
    page.get_by_role("textbox", name="Name").fill("Ana")
    page.get_by_role("checkbox", name="Fair?").check()
    submit(page)
    assert pages.answer == {"name": "Ana", "fair": {"on": True}}


def test_a_button_that_the_template_keeps_off_stays_off_until_the_template_says(show: Show, pages: CrowdPages):
    own = '<crowd-button form-action="submit" disabled>Send</crowd-button>'
    page = show(form(f"<crowd-input name='a' value='b'></crowd-input>{own}"))
    expect(page.get_by_role("button", name="Send")).to_be_disabled()
    page.evaluate("document.querySelector('crowd-button').disabled = false")
    page.get_by_role("button", name="Send").click()
    page.get_by_text("Thank you").wait_for()
    assert pages.answer == {"a": "b"}


def test_elements_made_by_a_script_work_like_the_others(show: Show, submit: Submit, pages: CrowdPages):
    script = """const made = document.createElement('crowd-input'); made.name = 'a'; made.value = 'one';
      const slider = Object.assign(document.createElement('crowd-slider'), { name: 'b', max: 9, value: 4 });
      document.querySelector('crowd-form').append(made, slider); slider.value = 5;"""
    page = show(form("", script))
    submit(page)
    assert pages.answer == {"a": "one", "b": 5}
