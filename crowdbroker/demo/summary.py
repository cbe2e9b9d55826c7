"""The end of a demo: accuracy against the truth, who was refused, and a budget that adds up."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlmodel import Session, col, select

from crowdbroker.broker.consensus import consensus
from crowdbroker.demo.books import compare_books
from crowdbroker.demo.evidence import exclusions, refusals
from crowdbroker.demo.stage import Stage
from crowdbroker.domain.lifecycle import AssignmentState
from crowdbroker.formats.csv_table import write_table
from crowdbroker.reports.budget import budget_document
from crowdbroker.reports.scope import Scope
from crowdbroker.reports.tables import labels_table, workers_table
from crowdbroker.store.ledger import balances
from crowdbroker.store.reads import BatchView, progress, votes
from crowdbroker.store.tables import ItemRow

SCHEMA = "crowdbroker/demo/1"


def document(stage: Stage, batch: BatchView, truth: Mapping[str, str], *, seed: int, seconds: float) -> dict[str, Any]:
    """The result of a demo as one document; amounts in integer cents."""
    files = _write_files(stage, batch)
    with stage.app.store.read() as session:
        reached = progress(session, batch.id)
        states = reached.assignments
        refused = refusals(session, batch.id)
        money = {account.value: cents for account, cents in balances(session, batch.id).items()}
        return {
            "schema": SCHEMA,
            "items": reached.items - reached.mixed_in,
            "hits": sum(reached.hits.values()),
            "assignments": sum(states.values()),
            "answers": reached.answers,
            "seed": seed,
            "seconds": round(seconds, 2),
            "accuracy": {
                "majority": accuracy(session, batch, truth, "majority"),
                "dawid_skene": accuracy(session, batch, truth, "dawid-skene"),
            },
            "assignments_by_status": {
                "approved": states[AssignmentState.APPROVED],
                "rejected": states[AssignmentState.REJECTED],
                "held": states[AssignmentState.HELD],
            },
            "workers": {"seen": reached.workers, "excluded": reached.excluded, "refused": len(refused)},
            "bar": batch.project.gold.bar,
            "refusals": refused,
            "exclusions": exclusions(session, batch.id),
            "money_cents": money,
            "books": compare_books(stage.marketplace, money),
            "files": files,
        }


def accuracy(session: Session, batch: BatchView, truth: Mapping[str, str], method: str) -> float:
    """The share of Items labelled as the truth says; gold is left out, an Item without a label counts as wrong."""
    found = consensus(session, batch, votes(session, batch.id), method=method)
    rows = select(ItemRow.id, ItemRow.key, ItemRow.accepted).where(col(ItemRow.batch_id) == batch.id)
    judged = [(item, key) for item, key, accepted in session.exec(rows) if not accepted and key in truth]
    right = sum(found.labels.get(item) == truth[key] for item, key in judged if item is not None)
    return round(right / len(judged), 4) if judged else 0.0


def _write_files(stage: Stage, batch: BatchView) -> dict[str, str]:
    """Write labels, workers and budget, and return the absolute paths of all files."""
    with stage.app.store.read() as session:
        write_table(stage.file("labels.csv"), *labels_table(session, batch))
        write_table(stage.file("workers.csv"), *workers_table(session, batch))
        budget = json.dumps(budget_document(session, Scope(batch.name, [batch], None, stage.app.clock())), indent=2)
    stage.file("budget.json").write_text(budget + "\n", encoding="utf-8")
    names = {"labels": "labels.csv", "workers": "workers.csv", "budget": "budget.json"}
    names |= {"store": "store.db", "marketplace": "marketplace.db"}
    return {key: str(stage.file(name)) for key, name in names.items()}
