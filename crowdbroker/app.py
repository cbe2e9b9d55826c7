"""The composition root: settings become a store, a marketplace and a clock. Nothing else chooses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from crowdbroker.domain.money import Tariff
from crowdbroker.errors import StoreUnusable
from crowdbroker.settings import Profile, Settings

if TYPE_CHECKING:
    from crowdbroker.marketplace import Marketplace
    from crowdbroker.mturk.client import MTurk
    from crowdbroker.store.store import Store


EMBEDDED_KEY = "embedded"
"""The embedded marketplace takes any key; the SDK wants one."""


def utc_now() -> datetime:
    """The real clock."""
    return datetime.now(UTC)


def open_marketplace(url: str, *, clock: Callable[[], datetime] = utc_now) -> Marketplace:
    """The marketplace on a database.

    Raises:
        StoreUnusable: it cannot be opened, or holds something else.
    """
    from crowdbroker.marketplace import Marketplace, MarketplaceUnusable

    try:
        return Marketplace.open(url, clock=clock)
    except MarketplaceUnusable as error:
        raise StoreUnusable(
            f"the marketplace's database {url} cannot be used: {error}", remedy="Check data_dir, or --database."
        ) from error


class App:
    """What the commands work with; each part is made when it is first asked for.

    Args:
        clock: gives aware UTC times, to the broker and to the embedded marketplace alike.
        embedded: an embedded marketplace that somebody else opened and closes.
    """

    def __init__(
        self, settings: Settings, *, clock: Callable[[], datetime] = utc_now, embedded: Marketplace | None = None
    ) -> None:
        self.settings = settings
        self.clock = clock
        self._given = embedded

    @property
    def profile(self) -> Profile:
        """The profile in use."""
        return self.settings.chosen

    @property
    def tariff(self) -> Tariff:
        """The fees of the profile's marketplace."""
        return self.profile.tariff

    @property
    def marketplace(self) -> str:
        """What a Batch remembers of where it was published."""
        return self.profile.marketplace

    @cached_property
    def store(self) -> Store:
        """The broker's database, made or migrated where needed."""
        from crowdbroker.store.store import Store

        return Store.open(self.settings.store_url)

    @property
    def existing_store(self) -> Store | None:
        """The broker's database where there is one already: a command that only looks makes none."""
        url = self.settings.store_url
        return None if url.startswith("sqlite:///") and not Path(url[len("sqlite:///") :]).exists() else self.store

    @cached_property
    def embedded(self) -> Marketplace:
        """The marketplace inside this process."""
        return self._given or open_marketplace(self.settings.marketplace_url, clock=self.clock)

    @cached_property
    def market(self) -> MTurk:
        """The MTurk API of the profile in use."""
        from crowdbroker.mturk.client import MTurk
        from crowdbroker.mturk.connect import connect

        profile = self.profile
        if profile.endpoint_url is None:
            from crowdbroker.marketplace.in_process import answer_in_process

            answer = answer_in_process(self.embedded)
            return MTurk(connect(None, access_key=EMBEDDED_KEY, secret_key=EMBEDDED_KEY, answer=answer))
        keys = [key.get_secret_value() if key else None for key in (profile.access_key, profile.secret_key)]
        return MTurk(connect(profile.endpoint_url, access_key=keys[0], secret_key=keys[1]))

    def close(self) -> None:
        """Close what was opened here."""
        for part in ("store", "embedded"):
            opened = self.__dict__.pop(part, None)
            if opened is not None and opened is not self._given:
                opened.close()
