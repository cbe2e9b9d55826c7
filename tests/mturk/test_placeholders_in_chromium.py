"""Templates of requesters in a real browser: hostile cells come back unchanged, and nothing of them runs."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Dialog, Page, Request, Route, expect, sync_playwright
from required import missing

from crowdbroker.errors import InputError
from crowdbroker.mturk.placeholders import PlaceholderTemplate

QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
SITE = "http://hit.test"
ACCEPTED = {"assignmentId": "A1", "hitId": "H1", "workerId": "W1", "turkSubmitTo": f"{SITE}/w/token"}
PREVIEW = ACCEPTED | {"assignmentId": "ASSIGNMENT_ID_NOT_AVAILABLE"}
SUBMIT = f"{SITE}/w/token/mturk/externalSubmit"

EVERY_PLACE = """<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>${cell}</title>
<style>#styled::after { content: "${cell}" }</style></head>
<body><p id="text">${cell}</p><pre id="pre">${cell}</pre><p id="styled"></p>
<i id="double" title="${cell}"></i><i id="single" title='${cell}'></i><i id="bare" title=${cell}></i>
<i id="inline" style="content: '${cell}'"></i>
<button type="button" id="handler" onclick='window.handled = "${cell}"'>x</button>
<a id="script" href="javascript:void(window.followed='${cell}')">x</a>
<a id="link" href="${cell}">x</a><iframe src="${cell}x"></iframe><!-- ${cell} --><!--${cell}-->
<textarea id="area" name="area">${cell}</textarea><input type="hidden" name="hidden" value="${cell}">
<svg><title id="drawn">${cell}</title></svg>
<script>window.cell = "me"; window.strings = ['${cell}', "${cell}", `${cell}`, `${1 + 1}$${cell}`.length]; // ${cell}
/* ${cell} */ window.own = `$${cell}`;</script>
<script id="json" type="application/json">{"cell": "${cell}"}</script>
</body></html>"""

HOSTILE = [
    "",
    "</script><script>alert(1)</script>",
    "</title></style></textarea></pre><img src=x onerror=alert(1)>",
    "\"'`><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)' x='",
    "');alert(1);//",
    '";alert(1);//',
    "`;alert(1);`",
    "${alert(1)} ${x} $${x} ${cell}",
    "*/alert(1)/*",
    "\\",
    "\\';alert(1);//",
    "\\u0027;alert(1)//",
    "--><script>alert(1)</script><!--",
    "--!><img src=x onerror=alert(1)>",
    "<!--<script>",
    "javascript:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "}*{background:url(javascript:alert(1))} \\22 ;color:red",
    "a & b &amp; &lt;b&gt; &#60; &nbsp &copy=1",
    "\n\nlines\r\nof\rall\nkinds\n",
    "\u202eright to left\u202c \u200f\u200e \u05d0\u05d1",
    "emoji 🎈👩‍👩‍👧 é \u2028\u2029\u0085 \x01\x0c\x7f \ufeff",
    "]]> ]]&gt; <![CDATA[ %27);alert(1)// %",
    "x" * 10_000,
    "<&\"'\n" * 2_000,
]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        missing("chromium", "no program chromium is installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def served() -> dict[str, str]:
    """The page that the site answers to GET, under "page"."""
    return {}


@pytest.fixture
def posted() -> list[tuple[str, list[tuple[str, str]]]]:
    """Address and fields of every POST."""
    return []


@pytest.fixture
def opened(
    chromium: Browser, served: dict[str, str], posted: list[tuple[str, list[tuple[str, str]]]]
) -> Iterator[Page]:
    """A page on a site without a network; the test fails when a dialog opens or a script fails."""
    context, troubles = chromium.new_context(), list[str]()

    def answer(route: Route, request: Request) -> None:
        if request.method == "POST":
            posted.append((request.url, parse_qsl(request.post_data or "", keep_blank_values=True)))
        is_page = request.is_navigation_request() and request.frame.parent_frame is None and request.method == "GET"
        route.fulfill(body=served["page"] if is_page else "", content_type="text/html; charset=utf-8")

    context.route("**/*", answer)
    page = context.new_page()

    def refuse(dialog: Dialog) -> None:
        troubles.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", refuse)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    yield page
    context.close()
    assert troubles == []


@pytest.fixture
def visit(opened: Page, served: dict[str, str]) -> Callable[..., Page]:
    """Return a function from a template's source and cells to the open page."""

    def go(source: str, cells: dict[str, str] | None = None, query: dict[str, str] = ACCEPTED) -> Page:
        served["page"] = PlaceholderTemplate("own.html", source).render(cells or {}, {})
        opened.goto(f"{SITE}/frame?{urlencode(query)}")
        return opened

    return go


def css_text(value: str) -> str:
    """A CSS string as browsers write it (CSSOM, serialize a string)."""
    escaped = re.sub(r'(["\\])', r"\\\1", value)
    return '"' + re.sub(r"[\x01-\x1f\x7f]", lambda found: f"\\{ord(found[0]):x} ", escaped) + '"'


@pytest.mark.parametrize("cell", HOSTILE, ids=lambda cell: repr(cell[:30]))
def test_a_hostile_cell_arrives_unchanged_in_every_place_and_runs_nothing(
    visit: Callable[..., Page], posted: list[tuple[str, list[tuple[str, str]]]], cell: str
) -> None:
    page = visit(EVERY_PLACE, {"cell": cell})
    found = page.evaluate(
        """async () => {
          const one = (id) => document.getElementById(id);
          one("handler").click();
          one("script").click();
          await new Promise((done) => setTimeout(done, 20));  // an address that is a script runs later
          return {
            texts: [document.title === "" ? "" : document.querySelector("title").textContent,
                    ...["text", "pre", "area", "drawn"].map((id) => one(id).textContent)],
            values: ["double", "single", "bare"].map((id) => one(id).title)
              .concat(document.querySelector("[name=hidden]").getAttribute("value")),
            code: [window.handled, window.followed, ...window.strings.slice(0, 3), JSON.parse(one("json").text).cell],
            styles: [getComputedStyle(one("styled"), "::after").content, one("inline").style.content],
            kept: [window.own, window.strings[3], document.querySelectorAll("script").length, document.images.length],
            link: one("link").getAttribute("href"),
          };
        }"""
    )
    if found["texts"][0] or cell.strip():
        assert found["texts"] == [cell] * 5
    assert found["values"] == [cell] * 4
    assert found["code"] == [cell] * 6
    assert found["styles"] == [css_text(cell)] * 2
    assert found["kept"] == ["me", 3, 3, 0]
    blocked = re.match(r"\s*(java\s*script|data:text/html)", cell)
    assert found["link"] == ("about:blank#blocked" if blocked else cell)
    page.locator("#submitButton").dispatch_event("click")
    page.wait_for_url(SUBMIT)
    ((address, fields),) = posted
    sent = re.sub(r"\r\n|\r|\n", "\r\n", cell)
    assert (address, dict(fields)) == (SUBMIT, {"assignmentId": "A1", "area": sent, "hidden": sent})


@pytest.mark.parametrize(
    "form",
    [
        "<form>",
        "<form action=''>",
        "<form method=get action='https://www.mturk.com/mturk/externalSubmit'>",
        "<form action='https://workersandbox.mturk.com/mturk/externalSubmit?x=1'>",
        "<form action='/mturk/externalSubmit'>",
        "<form><input name=action value=a><input name=method value=b>",
        "<form><input type=hidden name=assignmentId id=assignmentId>",
    ],
)
def test_a_form_of_the_pages_own_posts_to_the_marketplace(
    visit: Callable[..., Page], posted: list[tuple[str, list[tuple[str, str]]]], form: str
) -> None:
    page = visit(f"<body>{form}<input name=label value='${{x}}'><button>Send</button></form></body>", {"x": "<b>"})
    page.get_by_role("button", name="Send").click()
    page.wait_for_url(SUBMIT)
    ((address, fields),) = posted
    assert (address, dict(fields)["label"], fields.count(("assignmentId", "A1"))) == (SUBMIT, "<b>", 1)


def test_a_form_that_leads_elsewhere_on_purpose_is_left_alone(visit: Callable[..., Page]) -> None:
    form = visit("<form action='https://example.org/search'><input name=q></form>").locator("form")
    assert form.evaluate("form => [form.action, form.method, form.elements.length]") == [
        "https://example.org/search",
        "get",
        1,
    ]


def test_a_preview_says_why_it_cannot_be_submitted(visit: Callable[..., Page]) -> None:
    for own in ("", "<input type=submit value=Submit>"):
        page = visit(f"<p>${{x}}</p><input name=label>{own}", {"x": "a"}, PREVIEW)
        button = page.get_by_role("button", name="Submit")
        expect(button).to_be_disabled()
        expect(button).to_have_accessible_description("This is a preview. Accept the HIT to answer and submit it.")
        expect(page.get_by_text("This is a preview.")).to_be_visible()
    page = visit("<input name=label>")
    expect(page.get_by_role("button", name="Submit")).to_be_enabled()
    expect(page.get_by_text("This is a preview.")).to_be_hidden()


SOURCE_PIECES = [
    "<",
    "</",
    "<!--",
    "-->",
    "--!>",
    "<!",
    "<?",
    ">",
    "/>",
    "/",
    '"',
    "'",
    "=",
    "&",
    "&#",
    "\\",
    " ",
    "\n",
]
SOURCE_PIECES += [
    "!",
    "-",
    "script",
    "style",
    "textarea",
    "title",
    "svg",
    "p",
    "pre",
    "iframe",
    "xmp",
    "template",
    "href",
]
SOURCE_PIECES += ["onclick", "style=", "x=", "java", "data:text/html,", "<script>", "</script>", "<style>", "</style>"]
SOURCE_PIECES += ["<textarea>", "</textarea>", "<title>", "</title>", "<svg>", "</svg>", '<a href="', "<b x='", "<p y="]
SLOTS = ["${x}", "${y}"]
CELLS = [cell for cell in HOSTILE if len(cell) < 100] + [
    "script",
    "/script ",
    "/textarea ",
    "a z=1",
    "/ z",
    "Tab;javascript:1",
]
CELLS += ["!--", "script:alert(1)", "#106;avascript:alert(1)", "lt;", "text/html,1", "=", "-", ">"]
SKELETON = """(pages) => pages.map((page) => {
  const found = [];
  const walk = (node) => { for (const child of (node.content || node).childNodes) {
    if (child.nodeType === Node.COMMENT_NODE) found.push("comment");
    if (child.nodeType !== Node.ELEMENT_NODE) continue;
    const runs = [...child.attributes].some((each) => each.name === "href" &&
      /^[\\0- ]*(j\\s*a\\s*v\\s*a\\s*s\\s*c\\s*r\\s*i\\s*p\\s*t\\s*:|data:text.html)/i.test(each.value));
    found.push(child.localName + "[" + [...child.attributes].map((each) => each.name) + "]" + (runs ? "!" : ""));
    walk(child);
    found.push("/");
  } };
  walk(new DOMParser().parseFromString(page, "text/html"));
  return found.join(" ");
})"""


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much])
@given(
    st.lists(st.sampled_from(SOURCE_PIECES) | st.sampled_from(SLOTS), min_size=2, max_size=12),
    st.lists(st.tuples(st.sampled_from(CELLS), st.sampled_from(CELLS)), min_size=4, max_size=12),
)
def test_no_value_changes_the_structure_that_a_browser_finds(
    opened: Page, pieces: list[str], rows: list[tuple[str, str]]
) -> None:
    """Whatever the tokenizer takes for a template, a browser finds the same elements and attributes for every value."""
    source = "".join(["<!doctype html><body>text", *pieces])
    try:
        template = PlaceholderTemplate("own.html", source)
    except InputError:
        return
    pages = [template.render({"x": one, "y": two}, {}) for one, two in [("q", "q"), *rows]]
    plain, *hostile = opened.evaluate(SKELETON, pages)
    assert [(row, skeleton) for row, skeleton in zip(rows, hostile, strict=True) if skeleton != plain] == []
