from __future__ import annotations

from pathlib import Path

import pytest

from crowdbroker.errors import InputError
from crowdbroker.formats.project_toml import line_of_setting, read_project
from crowdbroker.packaged import packaged

TEXT = """\
name = "reviews"
title = "How does the writer feel?"
description = "Read short reviews."
labels = ["bad", "good"]
reward = "0.05"
budget = "10.00"

[gold]
per_hit = 1
looks = [5, 10]

[payment]
rejection = "never"
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "project.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_project_is_read_with_amounts_in_cents(tmp_path: Path) -> None:
    project = read_project(written(tmp_path, TEXT))
    assert (project.reward_cents, project.budget_cents, project.gold.looks) == (5, 1000, (5, 10))


@pytest.mark.parametrize(
    ("old", "new", "place", "says"),
    [
        ('"0.05"', '"$5"', "row 5, field 'reward'", "'$5' is no amount like 0.05"),
        ('"0.05"', '"0.055"', "row 5, field 'reward'", "at most two decimals"),
        ('"0.05"', "0.05", "row 5, field 'reward'", "write the amount as text"),
        ('"10.00"', '"0.00"', "row 6, field 'budget'", "greater than 0"),
        ("per_hit = 1", "per_hits = 1", "row 9, field 'gold.per_hits'", "did you mean 'per_hit'?"),
        ("looks = [5, 10]", "looks = [10, 5]", "row 10, field 'gold.looks'", "numbers that rise"),
        ('"never"', '"always"', "row 13, field 'payment.rejection'", "'never', 'propose' or 'automatic'"),
        ('["bad", "good"]', '["bad", "bad"]', "row 4, field 'labels'", "'bad' stands in the list twice"),
        ('title = "How does the writer feel?"\n', "", "field 'title'", "the setting 'title' is missing"),
        ('"10.00"', "", "row 6", "no TOML"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_setting(
    tmp_path: Path, old: str, new: str, place: str, says: str
) -> None:
    path = written(tmp_path, TEXT.replace(old, new))
    with pytest.raises(InputError) as caught:
        read_project(path)
    assert str(caught.value).startswith(f"{path}, {place}: ")
    assert says in str(caught.value)
    assert caught.value.remedy


def test_the_setting_is_said_once(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_project(written(tmp_path, TEXT.replace('"0.05"', '"$5"')))
    assert str(caught.value).count("reward") == 1


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none.toml: cannot be read: No such file"):
        read_project(tmp_path / "none.toml")
    path = tmp_path / "latin.toml"
    path.write_bytes('title = "café"'.encode("latin-1"))
    with pytest.raises(InputError, match=r"latin.toml: not UTF-8 at byte 12"):
        read_project(path)


def test_the_line_of_a_setting_is_found_in_its_table(tmp_path: Path) -> None:
    path = written(tmp_path, TEXT)
    assert line_of_setting(path, "budget") == 6
    assert line_of_setting(path, "gold.per_hit") == 9
    assert line_of_setting(path, "payment.per_hit") is None


@pytest.mark.parametrize("path", sorted(packaged("config").rglob("*.toml")), ids=lambda path: path.stem)
def test_the_projects_that_come_with_it_are_right(path: Path) -> None:
    if path.parent.name == "projects" or path.stem == "project":
        assert read_project(path).title
