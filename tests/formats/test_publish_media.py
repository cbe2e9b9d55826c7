from __future__ import annotations

from pathlib import Path

import pytest
from mediafiles import PNG, SAMPLES, address, refused

from crowdbroker.domain.model import Item
from crowdbroker.formats.media import publish_media
from crowdbroker.marketplace.media import media_file


@pytest.fixture
def media_dir(tmp_path: Path) -> Path:
    return tmp_path / "media"


def an_item(cell: str, key: str = "i1") -> Item:
    return Item(key, {"text": "t", "clip": cell}, ("yes",))


def test_files_beside_a_table_are_published_and_the_cells_become_addresses(tmp_path, media_dir):
    for kind, content in SAMPLES.items():
        (tmp_path / f"one.{kind}").write_bytes(content)
    items = [an_item(f" one.{kind} ", key=kind) for kind in SAMPLES]
    for item in publish_media(items, "clip", tmp_path, media_dir):
        assert item.data == {"text": "t", "clip": address(SAMPLES[item.key], item.key)}
        assert item.accepted == ("yes",)
        assert media_file(media_dir, item.data["clip"].removeprefix("/media/"))


@pytest.mark.parametrize(
    "cell", ["https://x.test/a.png", "HTTP://x.test/a", "data:image/png;base64,AA==", address(PNG)]
)
def test_addresses_are_left_alone(tmp_path, media_dir, cell):
    assert publish_media([an_item(cell)], "clip", tmp_path, media_dir) == [an_item(cell)]
    assert not media_dir.exists()


def test_publishing_twice_changes_nothing_more(tmp_path, media_dir):
    (tmp_path / "a.png").write_bytes(PNG)
    once = publish_media([an_item("a.png"), an_item("./a.png", "i2")], "clip", tmp_path, media_dir)
    assert publish_media(once, "clip", tmp_path, media_dir) == once
    assert len(list(media_dir.iterdir())) == 1


def test_a_folder_written_with_backslashes_is_found(tmp_path, media_dir):
    (tmp_path / "dir").mkdir()
    (tmp_path / "dir/a.png").write_bytes(PNG)
    (item,) = publish_media([an_item("dir\\a.png")], "clip", tmp_path, media_dir)
    assert item.data["clip"] == address(PNG)


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("gone.png", "there is no file 'gone.png'"),
        ("", "is no file of a served kind"),
        ("a.exe", "is no file of a served kind"),
        ("../outside.png", "lies outside"),
        ("linked.png", "lies outside"),
        ("/etc/hosts.txt", "lies outside"),
        ("file:///etc/x.png", "there is no file"),
        ("x" * 3000 + ".png", "there is no file|cannot be a file's name"),
        ("a\0.png", "cannot be a file's name"),
    ],
)
def test_a_cell_that_names_no_publishable_file_is_refused_with_item_and_column(tmp_path, media_dir, cell, reason):
    base = tmp_path / "table"
    base.mkdir()
    (tmp_path / "outside.png").write_bytes(PNG)
    (base / "linked.png").symlink_to(tmp_path / "outside.png")
    text = refused(lambda: publish_media([an_item(cell, key="row-7")], "clip", base, media_dir))
    assert "field 'clip': Item 'row-7':" in text
    assert any(part in text for part in reason.split("|"))
    assert not media_dir.exists()


def test_a_column_that_is_not_there_is_refused(tmp_path, media_dir):
    assert "no such column" in refused(lambda: publish_media([an_item("a.png")], "image", tmp_path, media_dir))
