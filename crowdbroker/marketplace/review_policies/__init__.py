"""Review policies: scoring work and deciding on it without the requester (API reference, Review Policies).

    ScoreMyKnownAnswers/2011-09-01   compares each submission with an answer key
    SimplePlurality/2011-09-01       compares workers with each other when their HIT becomes Reviewable

Both may approve and reject Assignments and extend the HIT, by the same moves as the operations.
"""

from crowdbroker.marketplace.review_policies.moments import submitted, when_reviewable
from crowdbroker.marketplace.review_policies.stored import store

__all__ = ["store", "submitted", "when_reviewable"]
