"""HITs at the marketplace that carry the mark of a Batch which this database does not have."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import Session, col, select

from crowdbroker.broker.finding import Finding
from crowdbroker.broker.relay.kinds import EffectKind
from crowdbroker.mturk.client import MarketHIT
from crowdbroker.store.tables import BatchRow

_MARK = re.compile(rf"{EffectKind.CREATE_HIT}:([^:]+):(\d+)(?::\d+)?")


@dataclass(frozen=True)
class Mark:
    """What the annotation of a HIT of ours says: its Batch's uid, and its position there."""

    uid: str
    position: int


def mark_of(annotation: str) -> Mark | None:
    """The mark in a RequesterAnnotation; None where it is not one of ours."""
    found = _MARK.fullmatch(annotation)
    return Mark(found[1], int(found[2])) if found else None


def orphans(session: Session, listed: Iterable[MarketHIT]) -> dict[str, list[MarketHIT]]:
    """uid -> HITs, of the Batches that are not in this database."""
    known = set(session.exec(select(col(BatchRow.uid))))
    found: dict[str, list[MarketHIT]] = defaultdict(list)
    for hit in listed:
        mark = mark_of(hit.annotation)
        if mark is not None and mark.uid not in known:
            found[mark.uid].append(hit)
    return dict(found)


def orphan_findings(found: dict[str, list[MarketHIT]]) -> list[Finding]:
    """One note for each Batch that is somewhere else, or lost."""
    return [
        Finding(
            "orphans",
            "",
            uid,
            f"{len(hits):,} HITs at the marketplace carry the mark of a Batch ({uid}) that is not in this database",
            "Another database of yours may have it. Where it is lost, load the same Project, dataset and seed again, "
            "then crowdbroker doctor --batch NAME --adopt.",
            {"hits": len(hits), "first": hits[0].hit_id, "decided": sum(hit.completed for hit in hits)},
            note=True,
        )
        for uid, hits in sorted(found.items())
    ]
