"""Where learning begins: shares of votes, known answers kept."""

from __future__ import annotations

from crowdbroker.aggregation.em import Array
from crowdbroker.aggregation.gold import Gold
from crowdbroker.aggregation.majority import vote_shares
from crowdbroker.aggregation.votes import Votes


def first_posterior(votes: Votes, gold: Gold) -> Array:
    """Return the shares of votes, shape (items, labels); gold items keep to accepted labels."""
    posterior = vote_shares(votes)
    kept = posterior[gold.item] * gold.accepted
    none_accepted = kept.sum(axis=1) == 0
    kept[none_accepted] = gold.accepted[none_accepted]
    posterior[gold.item] = kept / kept.sum(axis=1, keepdims=True)
    return posterior
