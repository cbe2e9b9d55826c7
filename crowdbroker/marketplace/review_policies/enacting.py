"""Carrying the policies out: known answers for one submission, plurality for all work of a HIT."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import Session, col, select

from crowdbroker.marketplace import lifecycle
from crowdbroker.marketplace.answers import REPEATED
from crowdbroker.marketplace.review_policies import actions
from crowdbroker.marketplace.review_policies.kinds import KnownAnswers, Plurality
from crowdbroker.marketplace.review_policies.report import KNOWN_ANSWER_SCORE, Report, known_answer_scores
from crowdbroker.marketplace.review_policies.scores import Agreement, agreement, known_correct, percentage
from crowdbroker.marketplace.review_policies.sheets import read_sheet
from crowdbroker.marketplace.review_policies.stored import ASSIGNMENT, HIT
from crowdbroker.marketplace.tables import AssignmentRow, HitRow


def score_known_answers(session: Session, hit: HitRow, place: AssignmentRow, policy: KnownAnswers, now_ms: int) -> None:
    """Score an Assignment that was just submitted and act on the score."""
    correct = known_correct(policy.key, read_sheet(place.answer or ""))
    right, asked = sum(correct.values()), len(correct)
    percent = percentage(right, asked)
    report = Report(session, hit, ASSIGNMENT, now_ms)
    report.review(place, f"Reviewed {asked} known answers; {right}/{asked} correct")
    for question, is_right in correct.items():
        report.result(place, "KnownAnswerCorrect", int(is_right), question)
    report.result(place, KNOWN_ANSWER_SCORE, percent)
    actions.decide(report, hit, place, percent, policy.thresholds)
    actions.extend(report, hit, percent, policy.thresholds)


def compare_workers(session: Session, hit: HitRow, policy: Plurality, now_ms: int) -> None:
    """Compare what a HIT's workers said and act on it; work that does not count is neither scored nor decided."""
    places = _counted(session, hit, policy)
    if not places:
        return  # there is nothing to compare, and one more place would not make an unwanted HIT wanted
    sheets = {place.id: read_sheet(place.answer or "") for place in places}
    found = agreement(policy.question_ids, policy.agreed_above, sheets)
    report = Report(session, hit, HIT, now_ms)
    report.review(hit, f"Compared {len(places)} assignments; {found.percent}% of the questions have an agreed answer")
    _tell_questions(report, hit, found)
    _tell_workers(report, places, found)
    for place in places:
        percent = found.workers[place.id].percent
        if percent is not None:
            actions.decide(report, hit, place, percent, policy.thresholds)
    actions.extend(report, hit, found.percent, policy.thresholds)


def _counted(session: Session, hit: HitRow, policy: Plurality) -> Sequence[AssignmentRow]:
    rows = select(AssignmentRow).where(AssignmentRow.hit_id == hit.id, col(AssignmentRow.status).in_(lifecycle.VISIBLE))
    places = session.exec(rows.order_by(col(AssignmentRow.submitted_ms), col(AssignmentRow.id)).with_for_update()).all()
    known = known_answer_scores(session, hit)
    least = policy.without_known_below or 0
    return [
        place
        for place in places
        if not (policy.without_rejected and place.status == lifecycle.REJECTED) and known.get(place.id, least) >= least
    ]


def _tell_questions(report: Report, hit: HitRow, found: Agreement) -> None:
    for question, agreed in found.questions.items():
        report.result(hit, "AgreedAnswerFound", str(agreed is not None).lower(), question)
        if agreed is not None:
            report.result(hit, "AgreedAnswer", REPEATED.join(sorted(agreed.answer)), question)
            report.result(hit, "AnswerAgreementScore", agreed.percent, question)
    report.result(hit, "HitAgreementScore", found.percent)


def _tell_workers(report: Report, places: Sequence[AssignmentRow], found: Agreement) -> None:
    for place in places:
        score = found.workers[place.id]
        if score.percent is not None:
            report.result(place, "WorkerAgreementScore", score.percent)
        report.result(place, "PluralityAnswersCorrect", score.correct)
        report.result(place, "PluralityAnswersIncorrect", score.incorrect)
