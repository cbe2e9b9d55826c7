"""An independent program reads our ledger and finds it in balance."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from required import missing

from crowdbroker.formats.beancount import LedgerBatch, LedgerLine, beancount_lines

AT = datetime(2026, 3, 2, 23, 59, tzinfo=UTC)
ACCOUNTS = ("available", "reserved", "owed", "rewards", "fees", "bonuses")


def read(batches: Sequence[LedgerBatch], lines: Sequence[LedgerLine]) -> tuple[list[Any], list[Any]]:
    """What beancount understands, and its errors."""
    try:
        from beancount import loader
    except ImportError:
        missing("beancount", "it is not installed")
    entries, errors, _ = loader.load_string("\n".join(beancount_lines(batches, lines)) + "\n")
    return entries, errors


def lines_of(transfers: Sequence[dict[str, int]], batch: int = 1) -> list[LedgerLine]:
    return [
        LedgerLine(batch, f"t{number}", account, cents, AT)
        for number, moves in enumerate(transfers)
        for account, cents in moves.items()
        if cents
    ]


def balances_of(transfers: Sequence[dict[str, int]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for moves in transfers:
        for account, cents in moves.items():
            found[account] = found.get(account, 0) + cents
    return found


def test_a_small_ledger_reads_as_it_was_written() -> None:
    transfers = [{"deposited": -1000, "available": 1000}, {"available": -6, "reserved": 6}]
    batch = LedgerBatch(1, "first", date(2026, 3, 2), balances_of(transfers))
    entries, errors = read([batch], lines_of(transfers))
    assert errors == []
    [deposit, _] = [one for one in entries if type(one).__name__ == "Transaction"]
    assert [(one.account, one.units.number) for one in deposit.postings] == [
        ("Equity:B1-first:Deposited", Decimal("-10.00")),
        ("Assets:B1-first:Available", Decimal("10.00")),
    ]
    assert deposit.meta["time"] == AT.isoformat()
    assert sum(type(one).__name__ == "Balance" for one in entries) == 7


@pytest.mark.parametrize("account", ["available", "rewards"])
def test_a_balance_that_its_entries_do_not_come_to_is_an_error(account: str) -> None:
    transfers = [{"deposited": -1000, "available": 1000}, {"available": -6, "rewards": 6}]
    balances = balances_of(transfers)
    balances[account] += 1
    _, errors = read([LedgerBatch(1, "first", date(2026, 3, 2), balances)], lines_of(transfers))
    assert [type(one).__name__ for one in errors] == ["BalanceError"]


def test_a_transfer_that_does_not_sum_to_zero_is_an_error() -> None:
    transfers = [{"deposited": -1000, "available": 999}]
    batch = LedgerBatch(1, "first", date(2026, 3, 2), balances_of(transfers))
    _, errors = read([batch], lines_of(transfers))
    assert len(errors) == 1
    assert "does not balance" in errors[0].message


@pytest.mark.parametrize("name", ["first", "été 2026", 'a "quoted" \\ name', "日本", "-", "a:b", "x" * 300])
def test_any_name_of_a_batch_makes_an_account(name: str) -> None:
    transfers = [{"deposited": -5, "available": 5}]
    batches = [LedgerBatch(number, name, date(2026, 3, 2), balances_of(transfers)) for number in (1, 2)]
    lines = [line for number in (1, 2) for line in lines_of(transfers, number)]
    lines = [LedgerLine(one.batch, f'{one.batch} "{name}"\n', one.account, one.cents, AT) for one in lines]
    assert read(batches, lines)[1] == []


def test_an_empty_ledger_is_one_too() -> None:
    assert read([], [])[1] == []
    assert read([LedgerBatch(1, "first", date(2026, 3, 2), {})], [])[1] == []


moves = st.tuples(
    st.sampled_from(("deposited", *ACCOUNTS)), st.sampled_from(ACCOUNTS), st.integers(min_value=0, max_value=10**12)
)


@given(st.lists(moves, max_size=15))
def test_beancount_agrees_with_any_ledger(made: list[tuple[str, str, int]]) -> None:
    transfers = [{source: -cents, target: cents} for source, target, cents in made if source != target]
    batch = LedgerBatch(1, "first", date(2026, 3, 2), balances_of(transfers))
    assert read([batch], lines_of(transfers))[1] == []
