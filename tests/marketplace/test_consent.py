"""Consent: asked for once a version before the first accept, of a requester's work or of one HIT type's."""

from __future__ import annotations

import pytest

from crowdbroker.marketplace import consent, worker
from crowdbroker.marketplace.consent_texts import consent_texts, consents, end_text, get_text, set_text
from crowdbroker.marketplace.requesters import RequesterRefused
from crowdbroker.marketplace.worker import ConsentNeeded, NothingLeft, UnknownWorker

TEXT = "# A study of animals\n\nYour answers are published without your WorkerId."


@pytest.fixture
def ann(desk):
    return desk.worker()


def asked(desk, worker_id, hit) -> int:
    """The version that is asked for before a HIT is accepted."""
    with pytest.raises(ConsentNeeded) as caught:
        worker.accept(desk.market, worker_id, hit["HITId"])
    return caught.value.text_id


def test_without_a_text_nobody_is_asked(desk, ann):
    worker.accept(desk.market, ann, desk.hit()["HITId"])
    assert consent_texts(desk.market) == []


def test_a_worker_agrees_once_a_version(desk, ann):
    first = set_text(desk.market, None, TEXT)
    hits = [desk.hit() for _ in range(3)]
    assert asked(desk, ann, hits[0]) == first.id
    with pytest.raises(ConsentNeeded):
        worker.accept_next(desk.market, ann, hits[0]["HITTypeId"])
    consent.give(desk.market, ann, first.id)
    consent.give(desk.market, ann, first.id)
    assert len(consents(desk.market)) == 1
    worker.accept(desk.market, ann, hits[0]["HITId"])
    worker.accept_next(desk.market, ann, hits[0]["HITTypeId"])
    second = set_text(desk.market, None, TEXT + " They are kept for ten years.")
    assert (second.version, asked(desk, ann, hits[2])) == (2, second.id)
    assert [(text.version, text.given, text.ended_at is None) for text in consent_texts(desk.market)] == [
        (1, 1, False),
        (2, 0, True),
    ]


def test_the_same_words_are_the_same_version(desk, ann):
    first = set_text(desk.market, None, TEXT)
    consent.give(desk.market, ann, first.id)
    assert set_text(desk.market, None, f"\n{TEXT}\n").id == first.id
    worker.accept(desk.market, ann, desk.hit()["HITId"])


def test_a_text_of_one_group_goes_before_the_requesters(desk, ann):
    birds, animals = desk.hit(Title="Count birds"), desk.hit()
    general = set_text(desk.market, None, TEXT)
    special = set_text(desk.market, None, "Birds only.", hit_type_id=birds["HITTypeId"])
    assert (asked(desk, ann, birds), asked(desk, ann, animals)) == (special.id, general.id)
    assert (special.version, special.hit_type_id) == (1, birds["HITTypeId"])
    assert end_text(desk.market, None)
    worker.accept(desk.market, ann, animals["HITId"])
    assert asked(desk, ann, birds) == special.id
    assert not end_text(desk.market, None)


def test_a_withdrawal_returns_what_is_held_and_asks_again(desk, ann):
    text = set_text(desk.market, None, TEXT)
    hits = [desk.hit() for _ in range(3)]
    consent.give(desk.market, ann, text.id)
    done = desk.done(hits[0], ann)
    worker.accept(desk.market, ann, hits[1]["HITId"])
    assert consent.withdraw(desk.market, ann, text.id) == 1
    assert consent.withdraw(desk.market, ann, text.id) == 0
    assert worker.held(desk.market, ann) == []
    assert desk.status(done) == "Submitted"
    assert asked(desk, ann, hits[1]) == text.id
    (kept,) = consents(desk.market, worker_id=ann)
    assert (kept.given_at, kept.withdrawn_at) == (desk.clock.now, desk.clock.now)
    consent.give(desk.market, ann, text.id)
    worker.accept(desk.market, ann, hits[1]["HITId"])
    assert [(one.given, one.withdrawn) for one in consent_texts(desk.market)] == [(1, 1)]
    assert desk.problems() == []


def test_a_withdrawal_from_one_group_leaves_the_others_alone(desk, ann):
    birds, animals = desk.hit(Title="Count birds"), desk.hit()
    text = set_text(desk.market, None, TEXT, hit_type_id=birds["HITTypeId"])
    consent.give(desk.market, ann, text.id)
    for hit in (birds, animals):
        worker.accept(desk.market, ann, hit["HITId"])
    assert consent.withdraw(desk.market, ann, text.id) == 1
    assert [held.hit_id for held in worker.held(desk.market, ann)] == [animals["HITId"]]


def test_what_is_not_asked_for_cannot_be_agreed_to(desk, ann):
    text = set_text(desk.market, None, TEXT)
    end_text(desk.market, None)
    for text_id in (text.id, 999):
        with pytest.raises(NothingLeft):
            consent.give(desk.market, ann, text_id)
    set_text(desk.market, None, TEXT)
    with pytest.raises(UnknownWorker):
        consent.give(desk.market, "ANOBODY", text.id + 1)
    assert get_text(desk.market, 999) is None


def test_a_text_needs_words_and_a_group_of_the_requester(desk):
    with pytest.raises(RequesterRefused, match="1 to 100,000 characters"):
        set_text(desk.market, None, " \n")
    with pytest.raises(RequesterRefused, match="no HIT type"):
        set_text(desk.market, None, TEXT, hit_type_id="3NOSUCH")
    with pytest.raises(RequesterRefused):
        set_text(desk.market, "nobody", TEXT)
