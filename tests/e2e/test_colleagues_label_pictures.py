"""The README's promise with real programs and a real browser: two colleagues label twenty pictures by keyboard.

`CROWDBROKER_SHOTS` names a folder for screenshots of what the colleagues saw.
"""

from __future__ import annotations

import csv
import hashlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pets import png, write_pictures, write_project
from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).parents[2]
PICTURES = 20
LABEL_OF = {hashlib.sha256(png(number)).hexdigest(): ("cat", "dog")[number % 2] for number in range(PICTURES)}
KEY_OF = {"cat": "1", "dog": "2"}
# Read here, for no setting of the person who runs the tests reaches them.
SHOTS = os.environ.get("CROWDBROKER_SHOTS")
QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]


def environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(ROOT)}


def done(folder: Path, *arguments: str) -> str:
    """The standard output of a command that must succeed."""
    command = [sys.executable, "-m", "crowdbroker", *arguments]
    ended = subprocess.run(command, cwd=folder, env=environment(), capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


@contextmanager
def running(folder: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A command that goes on until the block ends, and is stopped then as by Ctrl-C."""
    command = [sys.executable, "-m", "crowdbroker", *arguments]
    with subprocess.Popen(
        command, cwd=folder, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=30)


@pytest.fixture
def browser(need: Callable[[str, bool, str], None]) -> Iterator[Browser]:
    path = shutil.which("chromium")
    need("chromium", path is not None, "there is no chromium on the PATH")
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=path, args=QUIET)
        yield started
        started.close()


class Colleague:
    """A person with a browser of their own, who touches nothing but the keyboard."""

    def __init__(self, browser: Browser, name: str, *, width: int, height: int) -> None:
        self.name = name
        self.troubles: list[str] = []
        self._page = browser.new_context(viewport={"width": width, "height": height}).new_page()
        self._page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self._page.on("console", lambda said: self.troubles.append(said.text) if said.type == "error" else None)

    def join(self, link: str) -> None:
        """Accept an invitation: choose a password."""
        self._page.goto(link)
        self._page.get_by_label("Password").focus()
        self.shoot("invitation")
        self._page.keyboard.type("a few easy words")
        self._page.keyboard.press("Enter")
        expect(self._page.get_by_role("heading", name="Work", exact=True)).to_be_visible()

    def begin(self) -> None:
        """Preview the only work there is, and accept it and what follows."""
        self.shoot("list")
        self._page.get_by_role("link", name="Preview Cat or dog?").focus()
        self._page.keyboard.press("Enter")
        self._page.get_by_label("Accept the next one automatically").focus()
        self._page.keyboard.press("Space")
        self._page.get_by_role("button", name="Accept", exact=True).focus()
        self._page.keyboard.press("Enter")

    def label_a_page(self, number: int) -> int:
        """Answer all pictures of a HIT and submit it; return how many there were."""
        left = self._page.locator("#left")
        expect(left).to_be_visible()
        frame = self._page.frame_locator("#question")
        expect(frame.locator("#progress")).to_have_text("0 of 5 answered")
        pictures = frame.locator("fieldset img")
        pictures.last.scroll_into_view_if_needed()
        expect(pictures.last).to_have_js_property("complete", True)
        assert pictures.evaluate_all("(all) => all.every((one) => one.naturalWidth > 0)")
        names = pictures.evaluate_all("(all) => all.map((one) => one.src.split('/').pop().split('.')[0])")
        self._page.locator("#question").focus()
        self.shoot(f"{number}-before")
        for name in names[:-1]:
            self._page.keyboard.press(KEY_OF[LABEL_OF[name]])
        self.shoot(f"{number}-within")
        self._page.keyboard.press(KEY_OF[LABEL_OF[names[-1]]])
        expect(frame.locator("#progress")).to_have_text("5 of 5 answered")
        before = self._page.url
        self._page.keyboard.press("Enter")
        self._page.wait_for_url(lambda url: url != before)
        return len(names)

    def see_earnings(self) -> Page:
        """The page of what was earned."""
        self._page.goto(f"{self._page.url.split('/', 3)[0]}//{self._page.url.split('/', 3)[2]}/earnings")
        return self._page

    def shoot(self, what: str) -> None:
        """A screenshot, where somebody wants to look."""
        if SHOTS:
            self._page.screenshot(path=Path(SHOTS) / f"{self.name}-{what}.png")


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    """What `init` writes, with one's own Project and pictures, loaded as the Batch `pets`."""
    done(tmp_path, "init", "labels")
    folder = tmp_path / "labels"
    write_pictures(folder / "pictures", PICTURES)
    write_project(folder / "projects" / "pets.toml")
    assert "Nothing is wrong." in done(folder, "check", "projects/pets.toml", "pictures")
    assert "20 Items" in done(folder, "load", "projects/pets.toml", "pictures", "--batch", "pets")
    return folder


@pytest.mark.slow
def test_two_colleagues_label_twenty_pictures_by_keyboard(labels: Path, browser: Browser, tmp_path: Path) -> None:
    with running(labels, "marketplace", "serve", "--port", "0") as server:
        assert server.stdout is not None
        address = server.stdout.readline().strip()
        invited = done(labels, "marketplace", "invite", "Ana", "Tomás", "--address", address, "--format", "csv")
        links = {row["name"]: row["link"] for row in csv.DictReader(invited.splitlines())}
        people = [
            Colleague(browser, "Ana", width=1280, height=900),
            Colleague(browser, "Tomás", width=390, height=844),
        ]
        with running(labels, "run", "--batch", "pets", "--yes", "--every", "0.3") as run:
            assert run.stderr is not None
            while "0 of 40 answers" not in run.stderr.readline():
                pass  # until the HITs are published
            for person in people:
                person.join(links[person.name])
                person.begin()
            counts = [person.label_a_page(number) for number in range(4) for person in people]
            assert sum(counts) == 2 * PICTURES
            out, _ = run.communicate(timeout=30)
            assert run.returncode == 0
            assert "20 of 20 Items labelled by majority from 40 answers. Next: crowdbroker export --batch pets" in out
        for person in people:
            expect(person.see_earnings().locator("main")).to_contain_text("$0.40")
            person.shoot("earnings")
            assert person.troubles == []
    done(labels, "export", "--batch", "pets", "--out", "labels.csv")
    with (labels / "labels.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["file"]: row["label"] for row in rows} == {
        f"p{number:02}.png": ("cat", "dog")[number % 2] for number in range(PICTURES)
    }
    assert {row["votes"] for row in rows} == {"2"}
    assert "all done; crowdbroker export --batch pets" in done(labels, "status")
