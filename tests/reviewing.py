"""The review application around a desk, and browsers that are signed in to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from databases import rewrite
from desks import OWN
from factories import LABELS, a_project, some_gold
from starlette.applications import Starlette
from webclient import Answer, Browser

from crowdbroker.broker.label import label
from crowdbroker.broker.load import load
from crowdbroker.domain.model import Item
from crowdbroker.domain.money import Tariff
from crowdbroker.domain.planning import plan_hits
from crowdbroker.mturk.page import read_template
from crowdbroker.review import people
from crowdbroker.review.cookies import SESSION
from crowdbroker.review.roles import Role
from crowdbroker.review.server import build_app
from crowdbroker.review.sessions import open_session

PASSWORD = "four plain words here"


class Office:
    """A desk's review application; `browser(role)` is somebody who is signed in."""

    def __init__(self, desk: Any, **choices: Any) -> None:
        self.desk = desk
        asked = {"market": lambda: desk.market, "marketplace": OWN}
        self.app: Starlette = build_app(desk.store, desk.clock, Tariff(), **(asked | choices))

    def browser(self, role: str = "admin", name: str = "", *, cap_cents: int | None = None) -> Browser:
        """A browser of a new person, `name` or else the role's; they came a moment ago."""
        now = self.desk.clock()
        row = people.add_person(
            self.desk.store, name or f"a {role}", Role(role), now, cap_cents=cap_cents, actor="test"
        )
        made = Browser(self.app)
        made.cookies[SESSION] = open_session(self.desk.store, row, now)
        return made

    def stranger(self) -> Browser:
        """A browser of somebody who is not signed in."""
        return Browser(self.app)


def act(browser: Browser, page: str, address: str, **fields: str) -> Answer:
    """Open a page, send a form of it, and follow to where it leads."""
    return browser.follow(browser.send_form(page, address, **fields))


ROOT = Path(__file__).parent.parent
HOSTILE = (
    "<script>document.title = 'owned'; alert(1)</script>",
    '<img src=x onerror="alert(2)"><style>body{display:none}</style>',
    "\u202egnp.exe\u2066 right to left \u0645\u0631\u062d\u0628\u0627",
    "long" * 2500,
    '=HYPERLINK("http://127.0.0.1:9/","click")',
    "'\"--></title></textarea></iframe>{{ 7 * 7 }}${id}",
    "@SUM(1+1)*cmd|' /C calc'!A0",
)
"""What somebody may put into a dataset's cell, an Item's id or an answer."""


def hostile_items(count: int) -> list[Item]:
    """Items whose ids and cells mean harm, by turns."""
    return [
        Item(f"{HOSTILE[n % 7][:60]}#{n}", {"id": f"{n}", "text": f"{LABELS[n % 3]} {HOSTILE[n % 7]}"})
        for n in range(count)
    ]


def load_page(
    desk: Any, items: Sequence[Item], gold_items: Sequence[Item] = (), *, name: str = "first", **changes: Any
) -> None:
    """Load Items under the packaged template for short texts, as a person would."""
    project = a_project(**changes)
    plans = plan_hits(
        items,
        list(gold_items),
        items_per_hit=project.items_per_hit,
        gold_per_hit=project.gold.per_hit,
        overlap=project.overlap,
        seed=1,
    )
    template = read_template("text-classification", [ROOT / "hit_templates"])
    mixed_in = frozenset(one.key for one in gold_items)
    load(
        desk.store,
        project,
        template,
        plans,
        name=name,
        mixed_in=mixed_in,
        tariff=Tariff(),
        seed=1,
        now=desk.clock(),
        items=items,
    )


def first_word(text: str) -> str:
    """The label that one of these Items deserves: the first of the labels in its text."""
    return next((word for word in text.split() if word in LABELS), LABELS[0])


def mostly(share: int) -> Callable[[str], str]:
    """A Worker who errs on every so many-th text, by its length."""

    def answer(text: str) -> str:
        said = first_word(text)
        return LABELS[(LABELS.index(said) + 1) % 3] if len(text) % share == 0 else said

    return answer


_made: dict[str, tuple[bytes, bytes, datetime]] = {}


def made_once(desk: Any, name: str, make: Callable[[], None]) -> None:
    """Give a desk what `make` makes: made by the first test that wants it, copied for all others of this process."""
    engines = desk.store.engine, desk.marketplace.engine
    if name not in _made:
        make()
        for engine in engines:
            with engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        store, market = (Path(str(engine.url.database)).read_bytes() for engine in engines)
        _made[name] = store, market, desk.clock()
        return
    store, market, now = _made[name]
    rewrite(engines[0], store)
    rewrite(engines[1], market)
    desk.clock.advance(now - desk.clock())


def a_labelled_batch(desk: Any, items: Sequence[Item], *, overlap: int = 4, **changes: Any) -> None:
    """A Batch that is over, with Labels of which some are in doubt."""
    settings = {"lifetime": "3d", "payment": {"rejection": "never", "decide_within": "30d"}, "budget": "50.00"}
    load_page(desk, items, some_gold(6), overlap=overlap, **(settings | changes))
    desk.publish()
    for number, name in enumerate(desk.workers(overlap)):
        desk.work(name, mostly(2 + number))
    desk.collect()
    desk.pass_time(days=4)
    desk.collect()
    label(desk.store, desk.batch(), desk.clock())
