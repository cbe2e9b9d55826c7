from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crowdbroker.aggregation.dawid_skene import DawidSkene
from crowdbroker.aggregation.errors import UnknownLabel
from crowdbroker.aggregation.votes import Votes
from crowdbroker.errors import InputError

MakeVotes = Callable[..., Votes]
MakeCrowd = Callable[..., tuple[list[tuple[object, object, object]], dict[object, object]]]
Rows = list[tuple[int, int, str]]
ROWS = st.lists(
    st.tuples(st.integers(0, 7), st.integers(0, 5), st.sampled_from("abc")),
    min_size=1,
    max_size=48,
    unique_by=lambda row: row[:2],
)
PSEUDO = st.floats(1e-9, 20)


def fitted(rows: Rows, gold: dict[int, str] | None = None, **options: Any) -> tuple[Votes, DawidSkene]:
    items, workers, labels = zip(*rows, strict=True)
    votes = Votes.from_columns(items, workers, labels, label_set="abc")
    return votes, DawidSkene(**options).fit(votes, gold)


@settings(deadline=None)
@given(ROWS, st.randoms())
def test_the_order_of_rows_changes_no_bit(rows: Rows, random: Random) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)
    (_, one), (_, other) = fitted(rows), fitted(shuffled)
    assert one.posterior_.tobytes() == other.posterior_.tobytes()
    assert one.confusion_.tobytes() == other.confusion_.tobytes()
    assert one.loss_history_ == other.loss_history_
    assert one.labels_ == other.labels_


@settings(deadline=None)
@given(ROWS, st.permutations(range(8)), st.permutations("abc"))
def test_names_do_not_matter(rows: Rows, items: Any, labels: list[str]) -> None:
    renamed = [(items[item], worker, labels["abc".index(label)]) for item, worker, label in rows]
    # Rounding may end one of the two a step earlier, so both make the steps of the shorter.
    steps = min(fitted(named, tol=0, max_iter=8)[1].n_iter_ for named in (rows, renamed))
    (votes, one), (others, other) = (fitted(named, tol=0, max_iter=steps) for named in (rows, renamed))
    order = [others.items.index(items[item]) for item in votes.items]
    columns = ["abc".index(label) for label in labels]
    np.testing.assert_allclose(other.posterior_[order][:, columns], one.posterior_, atol=1e-6)


@settings(deadline=None)
@given(ROWS, PSEUDO, PSEUDO, PSEUDO, st.dictionaries(st.integers(0, 7), st.sampled_from("abc"), max_size=3))
def test_probabilities_sum_to_one_and_the_loss_never_rises(
    rows: Rows, diagonal: float, off_diagonal: float, items_per_label: float, gold: dict[int, str]
) -> None:
    _, model = fitted(rows, gold, diagonal=diagonal, off_diagonal=off_diagonal, items_per_label=items_per_label, tol=0)
    np.testing.assert_allclose(model.posterior_.sum(axis=1), 1)
    np.testing.assert_allclose(model.confusion_.sum(axis=2), 1)
    np.testing.assert_allclose(model.class_prior_.sum(), 1)
    losses = np.array(model.loss_history_)
    assert len(losses) == model.n_iter_
    settled = losses[model.settle - 1 :]
    assert (np.diff(settled) <= 1e-9 * (1 + np.abs(settled[1:]))).all()


@settings(deadline=None)
@given(ROWS, PSEUDO, PSEUDO)
def test_without_pooling_the_loss_never_rises_from_the_first(rows: Rows, diagonal: float, off_diagonal: float) -> None:
    losses = np.array(fitted(rows, diagonal=diagonal, off_diagonal=off_diagonal, pool=0, tol=0)[1].loss_history_)
    assert (np.diff(losses) <= 1e-9 * (1 + np.abs(losses[1:]))).all()


@settings(deadline=None)
@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=8), st.integers(2, 6))
def test_unanimity_wins(truth: list[str], workers: int) -> None:
    rows = [(item, worker, label) for item, label in enumerate(truth) for worker in range(workers)]
    _, model = fitted(rows)
    assert model.labels_ == dict(enumerate(truth))
    assert model.ties_ == ()


@settings(deadline=None)
@given(ROWS, st.dictionaries(st.integers(0, 9), st.sampled_from("abc")))
def test_gold_stays_gold(rows: Rows, gold: dict[int, str]) -> None:
    votes, model = fitted(rows, gold)
    answered = set(votes.items)
    assert all(model.labels_[item] == label for item, label in gold.items() if item in answered)
    assert model.gold_unanswered_ == sum(item not in answered for item in gold)


def test_gold_may_accept_several_labels(votes_of: MakeVotes) -> None:
    triples = [(1, worker, "cat") for worker in range(3)] + [(2, 0, "dog"), (2, 1, "fox")]
    model = DawidSkene().fit(votes_of(triples), gold={1: ["dog", "fox"], 2: {"dog", "fox"}})
    cat, dog, fox = model.posterior_[0]
    assert cat == 0
    assert dog + fox == pytest.approx(1)
    assert model.labels_[2] in ("dog", "fox")


def test_a_label_that_is_a_tuple_is_one_label(votes_of: MakeVotes) -> None:
    votes = votes_of([(1, "w", (0, 1)), (2, "w", (1, 1))])
    assert DawidSkene().fit(votes, gold={1: (1, 1)}).labels_[1] == (1, 1)
    assert DawidSkene().fit(votes, gold={1: ((1, 1), (0, 1))}).posterior_[0].sum() == pytest.approx(1)


@pytest.mark.parametrize("answer", ["bird", ["cat", "bird"]])
def test_a_gold_label_that_is_not_known_is_named(votes_of: MakeVotes, answer: Any) -> None:
    with pytest.raises(UnknownLabel, match="item 1 has label 'bird'") as caught:
        DawidSkene().fit(votes_of([(1, "w", "cat"), (2, "w", "dog")]), gold={1: answer})
    assert caught.value.label == "bird"


def test_gold_that_accepts_nothing_is_an_input_error(votes_of: MakeVotes) -> None:
    with pytest.raises(InputError, match="accepts no label"):
        DawidSkene().fit(votes_of([(1, "w", "cat")]), gold={1: []})


def test_one_good_worker_outvotes_four_who_guess(crowd: MakeCrowd, votes_of: MakeVotes) -> None:
    triples, truth = crowd(items=300, accuracy=(0.98, 0.34, 0.34, 0.34, 0.34, 0.95), seed=3)
    labels = DawidSkene().fit(votes_of(triples)).labels_
    assert np.mean([labels[item] == label for item, label in truth.items()]) > 0.95


def test_a_worker_who_swaps_two_labels_is_read_the_right_way_round(crowd: MakeCrowd, votes_of: MakeVotes) -> None:
    triples, _ = crowd(items=200, labels="ab", accuracy=(0.95, 0.95, 0.95, 0.05))
    matrix = DawidSkene().fit(votes_of(triples)).confusion_[3]
    assert matrix[0, 1] > 0.85
    assert matrix[1, 0] > 0.85


def test_the_same_model_fits_again_without_memory(crowd: MakeCrowd, votes_of: MakeVotes) -> None:
    model = DawidSkene()
    first = model.fit(votes_of(crowd(seed=1)[0])).posterior_
    model.fit(votes_of(crowd(seed=2)[0]))
    np.testing.assert_array_equal(model.fit(votes_of(crowd(seed=1)[0])).posterior_, first)


def test_stopping_early_is_told(crowd: MakeCrowd, votes_of: MakeVotes) -> None:
    votes = votes_of(crowd()[0])
    short, long = DawidSkene(max_iter=2, tol=0).fit(votes), DawidSkene().fit(votes)
    assert (short.n_iter_, short.converged_) == (2, False)
    assert long.converged_


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("diagonal", 0),
        ("off_diagonal", -1),
        ("items_per_label", float("inf")),
        ("max_iter", 0),
        ("tol", float("nan")),
        ("pool", -1),
        ("settle", -1),
        ("early", 1.1),
        ("annealed", -1),
        ("gold_weight", -1),
        ("start", "guess"),
    ],
)
def test_a_parameter_out_of_range_is_named(votes_of: MakeVotes, option: str, value: Any) -> None:
    with pytest.raises(InputError, match=option):
        DawidSkene(**{option: value}).fit(votes_of([(1, "w", "a")]))


def test_one_worker_is_believed(votes_of: MakeVotes) -> None:
    model = DawidSkene().fit(votes_of([(1, "", True), (2, "", False), (3, "", True)]))
    assert model.labels_ == {1: True, 2: False, 3: True}


def test_one_label_is_certain(votes_of: MakeVotes) -> None:
    model = DawidSkene().fit(votes_of([(1, "v", "a"), (1, "w", "a"), (2, "v", "a")]))
    assert model.posterior_.tolist() == [[1.0], [1.0]]


def test_perfect_ties_are_told_and_spread(votes_of: MakeVotes) -> None:
    triples = [(item, worker, "ab"[(item + worker) % 2]) for item in range(200) for worker in range(2)]
    model = DawidSkene().fit(votes_of(triples))
    np.testing.assert_allclose(model.posterior_, 0.5)
    assert len(model.ties_) == 200
    assert 60 < list(model.labels_.values()).count("a") < 140


@settings(deadline=None, max_examples=3)
@given(seed=st.integers(0, 100))
def test_a_thousand_labels_fit(votes_of: MakeVotes, seed: int) -> None:
    rng = np.random.default_rng(seed)
    truth = rng.permutation(1000)
    rows = [(item, worker, int(label)) for item, label in enumerate(truth) for worker in range(3)]
    assert DawidSkene().fit(votes_of(rows)).labels_ == dict(enumerate(truth.tolist()))


def test_a_worker_with_few_answers_is_taken_for_an_average_one(crowd: MakeCrowd, votes_of: MakeVotes) -> None:
    triples, truth = crowd(items=200, labels="ab", accuracy=(0.9, 0.9, 0.9, 0.9))
    item, label = next(iter(truth.items()))
    votes = votes_of([*triples, (item, "z new", label)])
    newcomer = np.diagonal(DawidSkene().fit(votes).confusion_[-1])
    assert (np.abs(newcomer - 0.9) < 0.06).all()
    # Alone, there is the table of 1 and 1/4 for the label that the newcomer never met.
    assert np.diagonal(DawidSkene(pool=0).fit(votes).confusion_[-1]).min() == pytest.approx(0.8, abs=1e-3)


def test_history_counts_in_every_iteration(crowd: MakeCrowd, votes_of: MakeVotes) -> None:
    """Two workers against each other: only what is known from before can tell who is right, however long EM runs."""
    votes = votes_of([(i, w, "ab"[(i + w) % 2]) for i in range(40) for w in range(2)])
    good, bad = np.diag([500.0, 500.0]) + 1, np.full((2, 2), 250.0)
    for known, right in (({0: good, 1: bad}, 0), ({0: bad, 1: good}, 1)):
        model = DawidSkene(max_iter=1000, tol=0).fit(votes, history=known)
        assert model.labels_ == {i: "ab"[(i + right) % 2] for i in range(40)}
        assert model.posterior_.max(axis=1).min() > 0.9


def test_history_handed_on_is_as_good_as_all_votes_at_once(crowd: MakeCrowd, votes_of: MakeVotes) -> None:
    triples, truth = crowd(items=120, labels="ab", accuracy=(0.95, 0.9, 0.7, 0.6))
    first, second = [t for t in triples if int(t[0][1:]) < 60], [t for t in triples if int(t[0][1:]) >= 60]
    gold = {item: label for item, label in truth.items() if int(item[1:]) < 60}
    handed = DawidSkene(pool=0, gold_weight=1).fit(votes_of(first), gold).history_
    apart = DawidSkene(pool=0, tol=1e-9).fit(votes_of(second), history=handed)
    together = DawidSkene(pool=0, gold_weight=1, tol=1e-9).fit(votes_of(triples), gold)
    # The class prior is not part of a worker's history, so the two differ by what it learns from the first half.
    np.testing.assert_allclose(apart.confusion_, together.confusion_, atol=0.02)
    assert apart.labels_ == {item: together.labels_[item] for item in apart.labels_}
    assert sum(handed["w0"].sum(axis=1)) == pytest.approx(60)


def test_gold_and_agreement_make_one_estimate(crowd: MakeCrowd, votes_of: MakeVotes) -> None:
    """A worker who is right on gold and wrong on the rest lies between what either says alone."""
    triples, truth = crowd(items=100, labels="ab", accuracy=(0.9, 0.9, 0.9))
    flip = {"a": "b", "b": "a"}
    triples += [
        (item, "odd", label if place < 50 else flip[label]) for place, (item, label) in enumerate(truth.items())
    ]
    gold = dict(list(truth.items())[:50])
    skill, trusting = (
        np.diagonal(DawidSkene(gold_weight=weight).fit(votes_of(triples), gold).confusion_[0]) for weight in (1, 9)
    )
    assert ((skill > 0.35) & (skill < 0.65)).all()
    assert ((trusting > 0.8) & (trusting < 0.95)).all()


def test_a_worker_who_guesses_changes_nothing_in_the_limit(crowd: MakeCrowd, votes_of: MakeVotes) -> None:
    triples, truth = crowd(items=400, labels="abc", accuracy=(0.9, 0.8, 0.8, 0.7))
    rng = np.random.default_rng(0)
    noise = [(item, "dice", "abc"[rng.integers(3)]) for item in truth]
    quiet, loud = DawidSkene().fit(votes_of(triples)), DawidSkene().fit(votes_of(triples + noise))
    same = np.mean([quiet.labels_[item] == loud.labels_[item] for item in truth])
    assert same > 0.98


def test_a_crowd_that_is_there_twice_keeps_its_labels(crowd: MakeCrowd, votes_of: MakeVotes) -> None:
    triples, _ = crowd(items=150, labels="abc", accuracy=(0.9, 0.8, 0.8, 0.6))
    twins = [(item, f"{worker} again", label) for item, worker, label in triples]
    one, two = DawidSkene().fit(votes_of(triples)), DawidSkene().fit(votes_of(triples + twins))
    sure = np.flatnonzero(one.posterior_.max(axis=1) > 0.8)
    assert len(sure) > 130
    assert (one.posterior_[sure].argmax(axis=1) == two.posterior_[sure].argmax(axis=1)).all()


def test_an_annealed_fit_ends_at_full_weight(crowd: MakeCrowd, votes_of: MakeVotes) -> None:
    votes = votes_of(crowd()[0])
    plain, annealed = DawidSkene(tol=1e-9, early=0, pool=0), DawidSkene(tol=1e-9, early=0, pool=0, annealed=6)
    plain.fit(votes)
    assert annealed.fit(votes).n_iter_ > 7
    np.testing.assert_allclose(plain.posterior_, annealed.posterior_, atol=1e-3)
