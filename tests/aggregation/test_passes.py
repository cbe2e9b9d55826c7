from __future__ import annotations

import numpy as np

from crowdbroker.aggregation.em import Parameters, Statistics
from crowdbroker.aggregation.passes import Partial
from crowdbroker.aggregation.unchanged import Unchanged

PARAMETERS = Parameters(np.log(np.full((1, 2), 0.5)), np.log(np.full(2, 0.5)))


def of(count: float) -> Statistics:
    return Statistics(np.full((1, 2), count), np.full(2, count), -count)


def test_every_third_pass_is_over_all_and_those_after_it_start_from_there() -> None:
    everything: list[Parameters] = []

    def sweep_all(parameters: Parameters) -> Statistics:
        everything.append(parameters)
        return of(50.0)

    rest = Unchanged.rest(of(11.0), of(1.0), PARAMETERS)
    partial = Partial([rest], lambda _: of(2.0), sweep_all, 3, 0)
    assert [partial(PARAMETERS).counts[0, 0] for _ in range(5)] == [12, 12, 50, 50, 50]
    assert len(everything) == 1
    assert partial.made == 2
    assert partial.refreshed


def test_the_first_rest_serves_the_weighing_of_workers_alone() -> None:
    rests = [Unchanged.rest(of(total), of(0.0), PARAMETERS) for total in (100.0, 10.0)]
    partial = Partial(rests, lambda _: of(2.0), lambda _: of(50.0), 0, 0)
    assert [partial(PARAMETERS).counts[0, 0] for _ in range(3)] == [102, 12, 12]
    assert not partial.refreshed


def test_the_bound_is_the_likelihood_where_it_was_taken() -> None:
    whole, part = Statistics(np.array([[4.0, 2.0]]), np.array([3.0, 1.0]), -7.5), of(1.0)
    rest = Unchanged.rest(whole, part, PARAMETERS)
    assert rest.with_part(part, PARAMETERS).log_likelihood == whole.log_likelihood
