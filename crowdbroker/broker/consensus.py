"""Votes are aggregated as their kind asks: labels by a model of workers, label by label for sets, text by plurality."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session

from crowdbroker.broker.earlier_gold import earlier_gold
from crowdbroker.domain.answer_kinds import AnswerKind, BadAnswer, canonical, chosen_labels, folded
from crowdbroker.store.reads import BatchView, Vote, gold_items

_YES, _NO = "yes", "no"
NO_CONSENSUS = {AnswerKind.BOXES: "Boxes are not aggregated yet, so no Item gets a label; every answer is exported."}
"""Kinds of Answers from which no Labels are made, and the sentence that says so."""


@dataclass
class Consensus:
    """What a fit says, by Item row and Worker row.

    Attributes:
        labels, confidence: of every Item that was voted on; the confidence is the calibrated one.
        basis: what the confidence was calibrated on: `gold n=50`, or `uncalibrated`.
        skill: chance-corrected skill of every Worker, where the method estimates it.
        counts: votes on every Item.
        why_none: a sentence where the kind of Answer has no consensus at all.
        strange: votes with a label that the Project does not have; they are not used, nor what a Worker said on an
            Item a second time.
    """

    method: str
    labels: dict[int, str] = field(default_factory=dict)
    confidence: dict[int, float] = field(default_factory=dict)
    skill: dict[int, float] = field(default_factory=dict)
    counts: Counter[int] = field(default_factory=Counter)
    strange: int = 0
    why_none: str = ""
    basis: str = "uncalibrated"


def consensus(
    session: Session, batch: BatchView, given: Sequence[Vote], *, method: str | None = None, remember: bool = False
) -> Consensus:
    """Aggregate votes; gold Items keep to their accepted labels. Boxes have no consensus yet: nothing is labelled.

    Args:
        session: of the store.
        batch: whose votes these are.
        given: the votes.
        method: another than the Project's.
        remember: let Dawid-Skene count what the Workers said on gold in earlier Batches of the Project, where one label
            is chosen. Not for what decides on pay: that rests on the Batch alone.
    """
    project = batch.project
    used = [vote for vote in given if _known(vote.label, project.kind, project.label_values)]
    why_none = NO_CONSENSUS.get(project.kind, "")
    found = Consensus(method or project.aggregation, strange=len(given) - len(used), why_none=why_none)
    used = list({(vote.item, vote.worker): vote for vote in reversed(used)}.values())[::-1]
    if not used:
        return found
    found.counts = Counter(vote.item for vote in used)
    gold = gold_items(session, batch.id)
    match project.kind:
        case AnswerKind.CHOICE | AnswerKind.RATING:
            before = earlier_gold(session, batch) if remember else {}
            fit = _fit(used, project.label_values, gold, found.method, before)
            found.labels, found.confidence, found.skill = fit.labels, fit.confidence, fit.skill
            found.basis = fit.basis
        case AnswerKind.CHOICES:
            _label_by_label(found, used, project.label_values, gold)
        case AnswerKind.TEXT:
            _by_plurality(found, used)
        case AnswerKind.BOXES:
            pass
    return found


def _known(label: str, kind: AnswerKind, labels: Sequence[str]) -> bool:
    if kind.categorical:
        return label in labels
    if kind is AnswerKind.CHOICES:
        try:
            return canonical(kind, "|".join(chosen_labels(label)), labels) == label
        except (BadAnswer, ValueError):
            return False
    return True


@dataclass(frozen=True)
class _Fit:
    labels: dict[int, str]
    confidence: dict[int, float]
    skill: dict[int, float]
    basis: str


def _fit(
    used: Sequence[Vote],
    labels: Sequence[str],
    gold: Mapping[int, Sequence[str]],
    method: str,
    before: Mapping[Any, Any] | None = None,
) -> _Fit:
    # numpy takes a tenth of a second to import, so only a command that aggregates pays for it.
    from crowdbroker.aggregation.calibration import calibrate, confidence_of
    from crowdbroker.aggregation.dawid_skene import DawidSkene
    from crowdbroker.aggregation.gold import encode_gold
    from crowdbroker.aggregation.methods import method_named
    from crowdbroker.aggregation.remembering import Remembering
    from crowdbroker.aggregation.skill import informedness
    from crowdbroker.aggregation.votes import Votes

    items, workers, said = zip(*((vote.item, vote.worker, vote.label) for vote in used), strict=True)
    cast = Votes.from_columns(items, workers, said, label_set=labels)
    model = method_named(method)
    if before and isinstance(model, DawidSkene):
        model = Remembering(before)
    fit = model.fit(cast, gold=gold)
    calibration = calibrate(fit, cast, gold)
    skill: dict[Any, float] = {}
    if isinstance(fit, DawidSkene):
        skill = dict(zip(cast.workers, informedness(fit.confusion_, fit.class_prior_).tolist(), strict=True))
    voted: Sequence[Any] = cast.items
    confidence = confidence_of(fit, calibration, cast, encode_gold(cast, gold)).max(axis=1).tolist()
    fitted: Mapping[Any, Any] = fit.labels_
    return _Fit(dict(fitted), dict(zip(voted, confidence, strict=True)), skill, calibration.basis)


def _label_by_label(
    found: Consensus, used: Sequence[Vote], labels: Sequence[str], gold: Mapping[int, Sequence[str]]
) -> None:
    """Each label is a question of its own, answered yes or no; the least sure of them gives the confidence."""
    chosen: dict[int, list[str]] = defaultdict(list)
    skills: dict[int, list[float]] = defaultdict(list)
    for label in labels:
        votes = [Vote(vote.item, vote.worker, _YES if label in chosen_labels(vote.label) else _NO) for vote in used]
        known = {item: [_YES if label in chosen_labels(accepted[0]) else _NO] for item, accepted in gold.items()}
        fit = _fit(votes, (_NO, _YES), known, found.method)
        found.basis = fit.basis
        for item, answer in fit.labels.items():
            if answer == _YES:
                chosen[item].append(label)
            found.confidence[item] = min(fit.confidence[item], found.confidence.get(item, 1.0))
        for worker, skill in fit.skill.items():
            skills[worker].append(skill)
    for item in found.counts:
        found.labels[item] = canonical(AnswerKind.CHOICES, "|".join(chosen[item]), labels)
    found.skill = {worker: sum(own) / len(own) for worker, own in skills.items()}


def _by_plurality(found: Consensus, used: Sequence[Vote]) -> None:
    """The text that most gave, compared without case and spacing; of equally many, the one that came first."""
    found.method = "majority"
    texts: dict[int, dict[str, list[str]]] = defaultdict(dict)
    for vote in used:
        texts[vote.item].setdefault(folded(vote.label), []).append(vote.label)
    for item, groups in texts.items():
        best = max(groups.values(), key=len)
        found.labels[item] = best[0]
        found.confidence[item] = len(best) / found.counts[item]
