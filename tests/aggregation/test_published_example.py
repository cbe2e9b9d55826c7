"""Table 1 of Dawid & Skene 1979: five anaesthetists on the fitness of 45 patients, the first of them three times."""

from __future__ import annotations

import warnings

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


SMOOTHING = {"diagonal": 1e-9, "off_diagonal": 1e-9, "items_per_label": 1e-9, "pool": 0.0}


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
    return DawidSkene(**SMOOTHING, start="shares", early=0, tol=1e-9, max_iter=500).fit(votes)


def test_the_classes_have_the_published_shares(fit: DawidSkene) -> None:
    np.testing.assert_allclose(fit.class_prior_, [0.40, 0.42, 0.11, 0.07], atol=0.005)


def test_observer_one_has_the_published_error_rates(fit: DawidSkene) -> None:
    published = [[0.89, 0.11, 0.00, 0.00], [0.07, 0.88, 0.05, 0.00], [0.00, 0.34, 0.66, 0.00]]
    np.testing.assert_allclose(fit.confusion_[0, :3], published, atol=0.005)


def test_patient_two_is_of_class_four_although_most_readings_say_three(fit: DawidSkene) -> None:
    assert fit.labels_[2] == 4
    assert fit.converged_


def test_every_table_is_that_of_an_independent_program(fit: DawidSkene) -> None:
    """The paper's tables 2 to 4: error rates of all observers, shares of the classes, class of all patients."""
    pandas = pytest.importorskip("pandas")
    rows = [
        (patient + 1, observer, int(digit))
        for patient, word in enumerate(READINGS.split())
        for observer, digit in zip(OBSERVERS, word, strict=True)
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = pytest.importorskip("crowdkit.aggregation").DawidSkene(n_iter=fit.n_iter_, tol=-np.inf)
        posterior = theirs.fit_predict_proba(pandas.DataFrame(rows, columns=["task", "worker", "label"]))
    np.testing.assert_allclose(fit.posterior_, posterior.sort_index().sort_index(axis=1), atol=1e-5)
    np.testing.assert_allclose(fit.class_prior_, theirs.priors_.sort_index(), atol=1e-5)
    for observer in range(5):
        # Their rows are what was said, their columns what was true.
        table = theirs.errors_.loc[observer].sort_index().sort_index(axis=1)
        said = [label - 1 for label in table.index]
        np.testing.assert_allclose(fit.confusion_[observer][:, said].T, table, atol=1e-5)
