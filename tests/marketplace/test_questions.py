from __future__ import annotations

import pytest
import questionforms

from crowdbroker.marketplace.faults import Fault
from crowdbroker.marketplace.questions import Question, read_question, stored_question

SCHEMAS = "http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas"


def html(content: str, height: str = "0", namespace: str = f"{SCHEMAS}/2011-11-11/HTMLQuestion.xsd") -> str:
    return (
        f'<HTMLQuestion xmlns="{namespace}"><HTMLContent><![CDATA[{content}]]></HTMLContent>'
        f"<FrameHeight>{height}</FrameHeight></HTMLQuestion>"
    )


def external(url: str) -> str:
    return (
        f'<ExternalQuestion xmlns="{SCHEMAS}/2006-07-14/ExternalQuestion.xsd"><ExternalURL>{url}</ExternalURL>'
        "<FrameHeight>600</FrameHeight></ExternalQuestion>"
    )


def test_an_html_question_gives_its_page_as_it_was_written():
    page = "<form action='https://www.mturk.com/mturk/externalSubmit'>é &amp; </form>"
    assert read_question(html(page, "450")) == Question(page, None, 450)


def test_an_xml_declaration_with_an_encoding_is_no_obstacle():
    assert read_question('<?xml version="1.0" encoding="ISO-8859-1"?>\n' + html("é")).html == "é"


@pytest.mark.parametrize(
    "url", ["https://example.org/task?a=1&amp;b=2", "http://127.0.0.1:8000/", "http://localhost/x"]
)
def test_an_external_question_gives_its_address(url):
    assert read_question(external(url)) == Question(None, url.replace("&amp;", "&"), 600)


@pytest.mark.parametrize(
    "url",
    [
        "https://xn--mnchen-3ya.example./a b?q=%C3%A9#new-tab",
        "https://192.168.1.100:9000/",
        "https://[2001:db8::1]:9000/",
        "https://s3_bucket.example/",
    ],
)
def test_a_host_may_be_any_that_has_one_spelling(url):
    assert read_question(external(url)).external_url == url


@pytest.mark.parametrize("url", ["http://example.org/", "javascript:alert(1)", "https://", "https://[", "/here"])
def test_an_address_that_is_not_https_is_refused_by_the_members_name(url):
    with pytest.raises(Fault, match="ExternalURL") as caught:
        read_question(external(url))
    assert caught.value.kind == "ParameterValidationError"


ODD = [
    r"https://lab.example:9000\@evil.com/x",
    "https://lab%2eexample/",
    "https://lab\u3002example/",
    "https://\uff4cab.example/",
    "https://3232235796/",
    "https://0xc0a80114/",
    "https://192.168.276/",
    "https://192.168.1.020/",
    "https://192.168.1.0x14./",
    "https://[0:0:0:0:0:0:0:1]/",
    "https://[::ffff:192.168.1.20]/",
    "https://[fe80::1%25eth0]/",
    "https://me:pw@lab.example/",
    "https://@lab.example/",
    "https://lab.example:99999/",
    "https://lab..example/",
    "https://lab\texample/",
]


@pytest.mark.parametrize("url", ODD)
def test_an_address_that_a_browser_may_read_as_another_host_is_refused(url):
    with pytest.raises(Fault, match="ExternalURL") as caught:
        read_question(external(url))
    assert caught.value.kind == "ParameterValidationError"


@pytest.mark.parametrize("url", ODD)
def test_one_that_was_stored_before_is_shown_as_an_empty_page(url):
    assert stored_question(external(url)) == Question(None, "about:blank", 0)


@pytest.mark.parametrize(
    "xml",
    [
        "",
        "hello",
        "<HTMLQuestion>",
        html("x", namespace="urn:other"),
        html("   "),
        html("x", "tall"),
        html("x", "-1"),
        html("x", "9" * 30),
        f'<HTMLQuestion xmlns="{SCHEMAS}/2011-11-11/HTMLQuestion.xsd"><FrameHeight>0</FrameHeight></HTMLQuestion>',
        "<!DOCTYPE q [<!ENTITY a 'b'>]>" + html("x"),
        '<!DOCTYPE q SYSTEM "file:///etc/passwd">' + html("x"),
    ],
)
def test_anything_that_is_not_a_question_is_refused(xml):
    with pytest.raises(Fault) as caught:
        read_question(xml)
    assert caught.value.code == "XMLParseError"


def test_the_size_is_counted_in_bytes():
    frame = len(html("").encode())
    assert read_question(html("x" * (65_535 - frame))).html
    with pytest.raises(Fault, match="65535 bytes"):
        read_question(html("é" * (65_535 - frame)))


def test_a_question_form_gives_its_questions():
    found = read_question(questionforms.form(questionforms.question(questionforms.text())))
    assert (found.html, found.external_url, found.frame_height) == (None, None, 0)
    assert found.form is not None
    assert [each.identifier for each in found.form.questions] == ["animal"]


def test_a_malformed_question_form_is_refused():
    with pytest.raises(Fault, match="QuestionForm has no Question") as caught:
        read_question(f'<QuestionForm xmlns="{SCHEMAS}/2017-11-06/QuestionForm.xsd"/>')
    assert caught.value.code == "XMLParseError"
