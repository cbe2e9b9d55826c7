from __future__ import annotations

import re

from commands import Command, one_error


def test_a_requesters_webhook_secret_is_shown_and_stays(lab: Command) -> None:
    shown = lab("marketplace", "webhook-secret")
    assert re.fullmatch(r"[0-9a-f]{64}\n", shown.stdout)
    assert lab("marketplace", "webhook-secret").stdout == shown.stdout
    lab("marketplace", "add-requester", "Speech lab")
    document = lab("marketplace", "webhook-secret", "Speech lab", "--json").document
    assert document["name"] == "Speech lab"
    assert document["secret"] != shown.stdout.strip()


def test_a_secret_that_has_leaked_is_replaced_by_another(lab: Command) -> None:
    lab("marketplace", "add-requester", "Speech lab")
    old = lab("marketplace", "webhook-secret", "Speech lab").stdout
    rotated = lab("marketplace", "webhook-secret", "Speech lab", "--rotate")
    assert re.fullmatch(r"[0-9a-f]{64}\n", rotated.stdout)
    assert rotated.stdout != old
    assert "the old one signs nothing any more" in rotated.stderr
    assert lab("marketplace", "webhook-secret", "Speech lab").stdout == rotated.stdout
    assert lab("marketplace", "webhook-secret", "Speech lab", "--rotate").stdout not in (old, rotated.stdout)


def test_an_unknown_requester_is_told_in_three_lines(lab: Command) -> None:
    result = lab("marketplace", "webhook-secret", "nobody")
    assert result.exit_code == 2
    assert "REQUESTER" in one_error(result)
