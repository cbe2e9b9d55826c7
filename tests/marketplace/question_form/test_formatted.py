from __future__ import annotations

import pytest

from crowdbroker.marketplace.faults import Fault
from crowdbroker.marketplace.question_form.formatted import clean


def test_the_subset_stays_as_it_is():
    assert (
        clean("<p>A <b>bold</b>&nbsp;word<br/>and <i>x</i></p>", 1) == "<p>A <b>bold</b>&nbsp;word<br>and <i>x</i></p>"
    )
    assert clean('<table border="1"><tr><td colspan="2">a</td></tr></table>', 1).count("colspan") == 1


def test_links_open_in_a_tab_that_knows_nothing_of_ours():
    html = clean('<a href="https://example.org/?a=1&amp;b=2">there</a>', 1)
    assert 'target="_blank"' in html
    assert 'rel="noopener noreferrer"' in html


@pytest.mark.parametrize(
    "hostile",
    [
        '<p onclick="steal()">x</p>',
        '<a href="javascript:steal()">x</a>',
        '<img src="data:text/html,steal()" alt=""/>',
        '<p style="position:fixed">x</p>',
        '<a href="https://example.org/" target="_top" class="steal">x</a>',
    ],
)
def test_attributes_outside_the_subset_are_dropped(hostile):
    html = clean(hostile, 1)
    assert not any(word in html for word in ("steal", "style", "data:"))


@pytest.mark.parametrize(
    "xhtml",
    [
        "<p>open",
        "a & b",
        "<script>steal()</script>",
        "<iframe src='https://example.org'/>",
        "<svg><p>x</p></svg>",
        "<form><b>x</b></form>",
        "<p>&nosuchname;</p>",
        "</div><script>steal()</script><div>",
        "<!DOCTYPE p [<!ENTITY x 'y'>]><p>&x;</p>",
    ],
)
def test_what_is_not_well_formed_or_not_in_the_subset_is_refused_with_its_line(xhtml):
    with pytest.raises(Fault, match="Line 7") as caught:
        clean(xhtml, 7)
    assert caught.value.code == "XHTMLParseError"
