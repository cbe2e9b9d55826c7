from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crowdbroker.aggregation.errors import UnknownLabel
from crowdbroker.aggregation.majority import MajorityVote
from crowdbroker.aggregation.votes import Votes
from crowdbroker.errors import InputError

MakeVotes = Callable[..., Votes]
BALLOTS = st.lists(st.sampled_from("abcd"), min_size=1, max_size=9)


@settings(deadline=None)
@given(ballots=st.dictionaries(st.integers(0, 5), BALLOTS, min_size=1))
def test_the_label_has_most_votes_and_ties_are_told(votes_of: MakeVotes, ballots: dict[int, list[str]]) -> None:
    rows = [(item, worker, label) for item, said in ballots.items() for worker, label in enumerate(said)]
    model = MajorityVote().fit(votes_of(rows))
    for item, said in ballots.items():
        counts = Counter(said)
        best = {label for label, count in counts.items() if count == max(counts.values())}
        assert model.labels_[item] in best
        assert (item in model.ties_) == (len(best) > 1)


def test_the_posterior_is_the_share_of_votes(votes_of: MakeVotes) -> None:
    model = MajorityVote().fit(votes_of([(1, "u", "a"), (1, "v", "b"), (1, "w", "b"), (2, "u", "a")]))
    np.testing.assert_allclose(model.posterior_, np.array([[1 / 3, 2 / 3], [1, 0]]))


def test_ties_are_broken_the_same_way_in_any_order_of_rows(votes_of: MakeVotes) -> None:
    triples = [(item, worker, label) for item in range(50) for worker, label in (("v", "yes"), ("w", "no"))]
    assert MajorityVote().fit(votes_of(triples)).labels_ == MajorityVote().fit(votes_of(triples[::-1])).labels_


def test_ties_favour_no_label(votes_of: MakeVotes) -> None:
    triples = [(item, worker, label) for item in range(400) for worker, label in (("v", "yes"), ("w", "no"))]
    model = MajorityVote().fit(votes_of(triples))
    assert len(model.ties_) == 400
    # 400 fair coins lie outside of 150..250 less than once in a million.
    assert 150 < Counter(model.labels_.values())["yes"] < 250


def test_ties_can_follow_the_declared_order(votes_of: MakeVotes) -> None:
    votes = votes_of([(1, "v", "fine"), (1, "w", "unsafe")], label_set=["unsafe", "fine"])
    assert MajorityVote(ties="label_order").fit(votes).labels_ == {1: "unsafe"}


def test_an_unknown_ties_policy_is_an_input_error(votes_of: MakeVotes) -> None:
    with pytest.raises(InputError, match="no such policy 'coin'"):
        MajorityVote(ties="coin").fit(votes_of([(1, "v", "a")]))  # type: ignore[arg-type]


def test_gold_is_checked_and_changes_no_label(votes_of: MakeVotes) -> None:
    votes = votes_of([(1, "v", "a"), (2, "v", "b")])
    model = MajorityVote().fit(votes, gold={1: "b", 9: "a"})
    assert model.labels_ == {1: "a", 2: "b"}
    assert model.gold_unanswered_ == 1
    with pytest.raises(UnknownLabel, match="'c'"):
        MajorityVote().fit(votes, gold={1: "c"})
