"""A named Worker is paid once for each reason, whatever happens on the way."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from driving import restarted
from faulty import Crash, Fault
from sqlmodel import col, update

from crowdbroker.broker.close import close
from crowdbroker.broker.compensate import compensate
from crowdbroker.domain.money import Tariff
from crowdbroker.errors import EndpointUnreachable, InputError, InsufficientFunds, OverBudget, SettingsError
from crowdbroker.store.ledger import Account
from crowdbroker.store.tables import WorkerRow


@pytest.fixture
def worked(desk: Any) -> Any:
    """Two workers who were paid for two HITs each, 5 cents a HIT; and a third whose work waits."""
    return paid_two(desk)


def paid_two(desk: Any, **changes: Any) -> Any:
    desk.load(items=2, items_per_hit=1, payment={"rejection": "never", "decide_within": "1h"}, **changes)
    desk.publish()
    first, second, third = desk.workers(3)
    desk.work(first)
    desk.work(second)
    desk.collect()
    desk.pass_time(hours=2)
    desk.judge()
    desk.settle()
    desk.work(third, most=1)
    desk.collect()
    assert desk.states() == ["approved"] * 4 + ["submitted"]
    return desk


def pay(
    desk: Any, worker: str = "AW0", cents: int = 50, reason: str = "The page froze.", marketplace: str = "own"
) -> Any:
    return compensate(
        desk.store,
        desk.market,
        desk.batch(),
        desk.clock,
        worker=worker,
        cents=cents,
        reason=reason,
        tariff=Tariff(),
        marketplace=marketplace,
    )


def call_it(desk: Any, name: str, *worker_ids: str) -> None:
    with desk.store.write() as session:
        session.exec(update(WorkerRow).where(col(WorkerRow.worker_id).in_(worker_ids)).values(name=name))


def bonuses(desk: Any, worker: str = "AW0") -> list[tuple[int, str]]:
    """(cents, reason) of every bonus that the marketplace has paid to a Worker of the Batch."""
    return [
        (one.cents, one.reason)
        for row in desk.of(worker)
        for one in desk.market.list_bonuses(row.assignment_id)
        if one.worker_id == worker
    ]


def test_a_worker_is_paid_on_the_latest_decided_assignment_and_reads_why(worked: Any) -> None:
    assert pay(worked).done == 1
    [(cents, reason)] = bonuses(worked)
    assert cents == 50
    assert reason.startswith("The page froze. [")
    latest = max(worked.of("AW0"), key=lambda row: row.submitted_at)
    assert worked.effects("bonus")[0].request["assignment_id"] == latest.assignment_id
    assert worked.paid()["AW0"] == 10 + 50
    assert (worked.money()[Account.BONUSES], worked.money()[Account.FEES]) == (50, 4 + 10)
    worked.check_books()


def test_the_same_reason_is_paid_once_however_often_it_is_asked_for(worked: Any) -> None:
    for reason in ("The page froze.", " The page froze.\n", "The page froze."):
        pay(worked, reason=reason)
        worked.pass_time(hours=1)
    assert len(bonuses(worked)) == 1
    worked.check_books()


def test_another_reason_amount_or_worker_is_another_payment(worked: Any) -> None:
    pay(worked)
    pay(worked, reason="And thank you for writing.")
    pay(worked, cents=51)
    pay(worked, worker="AW1")
    assert (len(bonuses(worked)), len(bonuses(worked, "AW1"))) == (3, 1)
    worked.check_books()


def test_more_work_since_then_is_no_reason_to_pay_again(worked: Any) -> None:
    call_it(worked, "third", "AW2")
    worked.pass_time(hours=2)
    worked.judge()
    worked.settle()
    pay(worked, "AW2")
    worked.work("AW2")
    worked.collect()
    worked.pass_time(hours=2)
    worked.judge()
    worked.settle()
    assert len(worked.of("AW2")) == 2
    pay(worked, "third")
    assert len(bonuses(worked, "AW2")) == 1
    worked.check_books()


def test_a_worker_may_be_named_as_reports_name_them(worked: Any) -> None:
    call_it(worked, "Maria", "AW1")
    pay(worked, "Maria")
    pay(worked, "AW1")
    assert len(bonuses(worked, "AW1")) == 1


def test_a_worker_id_goes_before_somebodys_name(worked: Any) -> None:
    call_it(worked, "AW0", "AW1")
    pay(worked, "AW0")
    assert (len(bonuses(worked, "AW0")), len(bonuses(worked, "AW1"))) == (1, 0)


def test_a_name_that_several_have_pays_nobody(worked: Any) -> None:
    call_it(worked, "Maria", "AW0", "AW1")
    with pytest.raises(InputError, match="several Workers are called 'Maria'") as caught:
        pay(worked, "Maria")
    assert caught.value.remedy == "Name one of AW0, AW1."
    assert worked.effects("bonus") == []


@pytest.mark.parametrize("name", ["AW2", "ANOBODY", ""])
def test_a_worker_without_decided_work_cannot_be_paid(worked: Any, name: str) -> None:
    with pytest.raises(InputError, match=f"'{name}' has no decided Assignment in the Batch 'first'") as caught:
        pay(worked, name)
    assert caught.value.field == "WORKER"
    assert worked.effects("bonus") == []


def test_a_worker_whose_work_was_refused_can_be_paid(worked: Any) -> None:
    [row] = worked.of("AW2")
    worked.market.reject(row.assignment_id, feedback="by hand")
    worked.collect()
    pay(worked, "AW2")
    assert worked.paid()["AW2"] == 50
    worked.check_books()


@pytest.mark.parametrize("reason", ["", " \n"])
def test_a_payment_needs_a_reason(worked: Any, reason: str) -> None:
    with pytest.raises(InputError, match="a payment needs a reason") as caught:
        pay(worked, reason=reason)
    assert caught.value.field == "--reason"


def test_hostile_words_reach_the_worker_unchanged(worked: Any) -> None:
    words = "<b>Danke</b> & \u202e'Größe' 🙂\nzweite Zeile"
    pay(worked, reason=words)
    pay(worked, reason=words)
    [(_, reason)] = bonuses(worked)
    assert reason.startswith(words)


def test_over_the_budget_nothing_is_sent(desk: Any) -> None:
    paid_two(desk, budget="0.40")
    calls = len(desk.wire.calls)
    with pytest.raises(OverBudget, match=r"come to \$0\.06 and the Batch has \$0\.04 left"):
        pay(desk, cents=5)
    assert len(desk.wire.calls) == calls
    assert desk.effects("bonus") == []
    assert pay(desk, cents=3).done == 1
    assert desk.money()[Account.AVAILABLE] == 0
    desk.check_books()


def test_another_marketplace_pays_nothing(worked: Any) -> None:
    with pytest.raises(SettingsError):
        pay(worked, marketplace="sandbox")
    assert worked.effects("bonus") == []


def test_a_closed_batch_can_still_pay(worked: Any) -> None:
    close(worked.store, worked.market, worked.batch(), worked.clock, marketplace="own")
    worked.collect()
    pay(worked)
    assert len(bonuses(worked)) == 1
    worked.check_books()


def test_what_the_account_cannot_pay_is_paid_when_it_can(poor_desk: Any) -> None:
    desk = paid_two(poor_desk(40), budget="1.00")
    with pytest.raises(InsufficientFunds):
        pay(desk, cents=5)
    assert [effect.state for effect in desk.effects("bonus")] == ["ready"]
    desk.pass_time(minutes=2)
    for row in desk.of("AW2"):
        desk.market.reject(row.assignment_id, feedback="by hand")
    assert pay(desk, cents=5).done == 1
    assert bonuses(desk)[0][0] == 5


def test_what_the_marketplace_refused_paid_nothing_and_may_be_asked_for_again(worked: Any) -> None:
    worked.wire.next("SendBonus", Fault.REFUSED, Fault.REFUSED)
    assert pay(worked).failed == 1
    assert pay(worked).failed == 1
    assert worked.money()[Account.RESERVED] == 6
    assert pay(worked).done == 1
    assert pay(worked).done == 0
    assert len(bonuses(worked)) == 1
    worked.check_books()


FAULTS: dict[str, list[Fault]] = {
    "the reply is lost": [Fault.LOST_REPLY],
    "the reply is lost twice": [Fault.LOST_REPLY, Fault.LOST_REPLY],
    "the reply comes too late": [Fault.TIMED_OUT_AFTER],
    "the request is lost": [Fault.LOST_REQUEST],
    "the server fails after": [Fault.ERROR_500_AFTER],
    "throttled for long": [Fault.THROTTLED] * 8,
    "nobody is there for long": [Fault.UNREACHABLE] * 8,
    "crash before": [Fault.CRASH_BEFORE],
    "crash after": [Fault.CRASH_AFTER],
    "refused after a lost reply": [Fault.LOST_REPLY, Fault.REFUSED],
}


@pytest.mark.parametrize("faults", FAULTS.values(), ids=FAULTS)
def test_paid_once_whatever_goes_wrong(worked: Any, faults: list[Fault]) -> None:
    """Asked for again at once, and when the lease of the first try has run out."""
    worked.wire.next("SendBonus", *faults)
    for minutes in (0, 11, 11):
        with suppress(Crash, EndpointUnreachable):
            pay(worked)
        restarted(worked)
        worked.pass_time(minutes=minutes)
    pay(worked)
    assert [cents for cents, _ in bonuses(worked)] == [50]
    assert [effect.state for effect in worked.effects("bonus")] == ["done"]
    worked.check_books()


def test_a_payment_that_was_sent_a_day_ago_is_looked_up_and_never_repeated(worked: Any) -> None:
    worked.wire.next("SendBonus", Fault.CRASH_AFTER)
    with pytest.raises(Crash):
        pay(worked)
    restarted(worked)
    worked.pass_time(hours=30)
    assert pay(worked).done == 1
    assert len(bonuses(worked)) == 1
    worked.check_books()


def test_a_payment_of_which_nobody_knows_after_a_day_waits_for_a_person(worked: Any) -> None:
    worked.wire.next("SendBonus", Fault.CRASH_BEFORE)
    with pytest.raises(Crash):
        pay(worked)
    worked.pass_time(hours=30)
    assert pay(worked).in_doubt == 1
    assert pay(worked).done == 0
    assert bonuses(worked) == []


def test_a_payment_that_may_have_been_made_is_not_given_up_when_it_is_refused(worked: Any) -> None:
    """Given up, its reason could be asked for again, and be paid twice where the list of payments lags."""
    worked.wire.next("SendBonus", Fault.LOST_REQUEST, Fault.REFUSED)
    pay(worked)
    worked.pass_time(minutes=11)
    pay(worked)
    (effect,) = worked.effects("bonus")
    assert effect.state == "in_doubt"
    assert "it was sent before and is refused now" in effect.problem
    pay(worked)
    assert len(worked.effects("bonus")) == 1
