"""Verdicts on Assignments from a Worker's gold Answers: a Beta posterior, a second signal, and a cap on refusals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from math import exp, lgamma, log, log2, sqrt

from crowdbroker.domain.project import GoldPolicy, PaymentPolicy


class Decision(StrEnum):
    """The four outcomes: pay; pay and give no more work; wait for a person; refuse."""

    APPROVE = "approve"
    APPROVE_AND_EXCLUDE = "approve_and_exclude"
    HOLD = "hold"
    REJECT = "reject"


@dataclass(frozen=True)
class GoldEvidence:
    """What a Worker's gold Answers said at the last look.

    Attributes:
        answered: gold Items that the Worker has answered so far (first Answers only).
        look: how many of them the verdict reads; 0 before the first look.
        right: how many of those were right.
        below_bar: P(accuracy < bar) under the Beta posterior.
    """

    answered: int
    look: int
    right: int
    below_bar: float


@dataclass(frozen=True)
class Signals:
    """A Worker's habits beside gold; None where there is too little to tell.

    Attributes:
        answers: Answers given in the Batch.
        entropy_share: entropy of the Worker's labels over that of all Answers; 0: always the same label.
        pace_z: robust z-score of the log of the median seconds an Item; negative: faster than others.
        skill: chance-corrected skill from the aggregation; 0: no better than chance, 1: perfect.
    """

    answers: int = 0
    entropy_share: float | None = None
    pace_z: float | None = None
    skill: float | None = None


@dataclass(frozen=True)
class Verdict:
    """A decision with its reason, written for the Worker, and its evidence, written for the requester."""

    decision: Decision
    reason: str
    evidence: dict[str, object]


def beta_cdf(x: float, a: int, b: int) -> float:
    """P(X <= x) for X ~ Beta(a, b) with whole a, b >= 1, by the binomial sum of I_x(a, b)."""
    if not 0 < x < 1:
        return float(x >= 1)
    n = a + b - 1
    # By logarithms: the binomial coefficients alone pass the largest float from a thousand Answers on.
    every = lgamma(n + 1)
    terms = (
        exp(every - lgamma(k + 1) - lgamma(n - k + 1) + k * log(x) + (n - k) * log(1 - x)) for k in range(a, n + 1)
    )
    return min(1.0, sum(terms))


def gold_evidence(outcomes: Sequence[bool], policy: GoldPolicy) -> GoldEvidence:
    """Evidence at the last look that `outcomes` (right or wrong, oldest first) reach.

    Looks are fixed beforehand: a test read after every Answer would hit honest Workers far more often.
    """
    look = max((look for look in policy.looks if look <= len(outcomes)), default=0)
    right = sum(outcomes[:look])
    a, b = policy.prior
    below = beta_cdf(policy.bar, a + right, b + look - right)
    return GoldEvidence(len(outcomes), look, right, below)


def second_signals(signals: Signals) -> list[str]:
    """The habits that speak against a Worker beside gold, each as half a sentence; empty: none."""
    found = []
    if signals.answers >= 10 and signals.entropy_share is not None and signals.entropy_share < 0.25:
        found.append("nearly all answers were the same")
    if signals.pace_z is not None and signals.pace_z < -3:
        found.append("the answers came far faster than those of others")
    if signals.answers >= 10 and signals.skill is not None and signals.skill < 0.15:
        found.append("compared with the answers of others on the same items, they were close to chance")
    return found


def judge(
    evidence: GoldEvidence,
    signals: Signals,
    *,
    gold: GoldPolicy,
    payment: PaymentPolicy,
    excluded: bool = False,
    may_reject: bool = True,
) -> Verdict:
    """The verdict on one Assignment.

    Args:
        evidence: of its Worker.
        signals: of its Worker.
        gold: the Project's gold policy.
        payment: the Project's payment policy.
        excluded: whether the Worker already gets no more work.
        may_reject: whether one more refusal stays under the Project's cap.
    """
    against = second_signals(signals)
    facts = {**asdict(evidence), **asdict(signals), "bar": gold.bar, "signals": against}
    refusable = evidence.look >= gold.reject_from and evidence.below_bar >= gold.reject_at and bool(against)
    if refusable and payment.rejection != "never":
        reason = refusal_text(evidence, gold.bar, against)
        if payment.rejection == "propose":
            return Verdict(Decision.HOLD, reason, {**facts, "held_for": "proposal"})
        if not may_reject:
            return Verdict(Decision.HOLD, reason, {**facts, "held_for": "cap"})
        return Verdict(Decision.REJECT, reason, facts)
    below_bar = evidence.look > 0 and evidence.below_bar >= gold.exclude_at
    if excluded or below_bar:
        return Verdict(Decision.APPROVE_AND_EXCLUDE, exclusion_text(evidence if below_bar else None), facts)
    return Verdict(Decision.APPROVE, "", facts)


def refusal_text(evidence: GoldEvidence, bar: float, against: Sequence[str]) -> str:
    """Why pay is refused, with counts, without telling which Items were gold."""
    share = f"{evidence.right} of {evidence.look} agreed ({evidence.right / evidence.look:.0%}"
    return (
        f"This work was not accepted. Among your answers were {evidence.look} check questions with known answers, and "
        f"{share}; this work asks for {bar:.0%}). Also, {' and '.join(against)}. "
        "If you think that this is a mistake, please write to the requester: "
        "a refusal can be reversed within 30 days, and you will then be paid in full."
    )


def exclusion_text(evidence: GoldEvidence | None) -> str:
    """Why a paid Worker gets no more of this work; without evidence: it was decided before."""
    if evidence is None:
        return "This work is paid. There is no more work of this kind for you."
    return (
        f"This work is paid. {evidence.right} of {evidence.look} check questions with known answers agreed, "
        "so there is no more work of this kind for you."
    )


def entropy_bits(counts: Sequence[int]) -> float:
    """Shannon entropy of a histogram, in bits."""
    total = sum(counts)
    return -sum(count / total * log2(count / total) for count in counts if count) if total else 0.0


def wilson_interval(right: int, seen: int, *, z: float = 1.96) -> tuple[float, float]:
    """Wilson's score interval of a share (1927); (0, 1) where nothing was seen."""
    if not seen:
        return 0.0, 1.0
    share = right / seen
    centre = share + z * z / (2 * seen)
    spread = z * sqrt(share * (1 - share) / seen + z * z / (4 * seen * seen))
    return max(0.0, (centre - spread) / (1 + z * z / seen)), min(1.0, (centre + spread) / (1 + z * z / seen))
