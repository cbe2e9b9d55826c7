from __future__ import annotations

from pathlib import Path

import pytest

from crowdbroker.app import App, open_marketplace
from crowdbroker.errors import SettingsError
from crowdbroker.marketplace.requesters import add_requester
from crowdbroker.settings import read_settings


def settings_file(folder: Path, text: str) -> Path:
    path = folder / "crowdbroker.toml"
    path.write_text(f'profile = "embedded"\n[profiles.embedded]\n{text}')
    return path


def test_the_settings_switches_are_in_force_in_the_embedded_marketplace(tmp_path):
    text = '[marketplace]\nfidelity = { seed = 3, list_lag_s = 5, throttle_per_s = { "*" = 2 } }\n'
    app = App(read_settings(settings_file(tmp_path, text)))
    assert app.embedded.fidelity.on() == {"seed": 3, "list_lag_s": 5, "throttle_per_s": {"*": 2}}
    app.close()


def test_a_switch_that_does_not_exist_is_told_with_its_place(tmp_path):
    app = App(read_settings(settings_file(tmp_path, "[marketplace.fidelity]\ncolour = 1\n")))
    with pytest.raises(SettingsError, match=r"\[marketplace.fidelity\] colour"):
        _ = app.embedded


def test_a_profile_without_an_endpoint_may_say_which_requester_it_is(tmp_path):
    text = 'access_key = "AKIALAB"\nsecret_key = "a secret of it"\n'
    app = App(read_settings(settings_file(tmp_path, text)))
    assert app.market.balance_cents() == 1_000_000
    add_requester(app.embedded, "Lab", deposit_cents=77, access_key="AKIALAB", secret_key="a secret of it")
    assert app.market.balance_cents() == 77
    app.close()


def test_secrets_are_sealed_with_the_environments_key_where_it_is_set(tmp_path, monkeypatch):
    monkeypatch.setenv("CROWDBROKER_MARKETPLACE_KEY", "a master key of some length")
    market = open_marketplace(f"sqlite:///{tmp_path}/m.db")
    add_requester(market, "Lab")
    market.close()
    assert not (tmp_path / "marketplace.key").exists()
