from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from crowdbroker.aggregation.numeric import NumericMean
from crowdbroker.aggregation.votes import Votes
from crowdbroker.errors import InputError
from crowdbroker.formats.votes_csv import read_truth, read_votes

MakeVotes = Callable[..., Votes]


def spread_over(votes_of: MakeVotes, answers: dict[str, list[float]]) -> Votes:
    return votes_of([(item, f"w{w}", value) for item, row in answers.items() for w, value in enumerate(row)])


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 6, 9, 10, 11])
def test_every_centre_is_that_of_the_textbook(votes_of: MakeVotes, size: int) -> None:
    rng = np.random.default_rng(size)
    rows = {name: rng.normal(size=size).tolist() for name in "xyz"} | {"short": [7.0]}
    votes = spread_over(votes_of, rows)
    cut = size // 5
    for name in "xyz":
        ordered = sorted(rows[name])
        expected = {
            "mean": np.mean(ordered),
            "median": np.median(ordered),
            "trimmed": np.mean(ordered[cut : size - cut]),
        }
        for centre, value in expected.items():
            fit = NumericMean(centre=centre).fit(votes)  # type: ignore[arg-type]
            assert fit.values_[name] == pytest.approx(value), centre
            assert fit.values_["short"] == 7.0


def test_a_slip_of_the_pen_moves_the_mean_alone(votes_of: MakeVotes) -> None:
    votes = spread_over(votes_of, {"x": [1.0, 2.0, 3.0, 4.0, 5000.0]})
    found = {centre: NumericMean(centre=centre).fit(votes).values_["x"] for centre in ("mean", "trimmed", "median")}  # type: ignore[arg-type]
    assert found == {"mean": 1002.0, "trimmed": 3.0, "median": 3.0}


def test_the_spread_is_the_standard_error(votes_of: MakeVotes) -> None:
    fit = NumericMean().fit(spread_over(votes_of, {"x": [1.0, 3.0, 8.0], "y": [2.0]}))
    assert fit.spread_[0] == pytest.approx(np.std([1, 3, 8], ddof=1) / np.sqrt(3))
    assert np.isnan(fit.spread_[1])
    assert fit.counts_.tolist() == [3, 1]


def test_a_worker_who_says_too_much_has_a_bias(votes_of: MakeVotes) -> None:
    fit = NumericMean().fit(spread_over(votes_of, {"x": [10.0, 10.0, 16.0], "y": [0.0, 0.0, 6.0]}))
    np.testing.assert_allclose(fit.bias_, [-2, -2, 4])
    np.testing.assert_allclose(fit.error_, [2, 2, 4])


@pytest.mark.parametrize("label", ["seven", (1,), float("inf")])
def test_what_is_no_number_is_named(votes_of: MakeVotes, label: Any) -> None:
    with pytest.raises(InputError, match="no finite number"):
        NumericMean().fit(votes_of([(1, "w", label)]))


def test_text_with_a_number_in_it_is_one(votes_of: MakeVotes) -> None:
    assert NumericMean().fit(votes_of([(1, "v", "1"), (1, "w", "2.5")])).values_ == {1: 1.75}


def test_an_unknown_centre_is_named(votes_of: MakeVotes) -> None:
    with pytest.raises(InputError, match="no such centre"):
        NumericMean(centre="mode").fit(votes_of([(1, "w", 1)]))  # type: ignore[arg-type]


@pytest.mark.parametrize(("centre", "error"), [("mean", 10.2), ("trimmed", 9.8), ("median", 10.5)])
def test_the_errors_on_recorded_emotions_are_the_stated_ones(
    recorded: Callable[[str], Path], centre: Any, error: float
) -> None:
    folder = recorded("n_emotion")
    columns, truth = read_votes(folder / "answers.csv"), read_truth(folder / "truth.csv")
    values = NumericMean(centre=centre).fit(Votes.from_columns(columns.tasks, columns.workers, columns.labels)).values_
    found = np.mean([abs(values[item] - float(value)) for item, value in truth.items() if item in values])
    assert found == pytest.approx(error, abs=0.1)
