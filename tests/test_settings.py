"""Where settings are found, what goes before what, and what a mistake is answered with."""

from __future__ import annotations

from pathlib import Path

import pytest

from crowdbroker.errors import SettingsError
from crowdbroker.packaged import packaged
from crowdbroker.settings import Profile, find_settings, read_settings


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder of every test, empty."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(path: Path, text: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text or "[profiles.embedded]\n", encoding="utf-8")
    return path


def test_the_order_of_search(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_settings() == packaged("config") / "crowdbroker.toml"
    written(folder / "config" / "crowdbroker.toml")
    assert find_settings().resolve() == folder / "config" / "crowdbroker.toml"
    written(folder / "crowdbroker.toml")
    assert find_settings().resolve() == folder / "crowdbroker.toml"
    named = written(folder / "by-environment.toml")
    monkeypatch.setenv("CROWDBROKER_CONFIG", str(named))
    assert find_settings() == named
    assert find_settings(written(folder / "by-option.toml")) == folder / "by-option.toml"


@pytest.mark.parametrize("by_option", [True, False])
def test_a_named_file_that_is_missing_is_no_reason_to_look_elsewhere(
    folder: Path, monkeypatch: pytest.MonkeyPatch, by_option: bool
) -> None:
    written(folder / "crowdbroker.toml")
    if not by_option:
        monkeypatch.setenv("CROWDBROKER_CONFIG", "nowhere.toml")
    with pytest.raises(SettingsError, match=r"there is no settings file nowhere\.toml") as caught:
        read_settings(Path("nowhere.toml") if by_option else None)
    assert "--config" in caught.value.remedy
    assert caught.value.exit_code == 2


def test_an_empty_variable_names_no_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CROWDBROKER_CONFIG", "")
    assert find_settings() == packaged("config") / "crowdbroker.toml"


def test_the_packaged_settings_work_in_the_current_folder(folder: Path) -> None:
    settings = read_settings()
    assert settings.profile == "embedded"
    assert settings.data_dir == folder / "crowdbroker-data"
    assert settings.store_url == f"sqlite:///{folder}/crowdbroker-data/store.db"
    assert settings.marketplace_url == f"sqlite:///{folder}/crowdbroker-data/marketplace.db"
    assert settings.template_folders == [folder / "hit_templates", packaged("hit_templates")]


def test_the_packaged_profiles_say_which_service_is_hosted() -> None:
    profiles = read_settings().profiles
    assert {name for name, profile in profiles.items() if profile.hosted} == {"sandbox", "production"}
    assert profiles["embedded"].endpoint_url is None


@pytest.mark.parametrize("place", ["", "config"])
def test_data_lies_beside_the_file_or_beside_its_config_folder(
    folder: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    home = folder / "home"
    path = written(home / place / "crowdbroker.toml")
    assert read_settings(path).data_dir == home / "crowdbroker-data"
    monkeypatch.chdir(home)
    assert read_settings().data_dir == home / "crowdbroker-data"
    assert read_settings().template_folders[0] == home / "hit_templates"


def test_a_relative_folder_is_relative_to_the_file(folder: Path) -> None:
    path = written(folder / "elsewhere" / "own.toml", 'data_dir = "../data"\n[profiles.embedded]\n')
    assert read_settings(path).data_dir.resolve() == folder / "data"


def test_an_absolute_folder_is_what_it_is(folder: Path) -> None:
    path = written(folder / "own.toml", f'data_dir = "{folder}/x"\n[profiles.embedded]\n')
    assert read_settings(path).data_dir == folder / "x"


def test_the_environment_goes_before_the_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(folder / "crowdbroker.toml", 'profile = "a"\ndata_dir = "b"\ndatabase_url = "c"\n[profiles.x]\n')
    monkeypatch.setenv("CROWDBROKER_PROFILE", "x")
    monkeypatch.setenv("CROWDBROKER_DATA_DIR", "/y")
    monkeypatch.setenv("CROWDBROKER_DATABASE_URL", "sqlite:////z.db")
    settings = read_settings()
    assert (settings.profile, settings.data_dir, settings.store_url) == ("x", Path("/y"), "sqlite:////z.db")
    assert settings.chosen == Profile()
    assert settings.marketplace_url == "sqlite:////y/marketplace.db"


def test_only_settings_come_from_the_environment(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CROWDBROKER_BASE", "/elsewhere")
    monkeypatch.setenv("CROWDBROKER_SOURCE", "/elsewhere")
    assert read_settings().base == folder


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('profle = "x"', "there is no setting 'profle'; did you mean 'profile'?"),
        ('data_dri = "x"', "there is no setting 'data_dri'; did you mean 'data_dir'?"),
        ('source = "x"', "there is no setting 'source'"),
        ("profile = 5", "profile:"),
        ("data_dir = 5", "data_dir:"),
        ("data_dir = []", "data_dir:"),
        ("profiles = 5", "profiles:"),
        ("profile =", "is no TOML file"),
        ("[marketplace]\npublic_url = 'work.example'", "marketplace.public_url:"),
        ("[marketplace]\npublic_url = 'https://work.example/site'", "marketplace.public_url:"),
        ("[marketplace]\nsite_name = ''", "marketplace.site_name:"),
        ("[profiles.a]\nhosted = 'perhaps'", "profiles.a.hosted:"),
        ("[profiles.a.tariff]\nreward_percnt = 5", "profiles.a.tariff.reward_percnt"),
        ("[profiles.a]\nendpont_url = 'http://x'", "there is no setting 'profiles.a.endpont_url'"),
    ],
)
def test_a_mistake_is_named_with_its_file(folder: Path, text: str, says: str) -> None:
    path = written(folder / "own.toml", text)
    with pytest.raises(SettingsError) as caught:
        read_settings(path)
    assert str(path) in caught.value.message
    assert says in caught.value.message


def test_a_file_that_is_not_utf8_is_refused(folder: Path) -> None:
    path = folder / "own.toml"
    path.write_bytes(b'profile = "\xff"')
    with pytest.raises(SettingsError, match="is no TOML file"):
        read_settings(path)


def test_a_profile_that_does_not_exist_is_refused_with_those_that_do(folder: Path) -> None:
    path = written(folder / "own.toml", 'profile = "c"\n[profiles.a]\n[profiles.b]\n')
    with pytest.raises(SettingsError, match="there is no profile 'c'") as caught:
        _ = read_settings(path).chosen
    assert "a, b" in caught.value.remedy


def test_keys_are_not_shown(folder: Path) -> None:
    path = written(folder / "own.toml", '[profiles.embedded]\naccess_key = "K3Y"\nsecret_key = "s3cret"\n')
    settings = read_settings(path)
    assert "s3cret" not in repr(settings)
    assert "s3cret" not in settings.model_dump_json()
    assert settings.chosen.secret_key is not None
    assert settings.chosen.secret_key.get_secret_value() == "s3cret"


def test_a_tariff_of_ones_own(folder: Path) -> None:
    path = written(folder / "own.toml", "[profiles.embedded]\ntariff = { reward_percent = 0, minimum_cents = 0 }\n")
    assert read_settings(path).chosen.tariff.reward_fee(5, places=9) == 0


@pytest.mark.parametrize(
    ("endpoint_url", "marketplace"),
    [
        (None, "own"),
        ("http://127.0.0.1:8642", "own"),
        ("http://localhost:8642", "own"),
        ("http://[::1]:8642", "own"),
        ("http://turk.lab.example:8642", "http://turk.lab.example:8642"),
        ("https://mturk-requester.us-east-1.amazonaws.com", "https://mturk-requester.us-east-1.amazonaws.com"),
    ],
)
def test_what_a_batch_remembers_of_where_it_was_published(endpoint_url: str | None, marketplace: str) -> None:
    assert Profile(endpoint_url=endpoint_url).marketplace == marketplace


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        read_settings().profile = "other"


def test_a_relative_database_is_relative_to_the_settings_file(tmp_path: Path) -> None:
    file = tmp_path / "lab" / "crowdbroker.toml"
    file.parent.mkdir()
    file.write_text('database_url = "sqlite:///books/store.db"\n', encoding="utf-8")
    assert read_settings(file).store_url == f"sqlite:///{tmp_path}/lab/books/store.db"
    file.write_text(f'database_url = "sqlite:///{tmp_path}/store.db"\n', encoding="utf-8")
    assert read_settings(file).store_url == f"sqlite:///{tmp_path}/store.db"
