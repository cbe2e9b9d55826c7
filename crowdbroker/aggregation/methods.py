"""Every method for labels, by its name.

Two of the literature were measured on the 17 recorded crowds and left out, because they did not earn a room beside
`DawidSkene` (83.6 % on average): variational Bayes with the same kind of matrices (IBCC, 83.4) and with correlated
workers (EBCC, 83.1, of ten restarts).
"""

from __future__ import annotations

from collections.abc import Mapping

from crowdbroker.aggregation.auto import Auto
from crowdbroker.aggregation.dawid_skene import DawidSkene
from crowdbroker.aggregation.frames import Method
from crowdbroker.aggregation.majority import MajorityVote
from crowdbroker.aggregation.one_coin import OneCoin
from crowdbroker.aggregation.peers import Peer
from crowdbroker.aggregation.weighted import WeightedMajority
from crowdbroker.errors import InputError

METHODS: Mapping[str, type[Auto | DawidSkene | MajorityVote | OneCoin | WeightedMajority]] = {
    "auto": Auto,
    "dawid-skene": DawidSkene,
    "one-coin": OneCoin,
    "weighted-majority": WeightedMajority,
    "majority": MajorityVote,
}

PEERS: Mapping[str, str] = {"glad": "GLAD", "mace": "MACE"}
"""Methods of crowd-kit and their names there; hundreds of times slower, so never taken unless asked for by name."""


def method_named(name: str) -> Method:
    """Return an unfitted method with its defaults, one of `METHODS` or of `PEERS`.

    Raises:
        InputError: there is no such method.
    """
    if name in PEERS:
        return Peer(PEERS[name])
    if name not in METHODS:
        known = ", ".join([*METHODS, *PEERS])
        raise InputError(f"no such method {name!r}", field="method", remedy=f"Take one of {known}.")
    return METHODS[name]()
