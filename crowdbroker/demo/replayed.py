"""The demo with recorded answers: real people's labels go through the whole job, and the books are compared."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from crowdbroker.broker.check import Checked, check_plans
from crowdbroker.broker.run import run
from crowdbroker.demo.stage import Stage, load_batch, staged
from crowdbroker.demo.story import Story, Tell
from crowdbroker.demo.summary import document
from crowdbroker.domain.budget import Quote, quote
from crowdbroker.domain.model import HITPlan
from crowdbroker.domain.money import Tariff, dollars, to_wire
from crowdbroker.domain.project import Project
from crowdbroker.errors import CrowdbrokerError, InputError
from crowdbroker.formats.validation import explain
from crowdbroker.formats.votes_csv import read_truth, read_votes
from crowdbroker.mturk.page import read_template
from crowdbroker.packaged import packaged
from crowdbroker.simulation.replay import TASK_COLUMN, Recording, ReplayCrowd, plan_replay
from crowdbroker.store.ingest import worker_rows
from crowdbroker.store.reads import BatchView

BATCH = "replay"
REWARD_CENTS = 5


def replayed_demo(
    workdir: Path, *, answers: Path, truth: Path, seed: int, items: int | None, tell: Tell
) -> dict[str, Any]:
    """Replay a recording and return the document; `tell` hears the story."""
    began = time.monotonic()
    known = read_truth(truth)
    recording = _first_items(read_recording(answers), items)
    if not recording.answers.keys() & known.keys():
        raise InputError(
            "no task of the answers stands in it", file=truth, field="task", remedy="Give the truth of it."
        )
    plans = plan_replay(recording, known, seed=seed)
    cost = quote(plans, reward_cents=REWARD_CENTS, tariff=Tariff())
    project = _project(recording, known, budget_cents=cost.total_cents, answers=answers)
    with staged(workdir, seed=seed, needs_cents=cost.total_cents) as stage:
        batch = _load(stage, project, plans, seed)
        crowd = ReplayCrowd(stage.marketplace, stage.clock, recording)
        _introduce(recording, plans, cost, tell)
        app = stage.app
        with app.store.write() as session:
            worker_rows(session, list(crowd.names), crowd.names)
        story = Story(stage, batch, tell)
        run(
            app.store,
            app.market,
            batch,
            app.clock,
            marketplace=app.marketplace,
            wait=lambda: _work(crowd),
            tell=story,
        )
        tell(f"All work is decided after {story.elapsed} of the marketplace's time.")
        result = document(stage, batch, known, seed=seed, seconds=time.monotonic() - began)
        return result | {"repeats": recording.repeats}


def read_recording(path: Path) -> Recording:
    """The answers of a `task,worker,label` file."""
    votes = read_votes(path)
    return Recording.from_rows(zip(votes.tasks, votes.workers, votes.labels, strict=True))


def _first_items(recording: Recording, count: int | None) -> Recording:
    if count is None:
        return recording
    kept = dict(list(recording.answers.items())[:count])
    return Recording(kept, recording.repeats)


def _introduce(recording: Recording, plans: list[HITPlan], cost: Quote, tell: Tell) -> None:
    gold = sum(item.is_gold for plan in plans for item in plan.items)
    tell(
        f"{cost.answers:,} recorded answers of {len(recording.workers):,} workers on {len(recording.answers):,} items "
        "are given once more."
    )
    if recording.repeats:
        tell(f"{recording.repeats:,} further answers of a worker to the same item are left out (keep_first).")
    tell(f"{gold:,} items, drawn by seed, are gold where they stand; no work is refused in a replay.")
    tell(f"Items with the same workers share a HIT, 20 at most: {cost.hits:,} HITs, {cost.assignments:,} assignments.")
    tell(f"Each pays {dollars(REWARD_CENTS)}: {dollars(cost.total_cents)} with fees, which is the whole budget.")
    tell("Every recorded worker signs up at an MTurk marketplace in this process, and the broker works over boto3:")


def _work(crowd: ReplayCrowd) -> None:
    if not crowd.work():
        raise CrowdbrokerError("the replay stands still: HITs are open, and no recorded worker has one to take")


def _project(recording: Recording, truth: Mapping[str, str], *, budget_cents: int, answers: Path) -> Project:
    labels = sorted({*recording.labels, *(truth[task] for task in recording.answers if task in truth)})
    if len(labels) < 2:
        raise InputError("all answers are the same label", file=answers, field="label", remedy="Replay another file.")
    try:
        return Project.model_validate(
            {
                "name": BATCH,
                "title": f"Replay of {answers.resolve().parent.name or answers.stem}"[:128],
                "description": "Recorded answers go through the whole job.",
                "labels": labels,
                "reward": to_wire(REWARD_CENTS),
                "budget": to_wire(budget_cents),
                # The recorded workers work one after the other, which takes long.
                "lifetime": "52w",
                "template": {"columns": {"text": TASK_COLUMN}},
                "gold": {"per_hit": 0},
                "payment": {"rejection": "never"},
            }
        )
    except ValidationError as error:
        raise InputError(
            explain(error, Project), file=answers, field="label", remedy="Labels have 1 to 100 characters."
        ) from error


def _load(stage: Stage, project: Project, plans: list[HITPlan], seed: int) -> BatchView:
    template = read_template(project.template.file, [packaged("hit_templates")])
    found = Checked(plans=plans)
    check_plans(project, template, found, tariff=stage.app.tariff)
    return load_batch(stage, project, template, found, name=BATCH, mixed_in=frozenset(), seed=seed)
