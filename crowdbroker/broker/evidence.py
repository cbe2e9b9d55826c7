"""What the marketplace shows of an Effect in doubt, by reading alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from crowdbroker.broker.relay.bonuses import bonus_reason
from crowdbroker.broker.relay.changes import EXPIRE
from crowdbroker.broker.relay.kinds import Desk, EffectKind
from crowdbroker.domain.money import dollars
from crowdbroker.errors import Refused
from crowdbroker.store.tables import EffectRow


@dataclass(frozen=True)
class Evidence:
    """What was seen.

    Attributes:
        seen: sentences for a person.
        receipt: the proof that it happened, as the relay would record it; None: nothing proves it.
        done_with: what `--done` would record although nothing proves it; None: it cannot be said to have happened.
        may_fail: whether `--failed` agrees with what is seen.
        otherwise: what holds where it failed, and the books must follow; None: nothing follows.
    """

    seen: list[str] = field(default_factory=list)
    receipt: dict[str, Any] | None = None
    done_with: dict[str, Any] | None = None
    may_fail: bool = True
    otherwise: dict[str, Any] | None = None


def look_at(desk: Desk, effect: EffectRow) -> Evidence:
    """Ask the marketplace about one Effect.

    Raises:
        EndpointUnreachable, WrongKeys, OutcomeUnknown, Throttled: it cannot be asked now.
    """
    look = _LOOKS.get(effect.kind)
    return look(desk, effect) if look else Evidence(["Nothing can be looked up for this kind of call."])


def _hit(desk: Desk, effect: EffectRow) -> Evidence:
    try:
        found = [hit for hit in desk.market.list_hits() if hit.annotation == effect.key]
    except Refused as error:
        return Evidence([f"The marketplace does not list its HITs: {error.message}."], may_fail=False)
    if not found:
        return Evidence(["No HIT of the account carries the mark of this Effect."])
    first = found[0]
    receipt = {"hit_id": first.hit_id, "expires_at": first.expires_at.isoformat()}
    seen = [
        f"The HIT {hit.hit_id} carries the mark of this Effect ({hit.status}, {hit.max_assignments} places)."
        for hit in found
    ]
    return Evidence(seen, receipt, receipt, may_fail=False)


def _decision(desk: Desk, effect: EffectRow) -> Evidence:
    request = effect.request
    try:
        found = desk.market.get_assignment(request["assignment_id"])
    except Refused as error:
        seen = [f"The marketplace does not show the Assignment: {error.message}."]
        if error.code != "InvalidHITState":
            return Evidence(seen)
        approved, refused = {"status": "Approved"}, {"status": "Rejected"}
        asked, other = (approved, refused) if effect.kind == EffectKind.APPROVE else (refused, approved)
        said = f"Its HIT was deleted after all was decided: --done says {asked['status']}, --failed {other['status']}."
        return Evidence([*seen, said], None, asked, otherwise=other)
    seen = [f"The Assignment of {found.worker_id} is {found.status} at the marketplace."]
    if found.worker_id != request["worker_id"]:
        return Evidence([*seen, f"The decision was about {request['worker_id']}: it went to nobody."])
    if found.status == "Submitted":
        return Evidence(seen)
    receipt = {"status": found.status}
    as_asked = found.status == {EffectKind.APPROVE: "Approved", EffectKind.REJECT: "Rejected"}[EffectKind(effect.kind)]
    # Whatever was asked for, the books follow what the marketplace has decided.
    return Evidence(seen, receipt if as_asked else None, receipt, may_fail=False)


def _reversal(desk: Desk, effect: EffectRow) -> Evidence:
    request = effect.request
    try:
        found = desk.market.get_assignment(request["assignment_id"])
    except Refused as error:
        seen = [f"The marketplace does not show the Assignment: {error.message}."]
        # Its HIT was deleted, when all was decided: this way or that.
        return Evidence(seen, done_with={"status": "Approved"} if error.code == "InvalidHITState" else None)
    seen = [f"The Assignment of {found.worker_id} is {found.status} at the marketplace."]
    if found.worker_id != request["worker_id"] or found.status != "Approved":
        return Evidence(seen)
    receipt = {"status": found.status}
    return Evidence(seen, receipt, receipt, may_fail=False)


def _bonus(desk: Desk, effect: EffectRow) -> Evidence:
    request, reason = effect.request, bonus_reason(effect)
    receipt = {"paid": True}
    try:
        paid = list(desk.market.list_bonuses(request["assignment_id"]))
    except Refused as error:
        return Evidence([f"The marketplace does not list the payments: {error.message}."], done_with=receipt)
    same = [one for one in paid if one.reason == reason and one.cents == request["cents"]]
    seen = [f"{dollars(one.cents)} was paid for the Assignment: {one.reason}" for one in paid]
    if same:
        return Evidence(seen, receipt, receipt, may_fail=False)
    return Evidence([*seen, "No payment carries the mark of this Effect."], None, receipt)


def _places(desk: Desk, effect: EffectRow) -> Evidence:
    request = effect.request
    after = request["before"] + request["places"]
    try:
        hit = desk.market.get_hit(request["hit_id"])
    except Refused as error:
        return Evidence([f"The marketplace does not show the HIT: {error.message}."])
    seen = [f"The HIT has {hit.max_assignments} places; it had {request['before']} and {after} were asked for."]
    if hit.max_assignments == after:
        receipt = {"max_assignments": after}
        return Evidence(seen, receipt, receipt, may_fail=False)
    if hit.max_assignments < after:
        # All its places are added at once.
        return Evidence(seen)
    other = "Somebody else has added places too: --done takes those that were asked for, and no others."
    return Evidence([*seen, other], done_with={"max_assignments": after}, may_fail=False)


def _end(desk: Desk, effect: EffectRow) -> Evidence:
    try:
        receipt = EXPIRE.look_up(desk, effect)
    except Refused as error:
        return Evidence([f"The marketplace does not show the HIT: {error.message}."])
    said = (
        f"The HIT {'has' if receipt else 'does not have'} the end that was asked for ({effect.request['expire_at']})."
    )
    return Evidence([said], receipt, receipt, may_fail=receipt is None)


_LOOKS: dict[str, Callable[[Desk, EffectRow], Evidence]] = {
    EffectKind.CREATE_HIT: _hit,
    EffectKind.APPROVE: _decision,
    EffectKind.REJECT: _decision,
    EffectKind.REVERSE: _reversal,
    EffectKind.BONUS: _bonus,
    EffectKind.EXTEND: _places,
    EffectKind.EXPIRE: _end,
}
