from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crowdbroker.mturk.markdown import render_markdown

PIXEL = "data:image/png;base64,iVBORw0KGgo="
PIECES = [
    "[",
    "](",
    ")",
    "![",
    "<",
    ">",
    "javascript:",
    "data:text/html,",
    "`",
    "|",
    "-",
    "\n",
    "\n\n",
    " ",
    "*",
    "#",
    "&",
]
PIECES += [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '" onclick="alert(1)',
    "&#106;avascript:",
    "a",
    "x:",
]
PIECES += [
    "http://x",
    "|-|-|\n",
    "<a href=javascript:1>",
    "\\",
    "{",
    "\0",
    "\u202e",
    "1. ",
    "> ",
    "    ",
    "```",
    "&lt;",
]
ALLOWED = {
    *("p", "em", "strong", "code", "pre", "ul", "ol", "li", "blockquote", "h3", "h4", "h5", "h6", "hr", "br", "a"),
    *("table", "thead", "tbody", "tr", "th", "td", "img"),
}


class Elements(HTMLParser):
    """What stands in a piece of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_what_instructions_need_is_rendered() -> None:
    html = render_markdown(
        "# Read *first*\n\nChoose **one**, `as is`:\n\n3. good\n4. bad\n\n> quoted\n\n- a  \n  b\n\n---\n\n"
        "```python\nif a < b\n```\n\n| word | count |\n|:-----|------:|\n| x    | 1     |\n"
    )
    assert "<h3>Read <em>first</em></h3>" in html
    assert "<p>Choose <strong>one</strong>, <code>as is</code>:</p>" in html
    assert re.search(r'<ol start="3">\s*<li>good</li>', html)
    assert "<pre><code>if a &lt; b\n</code></pre>" in html
    assert '<th align="left">word</th>' in html
    assert '<td align="right">1</td>' in html
    assert {tag for tag, _ in Elements(html).found} >= {"blockquote", "ul", "br", "hr", "thead", "tbody"}


def test_headings_stand_below_those_of_the_page() -> None:
    html = render_markdown("# one\n## two\n### three\n#### four\n\nfive\n====")
    assert [tag for tag, _ in Elements(html).found if tag.startswith("h")] == ["h3", "h3", "h3", "h4", "h3"]


@pytest.mark.parametrize("address", ["https://example.org/?a=1&b=2", "http://example.org", "mailto:a@example.org"])
def test_links_open_in_a_window_that_cannot_reach_back(address: str) -> None:
    ((_, attributes),) = (one for one in Elements(render_markdown(f"[x]({address})")).found if one[0] == "a")
    assert attributes == {"href": address, "target": "_blank", "rel": "noopener"}


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java&#10;script:alert(1)",
        "&#106;avascript:alert(1)",
        "vbscript:x",
        "data:text/html,<script>alert(1)</script>",
        PIXEL,
        "file:///etc/passwd",
        "//example.org",
        "/admin",
        "?do=it",
    ],
)
def test_links_to_anything_else_lead_nowhere(address: str) -> None:
    for text in (f"[x]({address})", f"[x](<{address}>)", f"<{address}>", f"[x]\n\n[x]: {address}"):
        assert not any("href" in attributes for _, attributes in Elements(render_markdown(text)).found)


@pytest.mark.parametrize("address", [PIXEL, "https://example.org/a.png"])
def test_images_keep_their_words(address: str) -> None:
    found = Elements(render_markdown(f'![a "cat"]({address})')).found
    assert found == [("p", {}), ("img", {"src": address, "alt": 'a "cat"'})]


@pytest.mark.parametrize(
    "address",
    [
        "data:image/svg+xml;base64,PHN2Zz4=",
        "data:image/png,x",
        "data:image/png;base64,iVBO\"'",
        "mailto:a@b.c",
        "x.png",
    ],
)
def test_images_from_elsewhere_are_not_loaded(address: str) -> None:
    assert not any("src" in attributes for _, attributes in Elements(render_markdown(f"![x]({address})")).found)


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<b onclick='f()'>x</b>",
        "<!-- c -->",
        "<style>*{}</style>",
    ],
)
def test_html_shows_as_the_text_that_it_is(html: str) -> None:
    shown = Elements(render_markdown(f"a {html} b\n\n{html}"))
    assert shown.text.count(html) == 2
    assert {tag for tag, _ in shown.found} == {"p"}


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=30).map("".join))
def test_nothing_but_the_allowed_comes_out(text: str) -> None:
    for tag, attributes in Elements(render_markdown(text)).found:
        assert tag in ALLOWED
        assert set(attributes) <= {"href", "src", "alt", "start", "align", "target", "rel"}
        assert re.match(r"(?i)https?://|mailto:", attributes.get("href") or "http://")
        assert re.match(r"(?i)https?://|data:image/(png|jpeg|gif|webp);base64,", attributes.get("src") or "http://")


@pytest.mark.parametrize("piece", ["[", "> ", "*", "`", "![", "<", "- ", "(", "|", "\\[", "]("])
def test_a_long_hostile_text_takes_no_long_time(piece: str) -> None:
    assert len(render_markdown(piece * 10_000)) < 2_000_000
