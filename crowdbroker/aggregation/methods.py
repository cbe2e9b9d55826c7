"""Every method for labels, by its name.

Two of the literature were measured on the 17 recorded crowds and left out, because they did not earn a room beside
`DawidSkene` (83.6 % on average): variational Bayes with the same kind of matrices (IBCC, 83.4) and with correlated
workers (EBCC, 83.1, of ten restarts). GLAD and MACE are in `peers`.
"""

from __future__ import annotations

from collections.abc import Mapping

from crowdbroker.aggregation.auto import Auto
from crowdbroker.aggregation.dawid_skene import DawidSkene
from crowdbroker.aggregation.frames import Method
from crowdbroker.aggregation.majority import MajorityVote
from crowdbroker.aggregation.one_coin import OneCoin
from crowdbroker.aggregation.weighted import WeightedMajority
from crowdbroker.errors import InputError

METHODS: Mapping[str, type[Auto | DawidSkene | MajorityVote | OneCoin | WeightedMajority]] = {
    "auto": Auto,
    "dawid-skene": DawidSkene,
    "one-coin": OneCoin,
    "weighted-majority": WeightedMajority,
    "majority": MajorityVote,
}


def method_named(name: str) -> Method:
    """Return an unfitted method with its defaults.

    Raises:
        InputError: there is no such method.
    """
    if name not in METHODS:
        raise InputError(f"no such method {name!r}", field="method", remedy=f"Take one of {', '.join(METHODS)}.")
    return METHODS[name]()
