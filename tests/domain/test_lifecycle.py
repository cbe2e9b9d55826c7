"""Legal moves only."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from crowdbroker.domain.lifecycle import MOVES, AssignmentState, EffectState, HITState, check_move
from crowdbroker.errors import IllegalMove


@pytest.mark.parametrize("lifecycle", [HITState, AssignmentState, EffectState])
def test_what_is_not_listed_is_refused(lifecycle: Any) -> None:
    for was, now in itertools.product(lifecycle, repeat=2):
        if (was.value, now.value) in MOVES[lifecycle]:
            check_move(was, now)
        else:
            with pytest.raises(IllegalMove, match=f"no {lifecycle.__name__} moves from '{was}' to '{now}'"):
                check_move(was, now)


def test_moves_name_states_that_exist() -> None:
    for lifecycle, moves in MOVES.items():
        assert {state for move in moves for state in move} == {state.value for state in lifecycle}


def test_what_is_paid_is_never_taken_back() -> None:
    assert all(was != "approved" for was, _ in MOVES[AssignmentState])


def test_what_is_done_or_failed_is_final() -> None:
    assert all(was not in ("done", "failed") for was, _ in MOVES[EffectState])


def test_a_state_of_another_lifecycle_is_no_target() -> None:
    with pytest.raises(IllegalMove):
        check_move(HITState.OPEN, AssignmentState.APPROVED)
