"""Votes become labels: index arrays in, posteriors out."""

from crowdbroker.aggregation.auto import Auto
from crowdbroker.aggregation.dawid_skene import DawidSkene
from crowdbroker.aggregation.majority import MajorityVote
from crowdbroker.aggregation.numeric import NumericMean
from crowdbroker.aggregation.one_coin import OneCoin
from crowdbroker.aggregation.votes import Votes
from crowdbroker.aggregation.weighted import WeightedMajority

__all__ = ["Auto", "DawidSkene", "MajorityVote", "NumericMean", "OneCoin", "Votes", "WeightedMajority"]
