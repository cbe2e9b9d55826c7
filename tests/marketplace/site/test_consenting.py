"""Being asked for consent on the way to the first HIT, and taking it back."""

from __future__ import annotations

import pytest

from crowdbroker.marketplace import worker
from crowdbroker.marketplace.consent_texts import consents, end_text, set_text
from crowdbroker.marketplace.site.consenting import as_html

TEXT = (
    "# A study\n\nYour answers are *published*. <script>alert(1)</script> [Read](javascript:alert(1)) ![x](https://a/b)"
)


@pytest.fixture
def text(market):
    return set_text(market, None, TEXT)


def test_accepting_leads_by_way_of_the_text_once(maria, publish, text):
    first, second = publish(), publish()
    answer = maria.send_form(f"/hits/{first}", f"/hits/{first}/accept", auto="1")
    assert answer.location == f"/consent/{text.id}?hit={first}&auto=1"
    page = maria.get(answer.location).text
    assert "Requester asks for your consent" in page
    assert "<em>published</em>" in page
    assert f'name="hit" value="{first}"' in page
    agreed = maria.send_form(answer.location, f"/consent/{text.id}", hit=first, auto="1")
    assert agreed.location.startswith("/assignments/")
    assert agreed.location.endswith("?auto=1")
    assert maria.send_form(f"/hits/{second}", f"/hits/{second}/accept").location.startswith("/assignments/")


def test_the_next_of_a_group_asks_too(maria, publish, text, market):
    publish()
    group = worker.groups(market, worker.enrol(market, "Noor"))[0].hit_type_id
    answer = maria.send_form("/", f"/groups/{group}/accept")
    assert answer.location == f"/consent/{text.id}?group={group}"
    agreed = maria.send_form(answer.location, f"/consent/{text.id}", group=group)
    assert agreed.location.startswith("/assignments/")


def test_a_text_runs_nothing(text):
    shown = as_html(TEXT)
    assert "<script>" not in shown
    assert 'href="javascript' not in shown
    assert "<img" not in shown


def test_consents_are_listed_and_taken_back_on_the_accounts_page(maria, publish, text, market):
    assert "You were not asked for any." in maria.get("/account").text
    hit = publish()
    maria.send_form(f"/consent/{text.id}", f"/consent/{text.id}", hit=hit)
    assert "Requester, version 1</a>" in maria.get("/account").text
    page = maria.get(f"/consent/{text.id}").text
    assert "✓ You agreed" in page
    back = maria.send_form(f"/consent/{text.id}", f"/consent/{text.id}/withdraw")
    assert "What you held under it is returned." in maria.follow(back).text
    assert "You hold nothing at the moment." in maria.get("/queue").text
    assert consents(market)[0].withdrawn_at is not None
    assert "You took your consent back" in maria.get(f"/consent/{text.id}").text
    given = maria.send_form(f"/consent/{text.id}", f"/consent/{text.id}")
    assert given.location == "/account?said=consent-given"


def test_a_text_that_has_changed_meanwhile_is_not_agreed_to(maria, publish, text, market):
    hit = publish()
    end_text(market, None)
    assert "Nobody is asked for this version any more." in maria.get(f"/consent/{text.id}").text
    answer = maria.send_form("/", f"/consent/{text.id}", hit=hit)
    assert answer.status == 409
    assert "This text has changed." in answer.text
    assert consents(market) == []


@pytest.mark.parametrize("text_id", ["999", "abc", "9" * 30])
def test_a_text_that_is_none_is_a_plain_page(maria, text_id):
    assert maria.get(f"/consent/{text_id}").status == 404
