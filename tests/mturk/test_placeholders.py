from __future__ import annotations

import json
import re
from html import unescape
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crowdbroker.errors import InputError
from crowdbroker.mturk.escapes import escape
from crowdbroker.mturk.html_places import Place, scan
from crowdbroker.mturk.placeholders import PlaceholderTemplate
from crowdbroker.mturk.question import html_question

ANY_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
CONTENT = "{http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2011-11-11/HTMLQuestion.xsd}HTMLContent"


def page(source: str, cells: dict[str, str] | None = None, **columns: str) -> str:
    """The page of a template inside a form of its own, up to the form's end."""
    html = PlaceholderTemplate("own.html", f"<form>{source}</form>").render(cells or {}, columns)
    return html[len("<form>") : html.rindex("</form>")]


def refusal(source: str, cells: dict[str, str] | None = None) -> InputError:
    with pytest.raises(InputError) as caught:
        PlaceholderTemplate("own.html", source).render(cells or {}, {})
    assert caught.value.file == "own.html"
    assert caught.value.remedy
    return caught.value


def test_columns_come_in_their_order_with_the_line_of_the_first_placeholder() -> None:
    template = PlaceholderTemplate("own.html", "<p>${b}\n${ a c }</p><!-- ${d-1.x} -->\n${raw:b}${größe}$${no}")
    assert template.columns == ("b", "a c", "d-1.x", "größe")
    assert template.lines == {"b": 1, "a c": 2, "d-1.x": 2, "größe": 3}


def test_names_are_mapped_to_columns() -> None:
    assert page("<b>${text} ${id}</b>", {"Review Text": "x", "id": "1"}, text="Review Text") == "<b>x 1</b>"


def test_a_column_that_is_missing_is_named_with_its_line_and_what_may_be_meant() -> None:
    error = refusal("<p>\n\n${Txt}</p>", {"text": "x", "id": "1"})
    assert (error.row, error.field) == (3, "Txt")
    assert error.message == (
        "own.html, row 3, field 'Txt': the template shows the column 'Txt', which the dataset does not have"
    )
    assert error.remedy.startswith("Did you mean 'text'? ")
    assert "there are: text, id." in error.remedy


def test_text_around_placeholders_stays_as_it_is() -> None:
    source = (
        "<p class=a data-x='1'>&nbsp;a < b &amp; c</p>\r\n<br/><input disabled><!-- x --><script>1 < 2 && '$'</script>"
    )
    assert page(source) == source


def test_a_doubled_dollar_keeps_the_placeholder_as_text() -> None:
    assert page("<p>$${x} $${raw:x} $${a/b} $$5</p>") == "<p>${x} ${raw:x} ${a/b} $$5</p>"


def test_raw_inserts_html_as_it_is() -> None:
    assert page("<p>${raw:x}</p><p ${raw:y}>", {"x": "<b>&</b>", "y": 'id="1"'}) == '<p><b>&</b></p><p id="1">'
    assert page('<a href="${raw:x}">', {"x": "javascript:f()"}) == '<a href="javascript:f()">'


@pytest.mark.parametrize("expression", ["${count + 1}", "${f(x)}", "${a ? b : c}", "${items[0]}", "${}", "${'a'}"])
def test_expressions_in_code_are_left_to_javascript(expression: str) -> None:
    for source in (f"<script>`{expression}`</script>", f'<p onclick="f(`{expression}`)">'):
        assert page(source) == source


@pytest.mark.parametrize("written", ["${}", "${a/b}", "${a:b}", "${raw:}", "${a(b)}"])
def test_what_is_no_name_is_refused_outside_of_code(written: str) -> None:
    for source in (f"<p>\n{written}</p>", f"\n<p title='{written}'>"):
        error = refusal(source)
        assert (error.row, f"${written}" in error.remedy) == (2, True)


@pytest.mark.parametrize(
    "source",
    [
        "<${x}>",
        "<p ${x}>",
        "<p x${x}=1>",
        "</p ${x}>",
        "<!doctype ${x}>",
        "<?php ${x}>",
        "a <${x}</b>",
        "a </${x}</b>",
        "<textarea>a <${x}</textarea>",
        "<title>a </ti${x}</title>",
        "<iframe srcdoc='${x}'></iframe>",
        "<xmp>${x}</xmp>",
        "<script src='https://example.org/${x}'></script>",
        "<svg><script xlink:href='${x}'></script></svg>",
        "<base href='${x}'>",
        "<a href='data:text/html,${x}'>",
        "<a href=' vbscript:f(${x})'>",
        "<script>'\\${x}'</script>",
        "<script>'</${x}'</script>",
        "<script><!-- '<${x}'</script>",
        "<style>a{content:'\\${x}'}</style>",
        "<p onclick='f(&#92;${x})'>",
    ],
)
def test_a_placeholder_that_no_escaping_makes_safe_is_refused_with_its_line(source: str) -> None:
    error = refusal(f"<b>\n{source}", {"x": "1"})
    assert (error.row, error.field) == (2, "x")
    assert "${raw:x}" in error.remedy
    raw = f"<b>\n{source.replace('${x}', '${raw:x}')}"
    assert PlaceholderTemplate("own.html", raw).columns == ("x",)


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("<p title='a", "<p> with an open quote"),
        ("<p title=a", "<p>"),
        ("<!-- a", "a comment"),
        ("<!doctype", "a declaration"),
        ("<script>a</scriptx>", "<script>"),
        ("<script><!--<script></script>", "<script>"),
        ("<textarea></p>", "<textarea>"),
    ],
)
def test_what_would_swallow_the_rest_of_the_page_is_refused(source: str, what: str) -> None:
    error = refusal(f"\n\n{source}")
    assert (error.row, f"{what} is never closed" in error.message) == (3, True)


def test_elements_that_mean_something_else_inside_svg_are_refused() -> None:
    for source in ("<title/>", "<style><b>${x}</b></style>", "<script>a<b</script>"):
        assert "inside <svg>" in refusal(f"<svg>{source}</svg>").message
    source = "<svg><title>a</title><style><![CDATA[a<b]]></style></svg><title>a<b</title>"
    assert page(source) == source


@pytest.mark.parametrize("name", ["href", "src", "action", "formaction", "data", "poster", "xlink:href", "HREF"])
def test_addresses_that_run_scripts_are_blocked(name: str) -> None:
    assert page(f'<x {name}="${{x}}">', {"x": "javascript:alert(1)"}) == f'<x {name}="about:blank#blocked">'


@pytest.mark.parametrize(
    ("value", "cells"),
    [
        ("${x}", {"x": " \x01Java\tScript\r\n:alert(1)"}),
        ("${x}", {"x": "vbscript:x"}),
        ("${x}", {"x": "data:text/html;base64,PHA+"}),
        ("${x}", {"x": "DATA: image/svg+xml,<svg>"}),
        ("${x}", {"x": "data:application/xhtml+xml,<p>"}),
        ("${x}${y}", {"x": "java", "y": "script:alert(1)"}),
        ("java${x}", {"x": "script:alert(1)"}),
        ("  ${x}:alert(1)", {"x": "javascript"}),
        ("${raw:y}${x}", {"x": "javascript:alert(1)", "y": " "}),
        ("&#106;ava${x}", {"x": "script:alert(1)"}),
    ],
)
@pytest.mark.parametrize("quote", ['"', "'"])
def test_no_way_of_writing_a_scripts_address_gets_through(value: str, cells: dict[str, str], quote: str) -> None:
    assert page(f"<a href={quote}{value}{quote}>", cells) == f"<a href={quote}about:blank#blocked{quote}>"


def test_a_bare_attribute_gets_quotes() -> None:
    assert page("<a href=${x}>", {"x": "javascript:1"}) == '<a href="about:blank#blocked">'
    assert page('<b title=a"${x} id=1>', {"x": "b c>"}) == '<b title="a&quot;b c&#62;" id=1>'
    assert page("<b title=${x} id=1>", {"x": ""}) == '<b title="" id=1>'


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/a b?c=d&e=javascript:",
        "a/javascript:b",
        "data:image/png;base64,AA==",
        "#x",
        "mailto:a@b",
        "",
    ],
)
def test_other_addresses_are_kept(address: str) -> None:
    assert unescape(page('<img src="${x}">', {"x": address})) == f'<img src="{address}">'


def test_an_image_may_be_a_drawing() -> None:
    address = "data:image/svg+xml,x"
    assert page("<img src='${x}'>", {"x": address}) == f"<img src='{address}'>"


def test_an_entity_of_the_template_does_not_grow_into_the_value() -> None:
    assert page("<p title='a&${x}'>b&${x}&#${y}</p>", {"x": "lt;", "y": "60;"}) == (
        "<p title='a&amp;lt;'>b&amp;lt;&amp;#60;</p>"
    )


def test_a_first_line_feed_is_not_lost_where_browsers_drop_one() -> None:
    assert page("<textarea>${x}</textarea>", {"x": "\na"}) == "<textarea>\n\na</textarea>"
    assert page("<pre>${x}</pre>", {"x": "a"}) == "<pre>\na</pre>"
    assert page("<pre> ${x}<b>${x}</b></pre>", {"x": "a"}) == "<pre> a<b>a</b></pre>"


@given(ANY_TEXT)
def test_every_escape_is_read_back_as_the_value(value: str) -> None:
    assert json.loads(f'"{escape(value, Place.SCRIPT)}"') == value
    style = re.sub(r"\\([0-9a-f]+) ", lambda found: chr(int(found[1], 16)), escape(value, Place.STYLE))
    assert style == value
    text = re.sub(r"&#(\d+);", lambda found: chr(int(found[1])), escape(value, Place.TEXT))
    assert text == value
    assert not re.search(r"--|>", escape(value, Place.COMMENT))


@given(ANY_TEXT, st.sampled_from([place for place in Place if place not in (Place.MARKUP, Place.OPAQUE)]))
def test_no_escaped_value_holds_what_ends_its_place(value: str, place: Place) -> None:
    ends = {Place.SCRIPT: "[\"'`<>&$\n\r\u2028\u2029]", Place.STYLE: "[\"'<>{};()\n\r]", Place.COMMENT: "--|[<>]"}
    assert not re.search(ends.get(place, "[\"'<>`]"), escape(value, place))


@given(ANY_TEXT)
def test_a_page_survives_its_way_through_xml(value: str) -> None:
    source = "<title>${x}</title><p title='${x}' onclick='f(\"${x}\")'>${x}]]></p><!--${x}--><script>'${x}'</script>"
    html = page(source, {"x": value})
    read = ElementTree.fromstring(html_question(html)).findtext(CONTENT)
    assert read == html


def test_what_no_page_can_hold_becomes_a_replacement_character() -> None:
    assert page("<p>${x}</p>", {"x": "a\0b\ud800"}) == "<p>a\ufffdb\ufffd</p>"


@given(st.text(st.sampled_from("<>!-/'\"= \nabpscriptx&;#"), max_size=60))
def test_the_regions_of_any_html_cover_it_without_a_gap(html: str) -> None:
    try:
        scanned = scan("own.html", html)
    except InputError:
        return
    assert "".join(html[region.start : region.end] for region in scanned.regions) == html
    assert all(one.end == two.start for one, two in zip(scanned.regions, scanned.regions[1:], strict=False))
