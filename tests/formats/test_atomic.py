from __future__ import annotations

from pathlib import Path
from typing import TextIO

import pytest

from crowdbroker.errors import InputError
from crowdbroker.formats.atomic import replace_files


def one(sink: TextIO) -> None:
    sink.write("1\n")


def broken(sink: TextIO) -> None:
    sink.write("half")
    raise ZeroDivisionError


def full(sink: TextIO) -> None:
    raise OSError(28, "No space left on device")


def test_all_files_are_written(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old")
    replace_files([(tmp_path / "a", one), (tmp_path / "b", one)])
    assert [(tmp_path / name).read_text() for name in "ab"] == ["1\n", "1\n"]


def test_a_failure_leaves_every_file_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old")
    with pytest.raises(ZeroDivisionError):
        replace_files([(tmp_path / "a", one), (tmp_path / "b", broken)])
    assert (tmp_path / "a").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_full_disk_is_told_with_its_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No space left") as caught:
        replace_files([(tmp_path / "a", one), (tmp_path / "b", full)])
    assert caught.value.file == tmp_path / "b"
    assert list(tmp_path.iterdir()) == []


def test_only_ordinary_files_in_folders_that_exist_are_written(tmp_path: Path) -> None:
    for path, says in [
        (tmp_path, "not an ordinary file"),
        (Path("/dev/null"), "not an ordinary file"),
        (tmp_path / "no" / "t.csv", "folder does not exist"),
    ]:
        with pytest.raises(InputError, match=says):
            replace_files([(path, one)])


def test_a_link_and_the_permissions_of_a_file_survive_its_replacement(tmp_path: Path) -> None:
    target, link = tmp_path / "target.csv", tmp_path / "link.csv"
    target.touch(mode=0o640)
    link.symlink_to(target)
    replace_files([(link, one)])
    assert link.is_symlink()
    assert target.read_text() == "1\n"
    assert target.stat().st_mode & 0o777 == 0o640
