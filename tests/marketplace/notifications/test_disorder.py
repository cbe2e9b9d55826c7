from __future__ import annotations

from crowdbroker.marketplace.notifications.disorder import Disorder

NAMES = [f"{number:040x}" for number in range(400)]


def test_nothing_goes_wrong_by_default():
    orderly = Disorder()
    fates = {(orderly.drops(name), orderly.copies(name), orderly.delay_ms(name), orderly.place(name)) for name in NAMES}
    assert fates == {(False, 1, 0, 0.0)}


def test_probabilities_are_kept_and_each_fate_follows_from_the_seed():
    rough = Disorder(seed=3, duplicate=0.25, drop=0.1, delay_s=20, reorder=True)
    assert 20 < sum(rough.drops(name) for name in NAMES) < 60
    assert 70 < sum(rough.copies(name) == 2 for name in NAMES) < 130
    assert 0 <= min(map(rough.delay_ms, NAMES)) < 2000
    assert 18_000 < max(map(rough.delay_ms, NAMES)) <= 20_000
    again = Disorder(seed=3, duplicate=0.25, drop=0.1, delay_s=20, reorder=True)
    assert [rough.place(name) for name in NAMES] == [again.place(name) for name in NAMES]
    other = Disorder(seed=4, drop=0.1)
    assert [rough.drops(name) for name in NAMES] != [other.drops(name) for name in NAMES]


def test_certainties_are_certain():
    assert all(Disorder(drop=1.0).drops(name) and Disorder(duplicate=1.0).copies(name) == 2 for name in NAMES)
