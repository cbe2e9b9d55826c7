"""Table 1 of Dawid & Skene 1979: five anaesthetists on the fitness of 45 patients, the first of them three times."""

from __future__ import annotations

import numpy as np
import pytest

from crowdbroker.aggregation.dawid_skene import DawidSkene
from crowdbroker.aggregation.votes import Votes

# One word a patient: three readings of observer 1, then observers 2 to 5.
READINGS = """
1111111 3334334 1122122 2223121 2223222 2223322 1222111 3333433 2222223 2322223 4444444 2223343 1111111 2223212 1211111
1112111 1111111 1111111 2222221 2221322 2222222 2222221 2223222 2212222 1111111 1111111 2322222 1111111 1111111 1121121
1111111 3333233 1111111 2222222 2223232 4334343 2212232 2323233 3333432 1111111 1111111 1212111 2322222 1211111 2222222
"""
OBSERVERS = (0, 0, 0, 1, 2, 3, 4)


@pytest.fixture
def fit() -> DawidSkene:
    # The paper counts all three readings of observer 1; Votes.from_columns would keep one.
    label = np.array([[int(digit) - 1 for digit in word] for word in READINGS.split()])
    item, observer = np.indices(label.shape)
    votes = Votes(
        item.ravel(),
        np.array(OBSERVERS)[observer.ravel()],
        label.ravel(),
        tuple(range(1, 46)),
        tuple("12345"),
        (1, 2, 3, 4),
    )
    return DawidSkene(diagonal=1e-9, off_diagonal=1e-9, items_per_label=1e-9, tol=1e-9, max_iter=500).fit(votes)


def test_the_classes_have_the_published_shares(fit: DawidSkene) -> None:
    np.testing.assert_allclose(fit.class_prior_, [0.40, 0.42, 0.11, 0.07], atol=0.005)


def test_observer_one_has_the_published_error_rates(fit: DawidSkene) -> None:
    published = [[0.89, 0.11, 0.00, 0.00], [0.07, 0.88, 0.05, 0.00], [0.00, 0.34, 0.66, 0.00]]
    np.testing.assert_allclose(fit.confusion_[0, :3], published, atol=0.005)


def test_patient_two_is_of_class_four_although_most_readings_say_three(fit: DawidSkene) -> None:
    assert fit.labels_[2] == 4
    assert fit.converged_
