"""Frozen settings from one TOML file and the environment."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, SecretStr, ValidationError, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from crowdbroker.domain.money import Tariff
from crowdbroker.errors import SettingsError
from crowdbroker.formats.validation import explain
from crowdbroker.packaged import packaged

SETTINGS_FILE = "crowdbroker.toml"
DATA_DIR = "crowdbroker-data"
_SQLITE = "sqlite:///"


class Profile(BaseModel):
    """One marketplace to work with.

    Attributes:
        endpoint_url: where it answers; None: the embedded marketplace, inside this process.
        hosted: Amazon's own service, which is asked about before anything is sent.
        access_key, secret_key: None: the AWS SDK's own chain (environment, ~/.aws).
        tariff: the fees that it takes.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    endpoint_url: str | None = None
    hosted: bool = False
    access_key: SecretStr | None = None
    secret_key: SecretStr | None = None
    tariff: Tariff = Tariff()

    @property
    def marketplace(self) -> str:
        """What a Batch remembers of where it was published: `own` for this machine's marketplace, else the URL."""
        host = urlsplit(self.endpoint_url or "").hostname
        return "own" if host in (None, "localhost", "127.0.0.1", "::1") else str(self.endpoint_url)


class NotificationSettings(BaseModel):
    """How a marketplace of one's own sends events to requesters.

    Attributes:
        sqs_endpoint_url: where queues are; None: AWS.
        sns_endpoint_url: where topics are; None: AWS.
        region: the AWS region of what does not name one.
        private_webhooks: whether webhooks may go to this machine and to private networks.
        timeout_s: how long one message may take.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    sqs_endpoint_url: str | None = None
    sns_endpoint_url: str | None = None
    region: str = "us-east-1"
    private_webhooks: bool = False
    timeout_s: float = Field(default=5.0, gt=0, le=60)


class MarketplaceSettings(BaseModel):
    """How a marketplace of one's own does business; the profiles say how the broker works with one.

    Attributes:
        tariff: the fees that it takes; a profile that works with it states the same ones.
        yearly_threshold: from this sum of payouts in a year on, `marketplace totals` names the worker (USD).
        fidelity: the fidelity switches by name, read when the marketplace is opened.
        site_name: what workers read at the top of every page.
        public_url: scheme and host under which workers reach the site when a proxy stands before it; None: each
            answer names the host that its request named.
        metrics_token: what a scraper must show to read `/metrics`; None: this machine alone may.
        notifications: how events leave.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    tariff: Tariff = Tariff()
    yearly_threshold: str = Field(default="2000.00", pattern=r"^\d{1,9}(\.\d{1,2})?$")
    fidelity: dict[str, Any] = Field(default_factory=dict)
    site_name: str = Field(default="crowdbroker", pattern=r"^\S(.{0,58}\S)?$")
    public_url: str | None = Field(default=None, pattern=r"^https?://[A-Za-z0-9.\[\]:-]+/?$")
    metrics_token: SecretStr | None = None
    notifications: NotificationSettings = NotificationSettings()


class EventSettings(BaseModel):
    """How the broker hears of events; without them it lists all HITs in every round.

    Attributes:
        queue_url: an SQS queue; AWS's own chain of keys is used.
        sqs_endpoint_url: where queues are; None: AWS.
        region: of the queue.
        listen: host and port at which `run` takes signed webhooks.
        webhook_url: that place as the marketplace reaches it.
        webhook_secret: what `crowdbroker marketplace webhook-secret` shows.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    queue_url: str | None = None
    sqs_endpoint_url: str | None = None
    region: str = "us-east-1"
    listen: str | None = Field(default=None, pattern=r"^[^:/]+:\d{1,5}$")
    webhook_url: str | None = None
    webhook_secret: SecretStr | None = None

    @model_validator(mode="after")
    def _webhooks_are_signed(self) -> EventSettings:
        if (self.listen is None) != (self.webhook_secret is None):
            raise ValueError("listen and webhook_secret go together")
        return self


class _Environment(EnvSettingsSource):
    """The environment, but for what describes a marketplace: that stands in a file."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Nothing for `profiles`, `marketplace` and `events`."""
        in_the_file = field_name in ("profiles", "marketplace", "events")
        return (None, field_name, False) if in_the_file else super().get_field_value(field, field_name)


class Settings(BaseSettings):
    """What the composition root builds from.

    Environment variables override the file: CROWDBROKER_PROFILE, CROWDBROKER_DATA_DIR, CROWDBROKER_DATABASE_URL.
    """

    model_config = SettingsConfigDict(env_prefix="CROWDBROKER_", extra="forbid", frozen=True)

    profile: str = "embedded"
    data_dir: Path = Path(DATA_DIR)
    database_url: str | None = None
    profiles: dict[str, Profile] = Field(default_factory=dict)
    marketplace: MarketplaceSettings = MarketplaceSettings()
    events: EventSettings = EventSettings()

    _source: Path = PrivateAttr(default=Path(SETTINGS_FILE))
    _base: Path = PrivateAttr(default=Path())

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment goes before the file."""
        return _Environment(settings_cls), init_settings

    @property
    def source(self) -> Path:
        """The file that they were read from."""
        return self._source

    @property
    def base(self) -> Path:
        """The folder that holds `projects/` and `hit_templates/`."""
        return self._base

    @property
    def chosen(self) -> Profile:
        """The profile in use.

        Raises:
            SettingsError: there is no profile of that name.
        """
        if self.profile not in self.profiles:
            raise SettingsError(
                f"{self.source}: there is no profile {self.profile!r}",
                remedy=f"Set `profile` to one of: {', '.join(sorted(self.profiles))}.",
            )
        return self.profiles[self.profile]

    @property
    def store_url(self) -> str:
        """The broker's database."""
        return self.database_url or f"sqlite:///{self.data_dir / 'store.db'}"

    @property
    def marketplace_url(self) -> str:
        """The embedded marketplace's database, never the broker's."""
        return f"sqlite:///{self.data_dir / 'marketplace.db'}"

    @property
    def media_dir(self) -> Path:
        """Pictures and other files that the marketplace serves to workers, by their content."""
        return self.data_dir / "media"

    @property
    def template_folders(self) -> list[Path]:
        """Where HIT templates are looked for, first hit wins."""
        return [self.base / "hit_templates", packaged("hit_templates")]


def find_settings(config: Path | None = None) -> Path:
    """The settings file: --config, CROWDBROKER_CONFIG, the current folder, its `config` folder, the packaged one."""
    named = config or (Path(os.environ["CROWDBROKER_CONFIG"]) if os.environ.get("CROWDBROKER_CONFIG") else None)
    if named is not None:
        if not named.is_file():
            raise SettingsError(f"there is no settings file {named}", remedy="Check --config or CROWDBROKER_CONFIG.")
        return named
    usual = (Path(SETTINGS_FILE), Path("config") / SETTINGS_FILE)
    return next((path for path in usual if path.is_file()), packaged("config") / SETTINGS_FILE)


def read_settings(config: Path | None = None) -> Settings:
    """The settings in force.

    Relative paths are relative to the file; for the packaged file, to the current folder. Where `data_dir` is not
    given it lies beside the file, or beside the folder `config` that holds it.

    Raises:
        SettingsError: the file is missing, no TOML, or has a wrong or unknown setting.
    """
    path = find_settings(config)
    folder = Path.cwd() if path.is_relative_to(packaged("config")) else path.resolve().parent
    base = folder.parent if folder.name == "config" else folder
    try:
        values: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SettingsError(f"{path} is no TOML file: {error}", remedy="Correct the line that it names.") from error
    given = values.get("data_dir", str(base / DATA_DIR))
    values |= _placed_database(values.get("database_url"), folder)
    try:
        settings = Settings(**{**values, "data_dir": folder / given if isinstance(given, str) else given})
    except ValidationError as error:
        raise SettingsError(f"{path}: {explain(error, Settings)}") from error
    settings._source, settings._base = path, base
    return settings


def _placed_database(url: Any, folder: Path) -> dict[str, str]:
    """The database's URL where a file's relative path is taken from the settings' folder."""
    path = url.removeprefix(_SQLITE) if isinstance(url, str) and url.startswith(_SQLITE) else ""
    return {"database_url": f"{_SQLITE}{folder / path}"} if path and path != ":memory:" else {}
