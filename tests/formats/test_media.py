from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from mediafiles import JPEG, OTHER_PNG, PNG, SAMPLES, SVG, address, refused, zipped

from crowdbroker.formats import media_store
from crowdbroker.formats.media import read_picture_items
from crowdbroker.marketplace.media import KINDS, media_file

Fill = Callable[[dict[str, bytes]], Path]


@pytest.fixture
def media_dir(tmp_path: Path) -> Path:
    return tmp_path / "media"


@pytest.fixture(params=["folder", "zip"])
def fill(request: pytest.FixtureRequest, tmp_path: Path) -> Fill:
    """Put files into a folder or a .zip and return it: both must behave alike."""

    def folder(files: dict[str, bytes]) -> Path:
        for name, content in files.items():
            file = tmp_path / "pictures" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        return tmp_path / "pictures"

    def archive(files: dict[str, bytes]) -> Path:
        return zipped(tmp_path, files)

    return folder if request.param == "folder" else archive


def test_pictures_become_items_by_their_paths_and_are_copied_under_their_digests(fill, media_dir):
    read = read_picture_items(fill({"cats/b.PNG": PNG, "a.b.jpg": JPEG, "é/z.svg": SVG}), media_dir)
    assert [item.key for item in read.items] == ["a.b", "cats/b", "é/z"]
    assert read.items[1].data == {"image": address(PNG), "file": "cats/b.PNG"}
    assert (media_dir / address(PNG).removeprefix("/media/")).read_bytes() == PNG
    assert len(list(media_dir.iterdir())) == 3
    assert read.warnings == []


def test_what_is_copied_is_what_the_marketplace_serves(fill, media_dir):
    files = {f"{kind}/one.{kind}": content for kind, content in SAMPLES.items() if kind in media_store.PICTURES}
    for item in read_picture_items(fill(files), media_dir).items:
        assert media_file(media_dir, item.data["image"].removeprefix("/media/"))
    assert set(media_store.MEDIA) == set(KINDS)


def test_other_files_are_told_and_hidden_ones_are_not(fill, media_dir):
    files = {"a.png": PNG, "notes.txt": b"x", "b/list.csv": b"x", "noextension": b"x"}
    hidden = {".DS_Store": b"x", "__MACOSX/._a.png": b"x", ".git/b.png": PNG, "b/.hidden.png": b"x"}
    read = read_picture_items(fill(files | hidden), media_dir)
    assert [item.key for item in read.items] == ["a"]
    assert read.warnings == ["Passed over, no pictures: b/list.csv, noextension, notes.txt."]


def test_many_other_files_make_one_short_warning(fill, media_dir):
    read = read_picture_items(fill({"a.png": PNG} | {f"{n}.doc": b"x" for n in range(8)}), media_dir)
    assert read.warnings == ["Passed over, no pictures: 0.doc, 1.doc, 2.doc, 3.doc, 4.doc and 3 more."]


def test_the_same_picture_twice_is_two_items_and_a_warning(fill, media_dir):
    read = read_picture_items(fill({"a.jpg": JPEG, "b/c.jpeg": JPEG, "d.png": PNG}), media_dir)
    assert len(read.items) == 3
    assert read.warnings == ["The same picture under 2 names, each an Item of its own: a.jpg, b/c.jpeg."]


def test_two_files_of_one_key_are_refused_by_name(fill, media_dir):
    text = refused(lambda: read_picture_items(fill({"a/cat.png": PNG, "a/cat.jpg": JPEG}), media_dir))
    assert "'a/cat.jpg' and 'a/cat.png' would both be the Item 'a/cat'" in text


def test_reading_again_keeps_the_files_that_are_there(fill, media_dir):
    path = fill({"a.png": PNG})
    first = read_picture_items(path, media_dir)
    (kept,) = media_dir.iterdir()
    kept.chmod(0o400)
    before = kept.stat()
    assert read_picture_items(path, media_dir) == first
    assert [file.name for file in media_dir.iterdir()] == [kept.name]
    assert kept.stat().st_ino == before.st_ino


@pytest.mark.parametrize("name", ["a.png", "b/c.jpg", "d.svg", "e.webp", "f.gif"])
@pytest.mark.parametrize("content", [b"", b"<html>", b"MZ\x90"])
def test_a_file_that_is_not_what_it_says_is_refused_by_name(fill, media_dir, name, content):
    text = refused(lambda: read_picture_items(fill({"0.png": PNG, name: content}), media_dir))
    assert f"{name}: not a {name.rpartition('.')[2]} file" in text
    assert not list(media_dir.glob(".*"))


def test_a_wrong_extension_is_told_with_the_right_one(fill, media_dir):
    assert "not a png file: it looks like jpg" in refused(lambda: read_picture_items(fill({"a.png": JPEG}), media_dir))


def test_nothing_to_show_is_refused(fill, media_dir, tmp_path):
    assert "no picture in it" in refused(lambda: read_picture_items(fill({"a.txt": b"x"}), media_dir))
    for path in (tmp_path / "missing", Path(__file__)):
        assert "neither a folder nor a .zip archive" in refused(lambda path=path: read_picture_items(path, media_dir))


def test_a_picture_above_the_limit_is_refused_before_anything_is_copied(fill, media_dir, monkeypatch):
    monkeypatch.setattr(media_store, "PICTURE_BYTES", 10)
    text = refused(lambda: read_picture_items(fill({"a.png": PNG, "b.png": PNG}), media_dir))
    assert "a.png: larger than" in text
    assert not media_dir.exists()


def test_the_media_folder_inside_the_pictures_is_no_source(tmp_path):
    (tmp_path / "a.png").write_bytes(PNG)
    for _ in range(2):
        read = read_picture_items(tmp_path, tmp_path / "media")
        assert [item.key for item in read.items] == ["a"]


def test_letters_with_accents_apart_are_put_together(fill, media_dir):
    assert read_picture_items(fill({"u\u0308.png": PNG}), media_dir).items[0].key == "\u00fc"


def test_the_total_limit_counts_every_picture(tmp_path, media_dir, monkeypatch):
    monkeypatch.setattr("crowdbroker.formats.media.ALL_BYTES", len(PNG) + 1)
    path = zipped(tmp_path, {"a.png": PNG})
    assert read_picture_items(path, media_dir).items
    path = zipped(tmp_path, {"a.png": PNG, "b.png": OTHER_PNG})
    assert "pictures.zip: larger than" in refused(lambda: read_picture_items(path, media_dir))
