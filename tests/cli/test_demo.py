from __future__ import annotations

from pathlib import Path

import pytest
from commands import Command, one_error


def test_demo_as_json_is_one_document_and_the_story_is_on_stderr(crowdbroker: Command) -> None:
    result = crowdbroker("demo", "--items", "10", "--json")
    assert result.exit_code == 0
    assert result.document["schema"] == "crowdbroker/demo/1"
    assert result.document["items"] == 10
    assert "10 reviews are to be labelled" in result.stderr
    assert Path("crowdbroker-data/demo/labels.csv").is_file()


def test_the_ending_tells_refusals_first_then_labels_money_and_files(crowdbroker: Command) -> None:
    result = crowdbroker("demo", "--items", "10", "--workdir", "here")
    titles = [line.split()[0] for line in result.stdout.splitlines() if line and not line.startswith(" ")]
    assert titles == ["Refused", "Excluded", "Assignments", "Labels", "Money", "Files", "Time", "Look"]
    assert "$75.00 deposited, the sum of these; the marketplace's books say the same" in result.stdout
    assert str(Path("here/labels.csv").resolve()) in result.stdout


def test_neither_the_environment_nor_a_broken_settings_file_disturbs_the_demo(
    crowdbroker: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("crowdbroker.toml").write_text("profile = [")
    monkeypatch.setenv("CROWDBROKER_CONFIG", "/nowhere.toml")
    monkeypatch.setenv("CROWDBROKER_PROFILE", "production")
    monkeypatch.setenv("CROWDBROKER_DATABASE_URL", "sqlite:///elsewhere.db")
    monkeypatch.setenv("CROWDBROKER_DATA_DIR", "elsewhere")
    assert crowdbroker("demo", "--items", "5", "--json").exit_code == 0
    assert sorted(path.name for path in Path().iterdir()) == ["crowdbroker-data", "crowdbroker.toml"]


def test_replay_and_truth_belong_together(crowdbroker: Command) -> None:
    result = crowdbroker("demo", "--replay", "answers.csv")
    assert result.exit_code == 2
    assert "field '--replay, --truth': a replay needs both" in one_error(result)


def test_a_replay_says_that_nobody_was_refused(crowdbroker: Command) -> None:
    Path("answers.csv").write_text(
        "task,worker,label\n" + "".join(f"t{n},w{w},{n % 2}\n" for n in range(9) for w in "ab")
    )
    Path("truth.csv").write_text("task,truth\n" + "".join(f"t{n},{n % 2}\n" for n in range(9)))
    result = crowdbroker("demo", "--replay", "answers.csv", "--truth", "truth.csv")
    assert result.exit_code == 0
    assert "Refused       nobody\nExcluded      nobody\n" in result.stdout
    assert "100.0% right by Dawid-Skene" in result.stdout


def test_a_missing_recording_is_named(crowdbroker: Command) -> None:
    result = crowdbroker("demo", "--replay", "no.csv", "--truth", "no.csv")
    assert result.exit_code == 2
    assert "no.csv: no such file" in one_error(result)
