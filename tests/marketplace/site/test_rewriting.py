from __future__ import annotations

import pytest

from crowdbroker.marketplace.site.rewriting import rewrite

BASE = "https://here.example/w/T0KEN"
SUBMIT = f"{BASE}/mturk/externalSubmit"


def rewritten(html: str) -> str:
    return rewrite(html, BASE, "https://here.example")


@pytest.mark.parametrize(
    "address",
    [
        "https://www.mturk.com/mturk/externalSubmit",
        "http://www.mturk.com/mturk/externalSubmit",
        "//www.mturk.com/mturk/externalSubmit",
        "https://workersandbox.mturk.com/mturk/externalSubmit",
        "https://worker.mturk.com/mturk/externalSubmit",
        "HTTPS://WWW.MTURK.COM/mturk/externalSubmit",
    ],
)
def test_every_address_of_amazons_that_took_answers_becomes_ours(address):
    assert rewritten(f'<form action="{address}" method="post">') == f'<form action="{SUBMIT}" method="post">'


def test_an_address_that_a_script_puts_together_becomes_ours():
    assert rewritten('f.action = "https://www.mturk.com" + "/mturk/externalSubmit";') == (
        f'f.action = "{BASE}" + "/mturk/externalSubmit";'
    )


@pytest.mark.parametrize("action", ['action="/mturk/externalSubmit"', "action='mturk/externalSubmit'"])
def test_a_form_for_the_pages_own_host_becomes_ours(action):
    assert SUBMIT in rewritten(f"<form {action}>")


def test_the_helper_script_and_the_crowd_loader_are_ours():
    html = (
        '<script src="https://s3.amazonaws.com/mturk-public/externalHIT_v1.js"></script>'
        '<script src="//mturk-public.s3.amazonaws.com/externalHIT_v1.js"></script>'
        '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>'
    )
    assert rewritten(html) == (
        '<script src="https://here.example/static/externalHIT_v1.js"></script>' * 2
        + '<script src="https://here.example/static/crowd-html-elements.js"></script>'
    )


def test_other_addresses_stay_as_they_are():
    html = '<a href="https://www.mturk.com/worker/help">help</a><img src="https://s3.amazonaws.com/mine/a.png">'
    assert rewritten(html) == html


def test_a_crowd_element_that_closes_itself_is_closed():
    assert rewritten('<crowd-input name="a" label="b > c" />x<br/>') == (
        '<crowd-input name="a" label="b > c" ></crowd-input>x<br/>'
    )


def test_a_backslash_in_our_address_is_only_a_backslash():
    assert "\\1" in rewrite('<form action="//www.mturk.com/mturk/externalSubmit">', "https://h\\1", "https://h")
