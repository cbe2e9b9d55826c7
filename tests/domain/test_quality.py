"""Verdicts from gold: the evidence, the second signals and the whole table of decisions."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta

from crowdbroker.domain.project import GoldPolicy, PaymentPolicy
from crowdbroker.domain.quality import (
    Decision,
    GoldEvidence,
    Signals,
    beta_cdf,
    entropy_bits,
    exclusion_text,
    gold_evidence,
    judge,
    refusal_text,
    second_signals,
    wilson_interval,
)

SAME_ANSWER = Signals(answers=20, entropy_share=0.0)
NO_SIGNAL = Signals(answers=20, entropy_share=0.9, pace_z=0.0, skill=0.8)
GOLD = GoldPolicy()


def payment(rejection: str = "automatic") -> PaymentPolicy:
    return PaymentPolicy.model_validate({"rejection": rejection})


@given(st.floats(0.01, 0.99), st.integers(1, 120), st.integers(1, 120))
def test_the_posterior_is_the_regularised_beta_function(x: float, a: int, b: int) -> None:
    assert beta_cdf(x, a, b) == pytest.approx(beta.cdf(x, a, b), rel=1e-9, abs=1e-12)


def test_a_long_history_of_gold_is_no_number_too_large() -> None:
    assert beta_cdf(0.7, 1401, 601) == pytest.approx(beta.cdf(0.7, 1401, 601), rel=1e-6)


@pytest.mark.parametrize(
    ("answered", "look"), [(0, 0), (4, 0), (5, 5), (9, 5), (10, 10), (19, 10), (20, 20), (39, 20), (40, 40), (99, 40)]
)
def test_evidence_is_read_at_fixed_looks(answered: int, look: int) -> None:
    found = gold_evidence([True] * answered, GOLD)
    assert (found.answered, found.look, found.right) == (answered, look, look)


def test_only_the_answers_up_to_the_look_are_read() -> None:
    assert gold_evidence([True] * 5 + [False] * 4, GOLD).right == 5
    assert gold_evidence([False] * 5 + [True] * 4, GOLD).right == 0


@given(st.lists(st.booleans(), max_size=60))
def test_the_evidence_is_the_posterior_at_the_look(outcomes: list[bool]) -> None:
    found = gold_evidence(outcomes, GOLD)
    right = sum(outcomes[: found.look])
    assert found.below_bar == pytest.approx(beta.cdf(0.7, 1 + right, 1 + found.look - right))


def test_an_honest_worker_is_seldom_hit_and_a_clicker_often() -> None:
    """By enumeration of all ten-answer histories' counts: 85 % right against one in three."""

    def excluded(accuracy: float) -> float:
        from scipy.stats import binom

        hit = [
            right
            for right in range(11)
            if gold_evidence([True] * right + [False] * (10 - right), GOLD).below_bar >= 0.95
        ]
        return float(sum(binom.pmf(right, 10, accuracy) for right in hit))

    assert excluded(0.85) < 0.002
    assert excluded(1 / 3) > 0.75


def evidence(look: int, below_bar: float) -> GoldEvidence:
    return GoldEvidence(answered=look, look=look, right=1, below_bar=below_bar)


@pytest.mark.parametrize(
    ("look", "below", "signals", "decision"),
    [
        (5, 0.949, SAME_ANSWER, Decision.APPROVE),
        (5, 0.95, NO_SIGNAL, Decision.APPROVE_AND_EXCLUDE),
        (5, 0.999, SAME_ANSWER, Decision.APPROVE_AND_EXCLUDE),  # fewer than eight gold answers
        (8, 0.99, SAME_ANSWER, Decision.REJECT),
        (10, 0.99, SAME_ANSWER, Decision.REJECT),
        (10, 0.9899, SAME_ANSWER, Decision.APPROVE_AND_EXCLUDE),
        (10, 0.999, NO_SIGNAL, Decision.APPROVE_AND_EXCLUDE),  # no second signal
        (10, 0.999, Signals(), Decision.APPROVE_AND_EXCLUDE),
        (40, 0.5, SAME_ANSWER, Decision.APPROVE),
        (0, 0.999, SAME_ANSWER, Decision.APPROVE),  # a prior alone is no evidence
    ],
)
def test_the_table_of_decisions(look: int, below: float, signals: Signals, decision: Decision) -> None:
    assert judge(evidence(look, below), signals, gold=GOLD, payment=payment()).decision is decision


@pytest.mark.parametrize(
    ("rejection", "may_reject", "decision", "held_for"),
    [
        ("never", True, Decision.APPROVE_AND_EXCLUDE, None),
        ("never", False, Decision.APPROVE_AND_EXCLUDE, None),
        ("propose", True, Decision.HOLD, "proposal"),
        ("propose", False, Decision.HOLD, "proposal"),
        ("automatic", True, Decision.REJECT, None),
        ("automatic", False, Decision.HOLD, "cap"),
    ],
)
def test_pay_is_refused_only_as_the_project_announces(
    rejection: str, may_reject: bool, decision: Decision, held_for: str | None
) -> None:
    found = judge(evidence(10, 0.999), SAME_ANSWER, gold=GOLD, payment=payment(rejection), may_reject=may_reject)
    assert found.decision is decision
    assert found.evidence.get("held_for") == held_for


@pytest.mark.parametrize("look", [0, 5, 10])
def test_an_excluded_worker_stays_excluded_and_is_paid(look: int) -> None:
    found = judge(evidence(look, 0.1), NO_SIGNAL, gold=GOLD, payment=payment(), excluded=True)
    assert found.decision is Decision.APPROVE_AND_EXCLUDE
    assert found.reason.startswith("This work is paid.")


def test_whoever_answers_gold_well_now_is_not_told_that_the_answers_are_why_there_is_no_more_work() -> None:
    found = judge(gold_evidence([True] * 10, GOLD), NO_SIGNAL, gold=GOLD, payment=payment(), excluded=True)
    assert "10 of 10" not in found.reason


def test_the_same_evidence_always_gives_one_of_four_outcomes_with_its_numbers() -> None:
    for look, below, rejection in itertools.product((0, 5, 10), (0.1, 0.96, 0.999), ("never", "propose", "automatic")):
        found = judge(evidence(look, below), SAME_ANSWER, gold=GOLD, payment=payment(rejection))
        assert found.evidence["below_bar"] == below
        assert found.evidence["look"] == look
        assert bool(found.reason) == (found.decision is not Decision.APPROVE)


@pytest.mark.parametrize(
    ("signals", "count"),
    [
        (Signals(), 0),
        (Signals(answers=9, entropy_share=0.0, skill=0.0), 0),
        (Signals(answers=10, entropy_share=0.24), 1),
        (Signals(answers=10, entropy_share=0.25), 0),
        (Signals(answers=1, pace_z=-3.1), 1),
        (Signals(answers=10, pace_z=-3.0), 0),
        (Signals(answers=10, pace_z=9.0), 0),
        (Signals(answers=10, skill=0.149), 1),
        (Signals(answers=10, skill=-0.5), 1),
        (Signals(answers=10, skill=0.15), 0),
        (Signals(answers=10, entropy_share=0.0, pace_z=-9.0, skill=0.0), 3),
    ],
)
def test_the_second_signals_begin_where_they_say(signals: Signals, count: int) -> None:
    assert len(second_signals(signals)) == count


def test_a_refusal_counts_names_no_item_and_fits_the_wire() -> None:
    all_signals = second_signals(Signals(answers=10, entropy_share=0.0, pace_z=-9.0, skill=0.0))
    text = refusal_text(GoldEvidence(999, 999, 123, 1.0), 0.7, all_signals)
    assert len(text) < 1024
    assert "123 of 999 agreed (12%" in text
    assert "70%" in text
    assert all(signal in text for signal in all_signals)
    assert "30 days" in text
    assert not re.search(r"gold|item-\d|g\d", text)


def test_an_exclusion_says_that_the_work_is_paid() -> None:
    assert "1 of 5 check questions" in exclusion_text(evidence(5, 0.99))
    assert exclusion_text(None) == "This work is paid. There is no more work of this kind for you."


@given(st.lists(st.integers(0, 50), max_size=6))
def test_entropy_lies_between_nothing_and_an_even_spread(counts: list[int]) -> None:
    used = sum(count > 0 for count in counts)
    assert -1e-9 <= entropy_bits(counts) <= entropy_bits([1] * used) + 1e-9


def test_entropy_of_an_even_spread_is_the_log_of_its_labels() -> None:
    assert entropy_bits([5, 5, 5, 5]) == pytest.approx(2.0)


@pytest.mark.parametrize(("right", "seen", "low", "high"), [(0, 0, 0, 1), (8, 10, 0.4902, 0.9433), (5, 5, 0.5655, 1.0)])
def test_wilsons_interval(right: int, seen: int, low: float, high: float) -> None:
    assert wilson_interval(right, seen) == pytest.approx((low, high), abs=1e-3)
