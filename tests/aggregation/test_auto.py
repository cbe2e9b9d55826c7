from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from crowdbroker.aggregation.auto import Auto
from crowdbroker.aggregation.dawid_skene import DawidSkene
from crowdbroker.aggregation.majority import MajorityVote
from crowdbroker.aggregation.methods import METHODS, method_named
from crowdbroker.aggregation.votes import Votes
from crowdbroker.errors import InputError

MakeVotes = Callable[..., Votes]
MakeCrowd = Callable[..., Any]


def test_workers_who_share_items_get_confusion_matrices(crowd: MakeCrowd, votes_of: MakeVotes) -> None:
    votes = votes_of(crowd()[0])
    fit = Auto().fit(votes)
    assert (fit.method_, type(fit.model_)) == ("dawid-skene", DawidSkene)
    assert "share Items" in fit.why_
    np.testing.assert_array_equal(fit.posterior_, DawidSkene().fit(votes).posterior_)


def test_without_a_second_answer_the_answer_is_the_label(votes_of: MakeVotes) -> None:
    votes = votes_of([(i, i % 3, "ab"[i % 2]) for i in range(12)])
    fit = Auto().fit(votes)
    assert (fit.method_, type(fit.model_)) == ("majority", MajorityVote)
    assert "No Item has two answers" in fit.why_
    assert fit.labels_ == {i: "ab"[i % 2] for i in range(12)}
    assert Auto().fit(votes, gold={0: "a"}).method_ == "dawid-skene"


def test_a_single_label_leaves_nothing_to_choose(votes_of: MakeVotes) -> None:
    assert "single label" in Auto().fit(votes_of([(1, "v", "a"), (1, "w", "a")])).why_


@pytest.mark.parametrize("name", METHODS)
def test_every_method_fits_by_its_name(crowd: MakeCrowd, votes_of: MakeVotes, name: str) -> None:
    triples, truth = crowd(accuracy=(0.9, 0.9, 0.9))
    fit = method_named(name).fit(votes_of(triples), gold={"i0": truth["i0"]})
    assert np.mean([fit.labels_[item] == label for item, label in truth.items()]) > 0.9


def test_a_name_of_no_method_is_told_the_names_there_are() -> None:
    with pytest.raises(InputError, match="no such method 'best'") as caught:
        method_named("best")
    assert "dawid-skene" in caught.value.remedy
