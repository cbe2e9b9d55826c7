from __future__ import annotations

import io
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mediafiles import OTHER_PNG, PNG, SVG, refused, zipped

from crowdbroker.errors import InputError
from crowdbroker.formats import picture_sources
from crowdbroker.formats.media import read_picture_items


@pytest.fixture
def media_dir(tmp_path: Path) -> Path:
    return tmp_path / "media"


@pytest.mark.parametrize("name", ["../a.png", "a/../../b.png", "/etc/a.png", "C:/a.png", "a//b.png", "..\\a.png"])
def test_an_archive_with_an_unsafe_name_is_refused(tmp_path, media_dir, name):
    text = refused(lambda: read_picture_items(zipped(tmp_path, {name: PNG}), media_dir))
    assert "is not safe" in text
    assert not media_dir.exists()


@given(st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=40).filter(lambda name: name != "ok"))
def test_any_name_in_an_archive_is_a_clean_key_or_refused(tmp_path_factory, name):
    folder = tmp_path_factory.mktemp("names")
    path = zipped(folder, {"ok.png": PNG, name + ".png": OTHER_PNG})
    try:
        items = read_picture_items(path, folder / "media").items
    except InputError:
        return
    assert {file.name for file in folder.iterdir()} == {"pictures.zip", "media"}
    for item in items:
        assert ".." not in item.key.split("/")
        assert not item.key.startswith("/")
        assert "\n" not in item.key


def test_names_from_windows_and_from_programs_that_do_not_say_utf_8_are_read(tmp_path, media_dir):
    path = zipped(tmp_path, {"dir\\a.png": PNG, "./b.png": OTHER_PNG})
    assert [item.key for item in read_picture_items(path, media_dir).items] == ["b", "dir/a"]
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("Gr\u00fc\u00dfe.png", PNG)
    unmarked = path.read_bytes()
    for where in (unmarked.index(b"PK\3\4") + 7, unmarked.index(b"PK\1\2") + 9):
        unmarked = unmarked[:where] + b"\0" + unmarked[where + 1 :]
    path.write_bytes(unmarked)
    assert read_picture_items(path, media_dir).items[0].key == "Grüße"


def test_an_archive_that_would_unpack_to_far_more_is_refused(tmp_path, media_dir):
    text = refused(lambda: read_picture_items(zipped(tmp_path, {"a.png": PNG + bytes(5_000_000)}), media_dir))
    assert "'a.png' would unpack to more than 100 times its size" in text


def test_members_that_share_their_bytes_are_refused(tmp_path, media_dir):
    """The directory of the archive names one packed file three hundred times."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("a.png", PNG + bytes(20_000))
        first = archive.filelist[0]
        for number in range(300):
            twin = zipfile.ZipInfo(f"{number}.png")
            for field in ("CRC", "compress_size", "file_size", "header_offset", "create_system"):
                setattr(twin, field, getattr(first, field))
            archive.filelist.append(twin)
        archive._didModify = True
    path = tmp_path / "bomb.zip"
    path.write_bytes(buffer.getvalue())
    assert "the whole would unpack to more than" in refused(lambda: read_picture_items(path, media_dir))


@given(st.data())
def test_a_damaged_archive_is_an_input_error_or_read(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("damaged")
    path = zipped(folder, {"a/b.png": PNG, "ü.png": OTHER_PNG})
    raw = bytearray(path.read_bytes())
    for where in data.draw(st.lists(st.integers(0, len(raw) - 1), min_size=1, max_size=4)):
        raw[where] = data.draw(st.integers(0, 255))
    path.write_bytes(bytes(raw[: data.draw(st.integers(1, len(raw)))]))
    with suppress(InputError):
        assert read_picture_items(path, folder / "media").items


def test_an_encrypted_archive_is_refused(tmp_path, media_dir):
    path = zipped(tmp_path, {"a.png": PNG})
    raw = bytearray(path.read_bytes())
    raw[raw.index(b"PK\1\2") + 8] |= 1
    path.write_bytes(raw)
    assert "'a.png' is encrypted" in refused(lambda: read_picture_items(path, media_dir))


def test_small_drawings_may_pack_as_well_as_they_like(tmp_path, media_dir):
    assert picture_sources.RATIO_FREE_BYTES > 900_000
    drawing = SVG + b" " * 900_000
    assert read_picture_items(zipped(tmp_path, {"a.svg": drawing}), media_dir).items
