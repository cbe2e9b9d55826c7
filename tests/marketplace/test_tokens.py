"""Idempotency tokens are remembered for a day, and do not stay in the database for ever."""

from __future__ import annotations

from typing import Any

from sqlmodel import col, select

from crowdbroker.marketplace.tables import TokenRow


def kept(desk: Any) -> set[str]:
    with desk.market.read() as session:
        return set(session.exec(select(col(TokenRow.token))).all())


def test_tokens_older_than_a_day_go_in_passing(desk: Any) -> None:
    for number in range(5):
        desk.hit(UniqueRequestToken=f"old {number}")
    desk.clock.move(hours=23)
    desk.hit(UniqueRequestToken="young")
    desk.clock.move(hours=1)
    desk.hit(UniqueRequestToken="new")
    assert kept(desk) == {"young", "new"}
    assert desk.refusal(desk.hit, UniqueRequestToken="young").code == "HitAlreadyExists"


def test_a_token_that_was_swept_may_be_used_again(desk: Any) -> None:
    first = desk.hit(UniqueRequestToken="again")["HITId"]
    desk.clock.move(hours=24)
    desk.hit(UniqueRequestToken="other")
    assert desk.hit(UniqueRequestToken="again")["HITId"] != first
    assert kept(desk) == {"again", "other"}
