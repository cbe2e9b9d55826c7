"""The demo with a simulated crowd: 200 reviews, 40 gold ones beside them, and workers good and bad."""

from __future__ import annotations

import random
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from crowdbroker.broker.check import check
from crowdbroker.broker.run import run
from crowdbroker.demo.stage import Stage, load_batch, staged
from crowdbroker.demo.story import Story, Tell
from crowdbroker.demo.summary import document
from crowdbroker.domain.model import Item
from crowdbroker.domain.money import dollars
from crowdbroker.domain.project import Project
from crowdbroker.formats.csv_table import read_table
from crowdbroker.formats.dataset import read_gold, read_items
from crowdbroker.formats.project_toml import read_project
from crowdbroker.mturk.page import read_template
from crowdbroker.packaged import packaged
from crowdbroker.simulation.crowd import Crowd, enrol_crowd
from crowdbroker.simulation.personas import PersonaKind
from crowdbroker.store.ingest import worker_rows
from crowdbroker.store.reads import BatchView

BATCH = "demo"
CROWD = {
    PersonaKind.EXPERT: 3,
    PersonaKind.AVERAGE: 6,
    PersonaKind.BIASED: 2,
    PersonaKind.SPAMMER: 2,
    PersonaKind.CLICKER: 3,
}
_ARE = {
    PersonaKind.EXPERT: "careful",
    PersonaKind.AVERAGE: "ordinary",
    PersonaKind.BIASED: "leaning to one label",
    PersonaKind.SPAMMER: "always saying the same",
    PersonaKind.CLICKER: "clicking at random",
}
_ROUND = timedelta(minutes=1)
_DOUBT = 0.5
"""P(a careful worker answers an ambiguous review at random)."""


def simulated_demo(workdir: Path, *, seed: int, items: int | None, tell: Tell) -> dict[str, Any]:
    """Run it and return the document; `tell` hears the story."""
    began = time.monotonic()
    folder = packaged("config") / "demo"
    project = read_project(folder / "project.toml")
    chosen = _sample(read_items(folder / "reviews.csv"), items, seed)
    gold = read_gold(folder / "reviews-gold.csv", project.label_values)
    truth = {row.cells["task"]: row.cells for row in read_table(folder / "reviews-truth.csv").rows}
    with staged(workdir, seed=seed) as stage:
        batch = _load(stage, project, chosen, gold, seed, tell)
        crowd = _crowd(stage, project, chosen, gold, truth, seed)
        tell(f"{sum(CROWD.values())} simulated workers sign up at an MTurk marketplace in this process:")
        tell(f"{', '.join(f'{count} {_ARE[kind]}' for kind, count in CROWD.items())}.")
        tell("The broker knows none of that. It publishes over boto3, collects, judges on gold, and pays:")
        story = Story(stage, batch, tell)
        app = stage.app
        made = run(
            app.store,
            app.market,
            batch,
            app.clock,
            marketplace=app.marketplace,
            wait=lambda: crowd.work_until(stage.clock() + _ROUND),
            tell=story,
        )
        tell(f"All work is decided after {story.elapsed}; {made.labelled} of {made.items} reviews have a label.")
        answers = {key: cells["truth"] for key, cells in truth.items()}
        return document(stage, batch, answers, seed=seed, seconds=time.monotonic() - began)


def _sample(items: list[Item], count: int | None, seed: int) -> list[Item]:
    if count is None or count >= len(items):
        return items
    return random.Random(f"demo items:{seed}").sample(items, count)


def _load(stage: Stage, project: Project, items: list[Item], gold: list[Item], seed: int, tell: Tell) -> BatchView:
    template = read_template(project.template.file, [packaged("hit_templates")])
    found = check(project, template, items, gold, tariff=stage.app.tariff, seed=seed)
    mixed_in = frozenset(item.key for item in gold)
    batch = load_batch(stage, project, template, found, name=BATCH, items=items, mixed_in=mixed_in, seed=seed)
    *others, last = project.label_values
    tell(f"{len(items)} reviews are to be labelled {', '.join(others)} or {last}.")
    tell(f"{len(gold)} more, whose label is known, are the gold: {project.gold.per_hit} are hidden in each HIT.")
    if found.quote is not None:
        tell(
            f"{found.quote.hits} HITs for {project.overlap} workers each, at {dollars(project.reward_cents)}, cost "
            f"{dollars(found.quote.total_cents)} with fees at most; the budget is {dollars(project.budget_cents)}."
        )
    return batch


def _crowd(
    stage: Stage,
    project: Project,
    items: list[Item],
    gold: list[Item],
    truth: dict[str, dict[str, str]],
    seed: int,
) -> Crowd:
    labels = project.label_values
    members = enrol_crowd(stage.marketplace, CROWD, classes=len(labels), seed=seed)
    with stage.app.store.write() as session:
        worker_rows(session, [one.worker_id for one in members], {one.worker_id: one.name for one in members})
    known = {item.data["text"].strip(): truth[item.key]["truth"] for item in items}
    known |= {item.data["text"].strip(): item.accepted[0] for item in gold}
    doubt = {item.data["text"].strip(): _DOUBT for item in items if truth[item.key]["ambiguous"] == "yes"}
    return Crowd(stage.marketplace, stage.clock, members, truth=known, labels=labels, seed=seed, doubt=doubt)
