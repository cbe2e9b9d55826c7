"""The reports in all their forms, as cron, CI and meetings ask for them."""

from __future__ import annotations

import contextlib
import csv
import json
import sqlite3
import sys
from pathlib import Path

import pytest
from commands import Command, one_error
from jsonschema import Draft202012Validator
from prometheus_client.parser import text_string_to_metric_families

REPORTS = ("budget", "quality", "workers", "fairness")


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_follows_the_schema_that_the_command_prints(worked: Command, name: str) -> None:
    schema = json.loads(worked("report", "schema", name).stdout)
    Draft202012Validator(schema).validate(worked("report", name, "--json").document)


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_has_every_form(worked: Command, name: str) -> None:
    assert list(csv.DictReader(worked("report", name, "--format", "csv").stdout.splitlines()))
    assert worked("report", name, "--format", "md").stdout.startswith(f"# {name.capitalize()}\n")
    assert list(text_string_to_metric_families(worked("report", name, "--format", "prometheus").stdout))
    assert "first" in worked("report", name).stdout or name == "workers"
    worked("report", name, "--format", "html", "--out", "report.html")
    assert Path("report.html").read_text().startswith("<!doctype html>")


@pytest.mark.parametrize("name", REPORTS)
def test_an_empty_store_has_every_report(lab: Command, name: str) -> None:
    schema = json.loads(lab("report", "schema", name).stdout)
    Draft202012Validator(schema).validate(lab("report", name, "--json").document)
    for form in ("table", "csv", "md", "prometheus", "html"):
        assert lab("report", name, "--format", form).exit_code == 0


@pytest.mark.parametrize("name", REPORTS)
def test_an_unknown_batch_and_a_wrong_day_are_one_error(worked: Command, name: str) -> None:
    unknown = worked("report", name, "--batch", "thrid")
    assert unknown.exit_code == 2
    assert "There are: first, second" in one_error(unknown)
    wrong = worked("report", name, "--since", "31.12.2025")
    assert wrong.exit_code == 2
    assert "2026-03-02" in one_error(wrong)


@pytest.mark.parametrize(
    ("name", "option"),
    [("budget", "--fail-over"), ("fairness", "--fail-over"), ("quality", "--fail-under"), ("workers", "--fail-under")],
)
@pytest.mark.parametrize("share", ["nan", "-nan", "1.01"])
def test_a_limit_that_nothing_can_pass_is_refused(lab: Command, name: str, option: str, share: str) -> None:
    refused = lab("report", name, option, share)
    assert refused.exit_code == 2
    assert option in one_error(refused)


def test_a_batch_that_was_only_loaded_is_said_to_be_so(worked: Command) -> None:
    shown = worked("report", "budget", "--batch", "second").stdout
    assert "No end is forecast: nothing is published yet." in shown
    assert "Nothing can be said about accuracy yet." in worked("report", "quality", "--batch", "second").stdout
    assert "Nobody has submitted work yet." in worked("report", "workers", "--batch", "second").stdout
    assert "Nothing was decided yet." in worked("report", "fairness", "--batch", "second").stdout


def test_a_mark_lets_the_next_report_say_what_changed(worked: Command) -> None:
    assert worked("report", "budget", "--json").document["delta"] is None
    assert worked("report", "budget", "--mark").exit_code == 0
    assert worked("publish", "--batch", "second", "--yes").exit_code == 0
    changes = worked("report", "budget", "--json").document["delta"]["changes"]
    assert changes["reserved"] == -changes["available"] > 0
    assert changes["deposited"] == 0
    assert worked("report", "budget", "--batch", "first", "--json").document["delta"] is None


def test_looking_does_not_move_the_mark(worked: Command) -> None:
    worked("report", "workers", "--mark")
    first = worked("report", "workers", "--json").document["delta"]["at"]
    assert worked("report", "workers", "--json").document["delta"]["at"] == first


def test_quality_below_a_threshold_exits_3_after_the_report_was_written(worked: Command) -> None:
    worked("label", "--batch", "first")
    result = worked("report", "quality", "--batch", "first", "--json", "--fail-under", "1")
    assert result.exit_code == 3
    assert result.document["batches"][0]["accuracy"] < 1
    assert worked("report", "quality", "--batch", "first", "--fail-under", "0").exit_code == 0


def test_an_accuracy_that_nobody_knows_is_not_good_enough(worked: Command) -> None:
    result = worked("report", "quality", "--batch", "second", "--fail-under", "0")
    assert result.exit_code == 3
    assert "the accuracy of second is unknown" in result.stderr


def test_gold_answers_below_a_threshold_exit_3(worked: Command) -> None:
    assert worked("report", "workers", "--fail-under", "1").exit_code == 0
    assert worked("report", "workers", "--batch", "second", "--fail-under", "0").exit_code == 3
    with contextlib.closing(sqlite3.connect("crowdbroker-data/store.db")) as store, store:
        store.execute("UPDATE item SET accepted = '[\"positive\"]' WHERE json_array_length(accepted) > 0")
    result = worked("report", "workers", "--fail-under", "0.5")
    assert result.exit_code == 3
    assert "of the gold answers are right, and 50.0% was asked for" in result.stderr


def test_no_refusal_passes_no_cap(worked: Command) -> None:
    assert worked("report", "fairness", "--fail-over", "0").exit_code == 0


def test_plots_are_written_beside_the_report(worked: Command) -> None:
    result = worked("report", "budget", "--plots", "plots", "--json")
    assert result.exit_code == 0
    assert sorted(path.name for path in Path("plots").iterdir()) == ["burn-down.png", "burn-down.svg"]
    assert result.stderr == "2 files in plots\n"


def test_without_the_extra_a_page_comes_without_charts_and_plots_are_refused(
    worked: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    page = worked("report", "budget", "--format", "html")
    assert page.exit_code == 0
    assert "<svg" not in page.stdout
    assert "The charts are missing" in page.stdout
    assert "pip install 'crowdbroker[report]'" in page.stderr
    refused = worked("report", "budget", "--plots", "plots", "--out", "b.txt")
    assert refused.exit_code == 2
    assert "pip install 'crowdbroker[report]'" in one_error(refused)


def test_a_webhook_is_checked_before_anything_is_read(worked: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    no_secret = worked("report", "budget", "--webhook", "http://127.0.0.1:1/x")
    assert no_secret.exit_code == 2
    assert "CROWDBROKER_WEBHOOK_SECRET is not set" in one_error(no_secret)
    monkeypatch.setenv("CROWDBROKER_WEBHOOK_SECRET", "0123456789abcdef")
    assert worked("report", "budget", "--webhook", "nowhere").exit_code == 2
    nobody = worked("report", "budget", "--json", "--webhook", "http://127.0.0.1:1/x")
    assert nobody.exit_code == 1
    assert nobody.document["schema"] == "crowdbroker/budget/1"
    assert "could not be reached" in nobody.stderr


def test_a_report_into_a_folder_that_is_not_there_is_one_error(worked: Command) -> None:
    for form in ("json", "csv", "md", "html", "prometheus", "table"):
        result = worked("report", "budget", "--format", form, "--out", "no/report")
        assert result.exit_code == 2, form
        one_error(result)


def test_the_schema_of_no_report_is_refused(lab: Command) -> None:
    assert lab("report", "schema", "everything").exit_code == 2
