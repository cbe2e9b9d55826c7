"""From the settings file to the marketplace that sends."""

from __future__ import annotations

from pathlib import Path

import pytest

from crowdbroker.app import App
from crowdbroker.errors import SettingsError
from crowdbroker.settings import read_settings


def settings_file(folder: Path, notifications: str) -> Path:
    path = folder / "crowdbroker.toml"
    path.write_text(f'data_dir = "{folder}"\n[profiles.embedded]\n[marketplace]\nnotifications = {notifications}\n')
    return path


def test_the_settings_say_where_notifications_go(tmp_path: Path) -> None:
    own = '{ sqs_endpoint_url = "http://127.0.0.1:9324", private_webhooks = true, timeout_s = 2 }'
    market = App(read_settings(settings_file(tmp_path, own))).open_own()
    sends = market.transports
    market.close()
    assert (sends.sqs_endpoint_url, sends.sns_endpoint_url) == ("http://127.0.0.1:9324", None)
    assert (sends.private_webhooks, sends.timeout_s, sends.region) == (True, 2.0, "us-east-1")


@pytest.mark.parametrize("wrong", ['{ sqs_endpoint = "x" }', "{ timeout_s = 0 }", '{ private_webhooks = "often" }'])
def test_a_setting_that_does_not_exist_or_cannot_be_is_refused(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(SettingsError, match=r"marketplace\.notifications"):
        read_settings(settings_file(tmp_path, wrong))
