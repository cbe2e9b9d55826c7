"""The composition root: settings become a store, a marketplace and a clock. Nothing else chooses."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crowdbroker.domain.money import Tariff
from crowdbroker.errors import SettingsError, StoreUnusable
from crowdbroker.settings import Profile, Settings

if TYPE_CHECKING:
    from crowdbroker.marketplace import Marketplace
    from crowdbroker.marketplace import Tariff as MarketplaceTariff
    from crowdbroker.mturk.client import MTurk
    from crowdbroker.mturk.events import EventQueue
    from crowdbroker.store.store import Store


EMBEDDED_KEY = "embedded"
"""The embedded marketplace takes any key; the SDK wants one."""


def utc_now() -> datetime:
    """The real clock."""
    return datetime.now(UTC)


def open_marketplace(
    url: str,
    *,
    clock: Callable[[], datetime] = utc_now,
    tariff: Tariff = Tariff(),  # noqa: B008  frozen
    fidelity: Mapping[str, Any] | None = None,
    notifications: Mapping[str, Any] | None = None,
) -> Marketplace:
    """The marketplace on a database; CROWDBROKER_MARKETPLACE_KEY seals its requesters' secrets.

    Args:
        tariff: the fees that it takes, in the broker's words.
        fidelity: the fidelity switches of the settings, by name.
        notifications: how events leave, by the names of the settings.

    Raises:
        SettingsError: there is no such fidelity switch, or it cannot have this value.
        StoreUnusable: it cannot be opened, or holds something else.
    """
    from crowdbroker.marketplace import Marketplace, MarketplaceUnusable
    from crowdbroker.marketplace.fidelity import FidelityRefused, read_fidelity
    from crowdbroker.marketplace.notifications.transports import Transports
    from crowdbroker.marketplace.sealing import KEY_VARIABLE

    try:
        return Marketplace.open(
            url,
            clock=clock,
            tariff=_charged(tariff),
            fidelity=read_fidelity(fidelity or {}),
            master_key=os.environ.get(KEY_VARIABLE),
            transports=Transports(**(notifications or {})),
        )
    except FidelityRefused as error:
        raise SettingsError(
            f"[marketplace.fidelity] {error}", remedy="Correct the switch in the settings, or leave it out."
        ) from error
    except MarketplaceUnusable as error:
        raise StoreUnusable(
            f"the marketplace's database {url} cannot be used: {error}", remedy="Check data_dir, or --database."
        ) from error


def _charged(tariff: Tariff) -> MarketplaceTariff:
    """The marketplace's own form of a tariff: the two sides share no rule, only the settings."""
    from crowdbroker.marketplace import Tariff as MarketplaceTariff

    return MarketplaceTariff(
        reward_percent=tariff.reward_percent,
        large_hit_percent=tariff.many_places_percent,
        large_hit_from=tariff.many_places_from,
        masters_percent=tariff.masters_percent,
        reward_minimum_cents=tariff.minimum_cents,
        bonus_percent=tariff.bonus_percent,
        bonus_minimum_cents=tariff.minimum_cents,
    )


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
        return self._given or self.open_own()

    def open_own(self, url: str | None = None) -> Marketplace:
        """A marketplace of one's own, opened once more; the caller closes it.

        Args:
            url: another database than the settings'.

        Raises:
            StoreUnusable: it cannot be opened, or holds something else.
        """
        settings = self.settings
        ours = settings.marketplace
        return open_marketplace(
            url or settings.marketplace_url,
            clock=self.clock,
            tariff=ours.tariff,
            fidelity=ours.fidelity,
            notifications=ours.notifications.model_dump(),
        )

    @cached_property
    def market(self) -> MTurk:
        """The MTurk API of the profile in use."""
        from crowdbroker.mturk.client import MTurk
        from crowdbroker.mturk.connect import connect
        from crowdbroker.store.call_rates import CallRates

        profile = self.profile
        keys = [key.get_secret_value() if key else None for key in (profile.access_key, profile.secret_key)]
        if profile.endpoint_url is None:
            from crowdbroker.marketplace.in_process import answer_in_process

            answer = answer_in_process(self.embedded)
            # Inside the process the access key alone says which requester this is; the default one needs none.
            client = connect(None, access_key=keys[0] or EMBEDDED_KEY, secret_key=EMBEDDED_KEY, answer=answer)
        else:
            client = connect(profile.endpoint_url, access_key=keys[0], secret_key=keys[1])
        store = self.existing_store
        pace = CallRates(store, client.meta.endpoint_url, self.clock) if store is not None else None
        return MTurk(client, pace=pace)

    @property
    def event_queue(self) -> EventQueue | None:
        """The queue that events come from, where the settings name one."""
        from crowdbroker.mturk.events import EventQueue

        asked = self.settings.events
        if asked.queue_url is None:
            return None
        return EventQueue(asked.queue_url, endpoint_url=asked.sqs_endpoint_url, region=asked.region)

    def close(self) -> None:
        """Close what was opened here."""
        for part in ("store", "embedded"):
            opened = self.__dict__.pop(part, None)
            if opened is not None and opened is not self._given:
                opened.close()
