"""Every element by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from crowdpages import PICTURE, CrowdPages
from playwright.sync_api import Page, expect

Show = Callable[..., Page]
Submit = Callable[[Page], None]


def test_arrows_choose_among_radio_buttons_and_tab_leaves_them(show: Show):
    page = show("""<crowd-form><p>Which?</p><crowd-radio-group>
    <crowd-radio-button name="a">A</crowd-radio-button><crowd-radio-button name="b" disabled>B</crowd-radio-button>
    <crowd-radio-button name="c">C</crowd-radio-button></crowd-radio-group>
    <crowd-input label="Next" name="n"></crowd-input>
    </crowd-form>""")
    expect(page.get_by_role("radiogroup", name="Which?")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("radio", name="A")).to_be_focused()
    page.keyboard.press("Space")
    expect(page.get_by_role("radio", name="A")).to_be_checked()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="C")).to_be_focused()
    expect(page.get_by_role("radio", name="C")).to_be_checked()
    expect(page.get_by_role("radio", name="A")).not_to_be_checked()
    page.keyboard.press("Tab")
    expect(page.get_by_role("textbox", name="Next")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("radio", name="C")).to_be_focused()


def test_a_lone_classifier_takes_digits_at_once_and_enter_on_the_button_sends(show: Show, pages: CrowdPages):
    page = show("""<crowd-form><crowd-classifier name="c" header="Which?" categories="['Cat', 'Dog', 'Pig']">
    </crowd-classifier></crowd-form>""")
    expect(page.get_by_role("radio", name="Cat")).to_be_focused()
    page.keyboard.press("3")
    expect(page.get_by_role("radio", name="Pig")).to_be_checked()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("radio", name="Dog")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("Thank you").wait_for()
    assert pages.answer == {"c": {"label": "Dog"}}


@pytest.mark.slow
def test_digits_in_a_text_are_text(show: Show, submit: Submit, pages: CrowdPages):
    page = show("""<crowd-form><crowd-classifier-multi-select name="c" header="Which?" categories="['Cat', 'Dog']">
    <classification-target><crowd-input name="years" label="Years"></crowd-input></classification-target>
    </crowd-classifier-multi-select></crowd-form>""")
    page.get_by_role("textbox", name="Years").focus()
    page.keyboard.type("12")
    expect(page.get_by_role("checkbox", name="Cat")).not_to_be_checked()
    page.get_by_role("checkbox", name="Dog").focus()
    page.keyboard.press("1")
    submit(page)
    assert pages.answer == {"years": "12", "c": {"labels": ["Cat"]}}


@pytest.mark.slow
def test_tabs_turn_by_arrows(show: Show):
    page = show("""<crowd-form><crowd-tabs><crowd-tab header="One">First</crowd-tab>
    <crowd-tab header="Two">Second</crowd-tab><crowd-tab header="Three">Third</crowd-tab></crowd-tabs></crowd-form>""")
    page.get_by_role("tab", name="One").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("tab", name="Three")).to_be_focused()
    expect(page.get_by_text("Third")).to_be_visible()
    expect(page.get_by_text("First")).to_be_hidden()
    page.keyboard.press("Home")
    expect(page.get_by_role("tabpanel", name="One")).to_be_visible()


@pytest.mark.slow
def test_instructions_open_turn_and_close(show: Show):
    page = show("""<crowd-form><crowd-instructions link-text="View instructions" link-type="button">
    <short-summary>In short</short-summary><positive-example>Like this</positive-example>
    <negative-example>Not like this</negative-example></crowd-instructions></crowd-form>""")
    opener = page.get_by_role("button", name="View instructions")
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Instructions")).to_be_visible()
    expect(page.get_by_role("tab")).to_have_text(["Summary", "Examples"])
    expect(page.get_by_text("In short")).to_be_visible()
    page.get_by_role("tab", name="Summary").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("Not like this")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(opener).to_be_focused()


@pytest.mark.slow
def test_full_instructions_and_modals_are_windows_too(show: Show):
    page = show(f"""<crowd-form><crowd-image-classifier name="c" src="{PICTURE}" categories="['A']" header="Which?">
    <full-instructions header="All of it"><p>At length</p></full-instructions></crowd-image-classifier></crowd-form>
    <crowd-modal link-text="See examples">Example text</crowd-modal>""")
    expect(page.get_by_text("At length")).to_be_hidden()
    page.get_by_role("button", name="Full instructions").press("Enter")
    expect(page.get_by_role("dialog", name="All of it")).to_contain_text("Close")
    expect(page.get_by_text("At length")).to_be_visible()
    page.get_by_role("button", name="Close").press("Enter")
    page.get_by_role("button", name="See examples").press("Enter")
    expect(page.get_by_text("Example text")).to_be_visible()


@pytest.mark.slow
def test_only_allowed_signs_are_kept_and_letters_are_counted(show: Show, submit: Submit, pages: CrowdPages):
    page = show("""<crowd-form>
    <crowd-input name="a" label="Digits" auto-validate allowed-pattern="[0-9]" max-length="4">
    </crowd-input><crowd-text-area name="b" label="Text" char-counter max-length="20" max-rows="3"></crowd-text-area>
    </crowd-form>""")
    page.get_by_role("textbox", name="Digits").press_sequentially("1a2b345")
    expect(page.get_by_role("textbox", name="Digits")).to_have_value("1234")
    page.get_by_role("textbox", name="Text").press_sequentially("four")
    expect(page.get_by_text("4 of 20 characters")).to_be_visible()
    submit(page)
    assert pages.answer == {"a": "1234", "b": "four"}


@pytest.mark.slow
def test_a_slider_moves_by_arrows_and_takes_its_place_by_enter(show: Show, submit: Submit, pages: CrowdPages):
    page = show("""<crowd-form><p>How much?</p><crowd-slider name="a" min="1" max="9" required></crowd-slider>
    <p>How long?</p><crowd-slider name="b" max="9" editable required></crowd-slider></crowd-form>""")
    page.get_by_role("slider", name="How much?").press("Enter")
    page.get_by_role("slider", name="How long?").press("ArrowRight")
    expect(page.get_by_role("spinbutton", name="How long?")).to_have_value("1")
    page.get_by_role("spinbutton", name="How long?").press("ArrowUp")
    submit(page)
    assert pages.answer == {"a": 1, "b": 2}


@pytest.mark.slow
def test_a_toast_goes_by_itself_unless_somebody_is_at_it(show: Show):
    page = show("""<crowd-form><crowd-toast duration="400" opened>Hello there</crowd-toast></crowd-form>""")
    page.get_by_role("button", name="Close").focus()
    page.wait_for_timeout(700)
    expect(page.get_by_text("Hello there")).to_be_visible()
    page.get_by_role("button", name="Submit").focus()
    expect(page.get_by_text("Hello there")).to_be_hidden()
