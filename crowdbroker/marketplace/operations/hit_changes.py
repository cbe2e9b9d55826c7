"""Changing HITs: more places, another end or type, the review status, deletion."""

from __future__ import annotations

from crowdbroker.marketplace import inputs, lifecycle, review_policies, tokens
from crowdbroker.marketplace.faults import BadValue, already_processed, wrong_hit_state
from crowdbroker.marketplace.operations.hits import place_cents
from crowdbroker.marketplace.operations.owned import own_hit_to_change, usable_hit_type
from crowdbroker.marketplace.operations.registry import Call, Output, operation
from crowdbroker.marketplace.shapes import MOST_PLACES
from crowdbroker.marketplace.tables import HitRow
from crowdbroker.marketplace.times import DAY_MS, SECOND_MS, from_ms

EXTENSION = "CreateAdditionalAssignmentsForHIT"
EXPIRATION = "UpdateExpirationForHIT"
LONGEST_LIFE_MS = 366 * DAY_MS
NOT_DISPOSED = "Assignable, Unassignable, Reviewable, Reviewing"


@operation(inputs.CreateAdditionalAssignmentsForHIT, writes=True)
def create_additional_assignments(call: Call, asked: inputs.CreateAdditionalAssignmentsForHIT) -> Output:
    """Add places, which become available at once unless the HIT has expired."""
    token = asked.UniqueRequestToken
    if token:
        made = tokens.recall(call.session, call.requester_id, EXTENSION, token, call.now_ms)
        if made:
            raise already_processed(token, made)
    hit = _living_hit(call, asked.HITId)
    if hit.max_assignments + asked.NumberOfAdditionalAssignments > MOST_PLACES:
        raise BadValue(f"MaxAssignments would be above {MOST_PLACES}.")
    lifecycle.extend(call.session, hit, call.now_ms, places=asked.NumberOfAdditionalAssignments)
    if token:
        tokens.remember(call.session, call.requester_id, EXTENSION, token, call.request_id, call.now_ms)
    return {}


@operation(inputs.UpdateExpirationForHIT, writes=True)
def update_expiration(call: Call, asked: inputs.UpdateExpirationForHIT) -> Output:
    """Move a HIT's end. HIT and time together are an idempotency token: a repeat within 24 hours is refused.

    Once its end has been moved elsewhere in between, the same call is none: its owner can always end it once more.
    """
    expires_ms = round(asked.ExpireAt * SECOND_MS)
    if expires_ms > call.now_ms + LONGEST_LIFE_MS:
        raise BadValue("ExpireAt must not be more than a year from now.")
    hit = _living_hit(call, asked.HITId)
    token = f"{hit.id}{from_ms(expires_ms).isoformat()}"
    if tokens.recall(call.session, call.requester_id, EXPIRATION, token, call.now_ms):
        if hit.expires_ms == expires_ms:
            raise already_processed(token)
        tokens.forget(call.session, call.requester_id, EXPIRATION, token)
    with review_policies.when_reviewable(call.session, hit, call.now_ms):
        lifecycle.move_expiration(call.session, hit, expires_ms, call.now_ms)
    tokens.remember(call.session, call.requester_id, EXPIRATION, token, call.request_id, call.now_ms)
    return {}


@operation(inputs.UpdateHITTypeOfHIT, writes=True)
def update_hit_type_of_hit(call: Call, asked: inputs.UpdateHITTypeOfHIT) -> Output:
    """Give a HIT another type's properties; accepted Assignments keep their reward, deadline and delay."""
    kind = usable_hit_type(call, asked.HITTypeId)
    hit = _living_hit(call, asked.HITId)
    cents = place_cents(call, kind, hit.max_assignments)
    lifecycle.change_type(call.session, hit, kind.id, cents, call.now_ms)
    return {}


@operation(inputs.UpdateHITReviewStatus, writes=True)
def update_hit_review_status(call: Call, asked: inputs.UpdateHITReviewStatus) -> Output:
    """Move a HIT from Reviewable to Reviewing, or back with Revert."""
    hit = own_hit_to_change(call, asked.HITId)
    source, target = lifecycle.REVIEWABLE, lifecycle.REVIEWING
    if asked.Revert:
        source, target = target, source
    if hit.status != source:
        raise wrong_hit_state(hit.status, source)
    lifecycle.review(call.session, hit, target)
    return {}


@operation(inputs.DeleteHIT, writes=True)
def delete_hit(call: Call, asked: inputs.DeleteHIT) -> Output:
    """Dispose of a finished HIT whose Assignments are all decided."""
    hit = own_hit_to_change(call, asked.HITId)
    finished = hit.status in (lifecycle.REVIEWABLE, lifecycle.REVIEWING)
    if not finished or hit.submitted:
        raise wrong_hit_state(hit.status, f"{lifecycle.REVIEWING}, {lifecycle.REVIEWABLE}")
    lifecycle.dispose(call.session, hit, call.now_ms)
    return {}


def _living_hit(call: Call, hit_id: str) -> HitRow:
    hit = own_hit_to_change(call, hit_id)
    if hit.status == lifecycle.DISPOSED:
        raise wrong_hit_state(hit.status, NOT_DISPOSED)
    return hit
