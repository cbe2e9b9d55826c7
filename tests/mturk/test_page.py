"""Templates: what they may say, and cells that are hostile."""

from __future__ import annotations

from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest
from factories import a_project, a_template
from hypothesis import given
from hypothesis import strategies as st

from crowdbroker.errors import InputError
from crowdbroker.marketplace.questions import read_question
from crowdbroker.mturk.page import PageTemplate, read_template
from crowdbroker.mturk.question import QUESTION_LIMIT, field_name, html_question
from crowdbroker.packaged import packaged
from crowdbroker.simulation.reading import read_page


def rendered(source: str, *cells: dict[str, str], **settings: object) -> str:
    return a_template(source).render(a_project(**settings), cells or ({"text": "x"},))


def refusal(source: str, *cells: dict[str, str], **settings: object) -> InputError:
    with pytest.raises(InputError) as caught:
        rendered(source, *cells, **settings)
    return caught.value


def test_a_template_sees_the_items_in_order_with_their_field_names() -> None:
    page = rendered(
        "{% for item in items %}{{ item.name }}={{ item.data.text }};{% endfor %}", {"text": "a"}, {"text": "b"}
    )
    assert page == "item-1=a;item-2=b;"
    assert field_name(1) == "item-2"


def test_instructions_are_html_that_cannot_run() -> None:
    page = rendered("{{ instructions }}", instructions="a\n\n**b** <script>alert(1)</script>")
    assert "<p>a</p>" in page
    assert "<strong>b</strong>" in page
    assert "<script" not in page


def test_a_column_may_have_another_name() -> None:
    settings = {"template": {"columns": {"text": "review"}}}
    assert rendered("{{ items[0].data.text }}", {"review": "a"}, **settings) == "a"


@pytest.mark.parametrize("column", ["items", "keys", "get", "name", "class", "with space", "Ünï", "data", "a.b", "0"])
def test_any_column_can_be_shown(column: str) -> None:
    assert rendered("{{ items[0].data[" + repr(column) + "] }}", {column: "a"}) == "a"


def test_an_unknown_column_is_named_with_its_line_and_a_near_miss() -> None:
    error = refusal("a\nb\n{{ items[0].data.txt }}", {"id": "1", "text": "x"})
    assert error.message == (
        "page.html, row 3, field 'txt': the template shows the column 'txt', which the dataset does not have"
    )
    assert "Did you mean 'text'?" in error.remedy
    assert "there are: id, text" in error.remedy


def test_an_unknown_column_with_a_colon_in_its_name_is_named_whole() -> None:
    error = refusal("{{ items[0].data['a: b'] }}", {"text": "x"})
    assert "the template shows the column 'a: b', which the dataset does not have" in error.message
    assert error.message.count("field") == 1


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("a\n{% if %}", "row 2"),
        ("a\n{{ items[0 }}", "row 2"),
        ("a\n\n{{ nothing }}", "page.html, row 3: the template cannot be rendered: 'nothing' is undefined"),
        ("{{ 1 / 0 }}", "row 1"),
        ("{{ 5 // 0 }}", "row 1"),
        ("{{ range(10 ** 9) }}", "Range too big"),
        ("{{ items + 1 }}", "row 1"),
        ("{% for one in items[0].data %}{{ one }}{% endfor %}", "page.html"),
        ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "page.html"),
        ("{{ 'x' | nofilter }}", "nofilter"),
        ("{% include 'other.html' %}", "other.html"),
        ("{% include name %}", "page.html"),
    ],
)
def test_a_wrong_template_is_named_with_its_line(source: str, says: str) -> None:
    error = refusal(source)
    assert error.message.startswith("page.html")
    assert says in error.message
    assert error.remedy


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''.__class__ }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ ''['__class__'] }}",
        "{{ items[0].data.__class__ }}",
        "{{ items[0].data._cells }}",
        "{{ items[0].__init__.__globals__ }}",
        "{{ project.__class__ }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{{ '{0.__class__}'.format(items) }}",
        "{{ items.append(1) }}",
        "{{ labels.__class__ }}",
        "{{ ''|attr('__class__') }}",
    ],
)
def test_a_template_stays_in_its_sandbox(source: str) -> None:
    error = refusal(source)
    assert "unsafe" in error.message or "undefined" in error.message or "attribute" in error.message


HOSTILE = [
    "<script>alert(1)</script>",
    '" onmouseover="alert(1)',
    "' onmouseover='alert(1)",
    "</fieldset></form><form action=//evil>",
    "{{ 7 * 7 }}",
    "{% raw %}",
    "${7*7}",
    "]]>",
    "]]><x/><![CDATA[",
    "&lt;script&gt;",
    "<!--",
    "a\x00b\x08c\x0bd\x1fe\ufffef",
    "line\none\r\ntwo\ttab",
    "😀‮rtl",
]


@pytest.mark.parametrize("cell", HOSTILE)
def test_a_hostile_cell_is_text_and_nothing_else(cell: str) -> None:
    page = a_template().render(a_project(), [{"text": cell}, {"text": "b"}])
    question = read_question(html_question(page))
    assert question.html is not None
    shown = read_page(question.html)
    assert [one.name for one in shown] == ["item-1", "item-2"]
    assert [one.choices for one in shown] == [["negative", "neutral", "positive"]] * 2
    survives = "".join(
        c if c in "\t\n" or " " <= c <= "\ufffd" or c > "\uffff" else "\ufffd" for c in cell.replace("\r\n", "\n")
    )
    assert shown[0].text == survives


@given(st.text())
def test_any_page_is_the_same_page_after_the_wire(text: str) -> None:
    root = fromstring(html_question(f"<p>{text.encode('utf-8', 'replace').decode()}</p>").encode())
    content = root[0].text or ""
    kept = [c for c in content if c != "\ufffd"]
    wanted = [c for c in text.replace("\r\n", "\n").replace("\r", "\n") if c in kept]
    assert content.startswith("<p>")
    assert content.endswith("</p>")
    assert all(c in content for c in wanted)


def test_a_page_that_is_written_twice_over_in_cdata_survives() -> None:
    page = "]]>]]>]]]]>>" * 3
    assert fromstring(html_question(page, frame_height=450))[0].text == page


def test_the_limit_counts_bytes_of_the_whole_question() -> None:
    room = QUESTION_LIMIT - len(html_question("").encode())
    read_question(html_question("a" * room))
    assert len(html_question("é" * room).encode()) > QUESTION_LIMIT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "base.html").write_text("<h1>{% block body %}{% endblock %}</h1>", encoding="utf-8")
    (tmp_path / "own.html").write_text(
        "{% extends 'base.html' %}{% block body %}{{ project.title }}{% endblock %}", encoding="utf-8"
    )
    return tmp_path


def test_a_template_is_kept_with_all_that_it_extends(folder: Path) -> None:
    found = read_template("own", [folder])
    assert set(found.sources) == {"own.html", "base.html"}
    assert read_template("own.html", [folder]) == found
    again = PageTemplate.from_json(found.to_json())
    (folder / "base.html").unlink()
    assert again.render(a_project(), []) == "<h1>How does the writer feel?</h1>"


def test_the_first_folder_that_has_a_template_wins(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("other")
    (other / "own.html").write_text("{{ 'mine' }}", encoding="utf-8")
    assert read_template("own", [other, folder]).render(a_project(), []) == "mine"


@pytest.mark.parametrize("name", ["missing", "../own", "/etc/passwd", "own/../own", "~/own"])
def test_a_template_that_no_folder_has_is_refused_with_those_that_are_there(folder: Path, name: str) -> None:
    inner = folder / "inner"
    inner.mkdir()
    with pytest.raises(InputError, match="there is no HIT template") as caught:
        read_template(name, [inner, folder / "own.html"])
    assert caught.value.field == "template.file"


def test_a_template_outside_its_folder_cannot_be_extended(folder: Path) -> None:
    inner = folder / "inner"
    inner.mkdir()
    (inner / "bad.html").write_text("{% extends '../base.html' %}", encoding="utf-8")
    with pytest.raises(InputError, match="there is no HIT template"):
        read_template("bad", [inner])


def test_a_syntax_error_in_what_is_extended_names_that_file(folder: Path) -> None:
    (folder / "base.html").write_text("a\n{% if %}", encoding="utf-8")
    with pytest.raises(InputError, match=r"base\.html, row 2"):
        read_template("own", [folder])


def test_a_template_that_is_not_utf8_is_named(folder: Path) -> None:
    (folder / "own.html").write_bytes(b"caf\xe9")
    with pytest.raises(InputError, match=r"own\.html: not UTF-8 at byte 3"):
        read_template("own", [folder])


def test_the_packaged_template_shows_every_item_and_label() -> None:
    template = read_template("text-classification", [packaged("hit_templates")])
    page = template.render(a_project(), [{"text": cell} for cell in HOSTILE])
    assert [one.text for one in read_page(page)] == HOSTILE
