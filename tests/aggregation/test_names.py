from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from crowdbroker.aggregation.names import Named, Names


@pytest.mark.parametrize(
    "names",
    [Names(np.array([2, 5, 9])), Names(np.array([9, 2, 5])), Names([5, "5", None, 9]), Names(np.array(["a", "b"]))],
)
def test_places_are_where_names_are(names: Names) -> None:
    others = Names([*list(names)[::-1], 7, "zebra"])
    found = names.places(others).tolist()
    assert found == [*range(len(names) - 1, -1, -1), -1, -1]
    assert [names.place(name) for name in others] == [None if place < 0 else place for place in found]


@pytest.mark.parametrize("own", [[2, 5, 9], [9, 2, 5]])
def test_integers_are_found_without_python(own: list[int]) -> None:
    assert Names(np.array(own)).places(Names(np.array([5, 1, 10, 9]))).tolist() == [own.index(5), -1, -1, own.index(9)]


def test_names_are_like_a_tuple_of_plain_values() -> None:
    names = Names(np.array([3, 4, 5], dtype=np.int32))
    assert names == (3, 4, 5)
    assert names != (3, 4)
    assert type(names[0]) is int
    assert names[1:] == (4, 5)
    assert 4 in names
    assert names.with_more([9]) == (3, 4, 5, 9)
    assert names.with_more(["x"]) == (3, 4, 5, "x")
    assert repr(names) == "Names([3, 4, 5])"


def test_named_is_like_a_dict() -> None:
    named = Named(Names(np.array([3, 4])), ("a", "b"), np.array([1, 0]))
    expected: dict[Any, Any] = {3: "b", 4: "a"}
    assert named == expected
    assert dict(named) == expected
    assert named.get(9) is None
    assert list(named.values()) == ["b", "a"]
