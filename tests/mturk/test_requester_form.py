from __future__ import annotations

import re

import pytest

from crowdbroker.mturk.placeholders import PlaceholderTemplate


def test_the_names_of_fields_are_listed_once_without_those_that_are_no_answer() -> None:
    template = PlaceholderTemplate(
        "own.html",
        "<input name=a><select name='b'></select><TEXTAREA NAME=\"c &amp; d\"></TEXTAREA>"
        "<button name=e value=1>x</button><input name=a type=radio><input name=assignmentId><input>"
        "<!-- <input name=no> --><input name='q-${id}-${k}'>"
        "<script>'<input name=no>'</script><input name=''><input type=hidden name=workerId>",
    )
    assert template.fields == ("a", "b", "c & d", "e", "q-${id}-${k}")
    assert template.field_names({"id": "1 &amp;", "k": "2"}, {})[-1] == "q-1 &amp;-2"


def test_only_fields_that_a_form_sends_count() -> None:
    source = "<input name=out><form id=f><input name=in></form><input name=linked form=f>"
    assert PlaceholderTemplate("own.html", source).fields == ("in", "linked")


def test_crowd_elements_are_reported_and_left_alone() -> None:
    source = "<crowd-form><crowd-input name=a value='${x}'></crowd-input><crowd-input></crowd-input></crowd-form>"
    template = PlaceholderTemplate("own.html", source)
    assert template.unknown_elements == ("crowd-form", "crowd-input")
    assert template.render({"x": "1"}, {}) == source.replace("${x}", "1")


def test_a_page_without_a_form_is_wrapped_inside_its_body() -> None:
    source = "<!DOCTYPE html>\n<html><head><title>x</title></head><body class=a><p>${x}</p></body></html>"
    html = PlaceholderTemplate("own.html", source).render({"x": "1"}, {})
    assert re.fullmatch(
        r"<!DOCTYPE html>\n<html><head><title>x</title></head><body class=a><form [^>]*method=\"post\">\s*<input type="
        r"\"hidden\"[^>]*name=\"assignmentId\"[^>]*>\s*<p>1</p><p><button type=\"submit\".*</form>\s*"
        r"<script>.*</script>\s*</body></html>",
        html,
        re.DOTALL,
    )


@pytest.mark.parametrize(
    ("source", "start", "end"),
    [
        ("<p>a</p>", "<form", "</script>\n"),
        ("", "<form", "</script>\n"),
        ("<!doctype html><p>a", "<!doctype html><form", "</script>\n"),
        ("<head><meta charset=utf-8></head>a", "<head><meta charset=utf-8></head><form", "</script>\n"),
        ("<html><p>a</p></html>", "<html><form", "</script>\n</html>"),
        ("<input name=a><body>b</body>", "<form", "</script>\n</body>"),
        ("<body>a</body><input name=b>", "<body><form", "</script>\n"),
        ("<p>a</p><!doctype html><!-- </body> -->", "<form", "</script>\n"),
    ],
)
def test_every_field_of_a_page_is_inside_the_form_put_around_it(source: str, start: str, end: str) -> None:
    html = PlaceholderTemplate("own.html", source).render({}, {})
    assert html.startswith(start)
    assert html.endswith(end)
    assert html.index("<form ") <= (html.find("<input name=") if "<input name=" in source else len(html))
    assert html.rindex("</form>") > html.rfind("<input name=")


@pytest.mark.parametrize(
    "own", ["<input type=submit>", "<INPUT TYPE='Submit'>", "<button>ok</button>", "<input type=image src=a.png>"]
)
def test_a_submit_button_of_the_pages_own_is_enough(own: str) -> None:
    assert "submitButton" not in PlaceholderTemplate("own.html", own).render({}, {})
    assert "submitButton" in PlaceholderTemplate("own.html", "<button type=button>more</button>").render({}, {})


def test_a_form_of_the_pages_own_is_kept_and_only_led_to_the_marketplace() -> None:
    source = "<body><form action='https://www.mturk.com/mturk/externalSubmit'><input name=a></form></body>"
    html = PlaceholderTemplate("own.html", source).render({}, {})
    assert html.startswith(source.removesuffix("</body>") + "<script>")
    assert html.count("<form") == 1
