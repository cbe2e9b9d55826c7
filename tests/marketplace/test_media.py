from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from webclient import Browser

from crowdbroker.marketplace.marketplace import Marketplace
from crowdbroker.marketplace.media import KINDS, media_file
from crowdbroker.marketplace.server import build_app

CONTENT = b"0123456789"
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def market(tmp_path: Path) -> Iterator[Marketplace]:
    market = Marketplace.open(f"sqlite:///{tmp_path}/market.db")
    yield market
    market.close()


@pytest.fixture(scope="module")
def media_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("served") / "media"
    folder.mkdir()
    for kind in KINDS:
        (folder / f"{DIGEST}.{kind}").write_bytes(CONTENT)
    return folder


@pytest.fixture
def browser(market: Marketplace, media_dir: Path) -> Browser:
    """Somebody who is not signed in, like the frame of a question."""
    return Browser(build_app(market, media_dir=media_dir))


@pytest.mark.parametrize(("kind", "content_type"), KINDS.items())
def test_every_kind_is_served_as_what_it_is_and_can_run_nothing(browser, kind, content_type):
    answer = browser.get(f"/media/{DIGEST}.{kind}")
    assert (answer.status, answer.body) == (200, CONTENT)
    assert answer.headers["content-type"].partition(";")[0] == content_type
    assert answer.headers["x-content-type-options"] == "nosniff"
    policy = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
    assert answer.headers["content-security-policy"] == policy
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert "immutable" in answer.headers["cache-control"]
    assert answer.set_cookies == []


def test_sound_can_be_read_from_its_middle(browser):
    answer = browser.get(f"/media/{DIGEST}.mp3", {"range": "bytes=3-5"})
    assert (answer.status, answer.body) == (206, b"345")
    assert answer.headers["content-range"] == "bytes 3-5/10"


def test_head_tells_the_length_without_the_content(browser):
    answer = browser.request("HEAD", f"/media/{DIGEST}.png")
    assert (answer.status, answer.headers["content-length"], answer.body) == (200, "10", b"")


@pytest.mark.parametrize(
    "name",
    [
        f"{'0' * 64}.png",
        f"{DIGEST}.exe",
        f"{DIGEST}.png.exe",
        f"{DIGEST}.PNG",
        f"{DIGEST.upper()}.png",
        f"{DIGEST[:-1]}.png",
        f"{DIGEST}.png\n",
        f"../media/{DIGEST}.png",
        "..",
        "",
    ],
)
def test_any_other_name_is_not_found_and_not_remembered(browser, name):
    answer = browser.get(f"/media/{quote(name)}")
    assert answer.status == 404
    assert answer.headers["cache-control"] == "no-store"


def test_neither_links_nor_folders_are_served(tmp_path):
    (tmp_path / "secret").write_bytes(b"secret")
    (tmp_path / f"{DIGEST}.png").symlink_to(tmp_path / "secret")
    (tmp_path / f"{DIGEST}.txt").mkdir()
    assert media_file(tmp_path, f"{DIGEST}.png") is None
    assert media_file(tmp_path, f"{DIGEST}.txt") is None


def test_a_marketplace_without_a_folder_or_with_a_missing_one_serves_nothing(market, tmp_path):
    for folder in (None, tmp_path / "missing"):
        assert Browser(build_app(market, media_dir=folder)).get(f"/media/{DIGEST}.png").status == 404


PIECES = st.sampled_from(["..", "/", "\\", "%2f", "%2e", "\0", "\n", ".", "~", DIGEST, "png", ".png", "é", " "])


@given(st.lists(PIECES, max_size=6).map("".join) | st.text(max_size=80))
@example(f"{DIGEST}.png/")
@example(f"./{DIGEST}.png")
@example(f"{DIGEST}.png\n")
def test_whatever_the_name_only_a_file_of_the_folder_itself_is_found(media_dir, name):
    found = media_file(media_dir, name)
    assert found is None or (found.parent == media_dir and found.name == name and name.startswith(DIGEST))


@pytest.mark.parametrize("between", ["a/", "/", "../", "%2e%2e/", "a/../"])
def test_an_address_with_more_folders_reaches_no_file(browser, between):
    assert browser.get(f"/media/{between}{DIGEST}.png").status == 404
