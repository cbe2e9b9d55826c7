from __future__ import annotations

import math
from collections.abc import Callable
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crowdbroker.aggregation.errors import EmptyVotes, MissingValue, RepeatedVote, UnknownLabel
from crowdbroker.aggregation.votes import Votes
from crowdbroker.errors import InputError

MakeVotes = Callable[..., Votes]
Triple = tuple[int, int, str]
TRIPLES = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 4), st.sampled_from("abc")),
    min_size=1,
    max_size=40,
    unique_by=lambda triple: triple[:2],
)


def as_triples(votes: Votes) -> list[tuple[object, object, object]]:
    return [
        (votes.items[item], votes.workers[worker], votes.labels[label])
        for item, worker, label in zip(votes.item, votes.worker, votes.label, strict=True)
    ]


@settings(deadline=None)
@given(triples=TRIPLES, random=st.randoms())
def test_the_order_of_rows_changes_nothing(votes_of: MakeVotes, triples: list[Triple], random: Random) -> None:
    shuffled = list(triples)
    random.shuffle(shuffled)
    one, other = votes_of(triples), votes_of(shuffled)
    assert (one.items, one.workers, one.labels) == (other.items, other.workers, other.labels)
    for name in ("item", "worker", "label"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


@settings(deadline=None)
@given(triples=TRIPLES)
def test_the_votes_come_back_as_they_were(votes_of: MakeVotes, triples: list[Triple]) -> None:
    votes = votes_of(triples)
    assert sorted(as_triples(votes)) == sorted(triples)
    assert len(votes) == len(triples)
    assert votes.repeats == 0


def test_labels_of_several_types_have_a_fixed_order(votes_of: MakeVotes) -> None:
    votes = votes_of([(1, "a", "x"), (2, "a", 7), (3, "a", (1, 2)), (4, "a", "b"), (5, "a", 3)])
    assert votes.labels == (3, 7, "b", "x", (1, 2))


def test_a_declared_label_set_keeps_its_order_and_its_unused_labels(votes_of: MakeVotes) -> None:
    votes = votes_of([(1, "a", "low"), (2, "a", "high")], label_set=["high", "middle", "low"])
    assert votes.labels == ("high", "middle", "low")
    assert votes.label.tolist() == [2, 0]


def test_a_label_outside_the_declared_set_is_named(votes_of: MakeVotes) -> None:
    with pytest.raises(UnknownLabel, match=r"vote 1 .* has label 'cta'") as caught:
        votes_of([(1, "a", "cat"), (2, "a", "cta")], label_set=["cat", "dog"])
    assert caught.value.label == "cta"


@pytest.mark.parametrize("label_set", [[], ["a", "a"], ["a", None]])
def test_a_label_set_must_be_a_set_of_labels(votes_of: MakeVotes, label_set: list[object]) -> None:
    with pytest.raises(InputError, match="label set"):
        votes_of([(1, "w", "a")], label_set=label_set)


def test_the_first_of_two_votes_counts_unless_told_otherwise(votes_of: MakeVotes) -> None:
    triples = [(1, "w", "a"), (1, "v", "b"), (1, "w", "b"), (2, "w", "b"), (1, "w", "c")]
    first, last = votes_of(triples), votes_of(triples, repeats="keep_last")
    assert (1, "w", "a") in as_triples(first)
    assert (1, "w", "c") in as_triples(last)
    assert first.repeats == last.repeats == 2
    assert len(first) == len(last) == 3


def test_two_votes_can_be_an_error_that_names_the_second(votes_of: MakeVotes) -> None:
    with pytest.raises(RepeatedVote, match=r"vote 2 \(counted from 0\): worker 'w' voted on item 1 before"):
        votes_of([(1, "w", "a"), (2, "w", "a"), (1, "w", "a")], repeats="error")


@pytest.mark.parametrize("missing", [None, math.nan, np.float32("nan"), np.datetime64("NaT")])
@pytest.mark.parametrize(("column", "what"), [(0, "item"), (1, "worker"), (2, "label")])
def test_a_missing_value_is_found(votes_of: MakeVotes, missing: object, column: int, what: str) -> None:
    row: list[object] = ["i", "w", "a"]
    row[column] = missing
    with pytest.raises(MissingValue, match=f"vote 1 .* has no {what}") as caught:
        votes_of([("j", "v", "b"), tuple(row)])
    assert caught.value.position == 1


def test_no_votes_are_an_error_of_their_own() -> None:
    with pytest.raises(EmptyVotes):
        Votes.from_columns([], [], [])


def test_columns_must_have_one_length() -> None:
    with pytest.raises(InputError, match=r"\[2, 1, 2\]"):
        Votes.from_columns([1, 2], ["w"], ["a", "b"])


def test_a_label_that_can_change_is_refused() -> None:
    with pytest.raises(InputError, match="cannot be hashed"):
        Votes.from_columns([1], ["w"], [["a"]])  # type: ignore[list-item]


def test_true_and_one_are_not_taken_for_each_other(votes_of: MakeVotes) -> None:
    with pytest.raises(InputError, match="equal but of unequal type"):
        votes_of([(1, "w", True), (2, "w", 1)])


def test_bools_and_a_worker_without_a_name_are_welcome(votes_of: MakeVotes) -> None:
    votes = votes_of([(1, "", True), (2, "", False)])
    assert votes.labels == (False, True)
    assert votes.workers == ("",)


def test_arrays_give_plain_python_values() -> None:
    votes = Votes.from_columns(np.array([2, 1]), np.array(["w", "w"]), np.array([True, False]))
    assert votes.items == (1, 2)
    assert [type(value) for value in (votes.items[0], votes.workers[0], votes.labels[0])] == [int, str, bool]


def test_a_data_frame_gives_its_columns_unless_a_cell_is_missing() -> None:
    pandas = pytest.importorskip("pandas")
    labels = pandas.Series(["a", "b"], dtype="category")
    assert Votes.from_columns(pandas.Series([1, 2]), pandas.Series(["w", "w"]), labels).labels == ("a", "b")
    with pytest.raises(MissingValue, match=r"vote 1 .* has no label"):
        Votes.from_columns([1, 2], ["w", "w"], pandas.Series(["a", pandas.NA]))
