"""Methods of crowd-kit (the extra `peers`) behind our manners: GLAD and MACE for labels, text, pairs, segmentation.

Items, workers and labels go over as positions, because several of crowd-kit 1.4.2's methods break on booleans, missing
values and categories. Nothing here is imported before it is used.
"""

from __future__ import annotations

import warnings
from collections.abc import Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import Any, Literal, Self

import numpy as np

from crowdbroker.aggregation.em import Array
from crowdbroker.aggregation.frames import FromFrames
from crowdbroker.aggregation.gold import Answers, encode_gold
from crowdbroker.aggregation.ties import Ties, decided
from crowdbroker.aggregation.votes import Votes
from crowdbroker.errors import InputError


class Peer(FromFrames):
    """A method of crowd-kit for labels.

    Args:
        name: `GLAD` (Whitehill et al. 2009), `MACE` (Hovy et al. 2013), or another class of crowdkit.aggregation that
            makes probabilities of task, worker and label.
        ties: how items without a single best label get theirs; see `ties.choose`.
        options: of that class.

    Attributes:
        labels_, posterior_, ties_, gold_unanswered_: as of `DawidSkene`. Gold is checked and has no influence.
    """

    keeps_gold = False

    labels_: Mapping[Hashable, Hashable]
    posterior_: Array
    ties_: tuple[Hashable, ...]
    gold_unanswered_: int

    def __init__(self, name: str = "GLAD", *, ties: Ties = "stable", **options: Any) -> None:
        self.name = name
        self.ties = ties
        self.options = options

    def fit(self, votes: Votes, gold: Answers | None = None) -> Self:
        """Learn from votes.

        Raises:
            UnknownLabel: a gold label is not in `votes.labels`.
            InputError: crowd-kit is not installed, or has no such method for labels.
        """
        self.gold_unanswered_ = encode_gold(votes, gold).unanswered
        with _crowdkit() as (pandas, methods):
            method: Any = getattr(methods, self.name, None)
            if not hasattr(method, "fit_predict_proba"):
                raise InputError(f"crowd-kit has no method {self.name!r} for labels", remedy="Take GLAD or MACE.")
            frame = pandas.DataFrame({"task": votes.item, "worker": votes.worker, "label": votes.label}).astype("int64")
            table = method(**self.options).fit_predict_proba(frame)
        # It knows the labels that were said, in its own order.
        posterior = np.zeros((len(votes.items), len(votes.labels)))
        posterior[:, table.columns.to_numpy()] = table.sort_index().to_numpy()
        self.posterior_ = posterior
        self.labels_, self.ties_ = decided(votes, posterior, self.ties)
        return self


def texts(items: Iterable[Hashable], workers: Iterable[Hashable], said: Iterable[str]) -> dict[Hashable, str]:
    """Return one text for every item, word by word from all of its texts: ROVER (Fiscus 1997), case and spaces folded.

    Args:
        items: what each text is about.
        workers: who gave it.
        said: the texts, such as transcriptions.

    Raises:
        InputError: crowd-kit is not installed.
    """
    folded = [" ".join(text.casefold().split()) for text in said]
    with _crowdkit() as (pandas, methods):
        frame = pandas.DataFrame({"task": list(items), "worker": list(workers), "text": folded})
        found = methods.ROVER(tokenizer=str.split, detokenizer=" ".join).fit_predict(frame)
    return dict(zip(found.index.tolist(), found.tolist(), strict=True))


def pairs(
    workers: Iterable[Hashable],
    left: Iterable[Hashable],
    right: Iterable[Hashable],
    preferred: Iterable[Hashable],
    *,
    noisy: bool = False,
) -> dict[Hashable, float]:
    """Return a score for everything that was compared; the higher, the more often preferred (Bradley & Terry 1952).

    Args:
        workers: who compared.
        left, right: the two things.
        preferred: the one of them that was taken.
        noisy: learn who compares carelessly and who prefers the left, besides (crowd-kit's NoisyBradleyTerry).

    Raises:
        InputError: crowd-kit is not installed.
    """
    with _crowdkit() as (pandas, methods):
        columns = {"worker": workers, "left": left, "right": right, "label": preferred}
        frame = pandas.DataFrame({name: list(column) for name, column in columns.items()})
        method = methods.NoisyBradleyTerry() if noisy else methods.BradleyTerry(n_iter=100)
        found = method.fit_predict(frame)
    return {thing: float(score) for thing, score in zip(found.index.tolist(), found.tolist(), strict=True)}


def segments(
    items: Iterable[Hashable],
    workers: Iterable[Hashable],
    masks: Iterable[np.ndarray],
    *,
    method: Literal["majority", "rasa", "em"] = "majority",
) -> dict[Hashable, np.ndarray]:
    """Return one mask for every item from all of its masks.

    Args:
        items: what each mask is about.
        workers: who drew it.
        masks: booleans; shape (height, width), the same for all masks of an item.
        method: pixel by pixel `majority`; `rasa`, weighted by closeness to the rest; or `em`.

    Raises:
        InputError: crowd-kit is not installed, or there is no such method.
    """
    names = {"majority": "SegmentationMajorityVote", "rasa": "SegmentationRASA", "em": "SegmentationEM"}
    if method not in names:
        raise InputError(f"no such method {method!r}", field="method", remedy="Take majority, rasa or em.")
    with _crowdkit() as (pandas, methods):
        frame = pandas.DataFrame({"task": list(items), "worker": list(workers), "segmentation": list(masks)})
        found = getattr(methods, names[method])().fit_predict(frame)
    return dict(zip(found.index.tolist(), found.tolist(), strict=True))


@contextmanager
def _crowdkit() -> Iterator[tuple[Any, Any]]:
    """Yield pandas and crowdkit.aggregation; their warnings of things to come are nothing that a caller can mend."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            pandas, crowdkit = import_module("pandas"), import_module("crowdkit.aggregation")
        except ModuleNotFoundError as error:
            raise InputError("crowd-kit is not installed", remedy="pip install 'crowdbroker[peers]'") from error
        yield pandas, crowdkit
