from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crowdbroker.marketplace import html5
from crowdbroker.marketplace.faults import BadValue

HEAD = "<!DOCTYPE html><html><head><title>x</title></head><body>"

# As requesters have written them for years; a browser shows every one as it was meant.
REAL = [
    "<p>Which animal?</p>",
    "<h1>No doctype</h1><form action='https://www.mturk.com/mturk/externalSubmit'><input name=a><br/></form>",
    '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/x.dtd"><p>old</p>',
    "<!DOCTYPE html><html><head></head><script src='x.js'></script><body>between</body></html>",
    f"{HEAD}<p>after</p></body></html><script>late()</script>",
    f"{HEAD}AT&T, R & D <a href='?a=1&copy=2&b=3'>x</a></body></html>",
    f"{HEAD}<center><font color=red>old</font></center></body></html>",
    f"{HEAD}<ul><li>a<li>b</ul><p>one<p>two<table><tr><td>x</table></body></html>",
    f"{HEAD}<!-- a -- b --><select><option>a<hr></select></body></html>",
    '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script><crowd-form answer-format="flat">'
    '<crowd-classifier name="tone" categories="[\'a\', \'b\']" header="What?"><classification-target>x &amp; y'
    '</classification-target><full-instructions header="h"><p><strong>P</strong></p></full-instructions>'
    "</crowd-classifier></crowd-form>",
    '<crowd-form><crowd-input name="a" label="a > b" required /><crowd-text-area name="b"/><p>x</p></crowd-form>',
]

MALFORMED = [
    (f'{HEAD}<p>x</p>\n<body class="a"></body></html>', "[2,", "start tag (body)"),
    (f'{HEAD}\n\n<a href="x"class="y">z</a>', "[3,", "after attribute value"),
    (f"{HEAD}<div><p>x</p>", "[1,", "Expected closing tag"),
    (f"{HEAD}<p>x</p></div></body></html>", "[1,", "(div)"),
    (f"{HEAD}<p><div>x</div></p></body></html>", "[1,", "(p)"),
    (f"{HEAD}<b><i>x</b></i></body></html>", "[1,", "(b)"),
    (f"{HEAD}<p>a < b</p></body></html>", "[1,", "Expected tag name"),
    (f"{HEAD}<p <b>x</b></p></body></html>", "[1,", "Invalid character in attribute name"),
    (f'{HEAD}<p id="a" id="b">x</p></body></html>', "[1,", "duplicate attribute"),
    (f'{HEAD}<a href="', "[1,", "end of file in attribute value"),
    (f"{HEAD}<!-- open", "[1,", "end of file in comment"),
    (f"{HEAD}<script>var a = 1;", "[1,", "Expected end tag (script)"),
    (f"{HEAD}<form><form></form></form></body></html>", "[1,", "start tag (form)"),
]


@pytest.mark.parametrize("html", REAL)
def test_what_real_templates_do_passes(html):
    html5.refuse_malformed(html)


@pytest.mark.parametrize(("html", "place", "words"), MALFORMED)
def test_malformed_html_is_refused_with_its_place(html, place, words):
    with pytest.raises(BadValue, match="error parsing the HTML5 data") as caught:
        html5.refuse_malformed(html)
    assert f"<! {place}" in caught.value.text
    assert words in caught.value.text


def test_a_page_nested_for_ever_is_refused_at_once():
    assert html5.mistakes("<div>" * 13_000) == ["[1,1] Elements are nested deeper than 500."]
    assert html5.mistakes("<b>" * 20_000) == ["[1,1] Elements are nested deeper than 500."]


def test_a_page_of_nothing_but_mistakes_tells_a_few():
    with pytest.raises(BadValue) as caught:
        html5.refuse_malformed("</p>" * 16_000)
    assert caught.value.text.count("<!") == 10
    assert len(caught.value.text) < 2_000


def test_pages_that_differ_in_data_have_one_skeleton():
    page = '<p dir="auto">{}</p><img src="https://example.org/{}.png" alt="{}"><input value="{}" name="a">'
    assert html5.skeleton(page.format("It&#39;s a cat.", "1", "cat", "x")) == html5.skeleton(
        page.format("Dogs &amp; newts; 7 more", "2", "a dog", "")
    )


PIECES = st.sampled_from(
    ["<p>", "</p>", "<div", ' src="', '"', "'", ">", "<", "a", " ", "&amp;", "&", "<!--", "-->", "--", "=", "<script>",
     "</script>", ' value="x"', ' title="a b"', " id='", "<table>", "<tr><td>", "</table>", "/", "x > y", "<b>", "</b>",
     "<title>", "</title>", "<textarea>", "</textarea>", "<![CDATA[", "]]>", "<!DOCTYPE html>", "\n", "é"]
)  # fmt: skip


@example('<p title="a > b" " d="<">x</p>')  # quotes in what looks like a text
@example("<p title=a > b = < i>x</p>")
@given(st.lists(PIECES, max_size=25).map("".join))
def test_a_skeleton_is_well_formed_exactly_when_its_page_is(html):
    found, of_skeleton = html5.mistakes(html), html5.mistakes(html5.skeleton(html))
    kinds = [[re.sub(r"\[\d+,\d+\] ", "", each) for each in mistakes] for mistakes in (found, of_skeleton)]
    assert bool(kinds[0]) == bool(kinds[1]), kinds
