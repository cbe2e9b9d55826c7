"""Work that is held: status shows it with its reason, a person decides, and the money follows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from commands import LOAD, Command, one_error

PROJECT = Path("projects/reviews.toml")


def test_a_person_decides_on_what_is_held(lab: Command, colleagues: Callable[..., int]) -> None:
    PROJECT.write_text(PROJECT.read_text().replace("items_per_hit = 5", "items_per_hit = 1"))
    told = {f"gold {n}": ("positive", "negative")[n % 2] for n in range(12)}
    rows = "".join(f"g{n},{text},{label}\n" for n, (text, label) in enumerate(told.items()))
    Path("data/reviews-gold.csv").write_text("id,text,label\n" + rows)
    assert lab(*LOAD).exit_code == 0
    lab("publish", "--yes")
    colleagues("ann", "ben", says=lambda text: told.get(text, ("positive", "negative")[len(text) % 2]))
    colleagues("cem", says=lambda _text: "neutral")
    assert lab("run", "--once", "--yes").exit_code == 0

    (batch,) = lab("status", "--json").document["batches"]
    first, second, *others = [one["assignment_id"] for one in batch["held"]]
    assert len(others) == 10
    assert "0 of 10 agreed" in batch["held"][0]["reason"]
    shown = lab("status").stdout
    assert f"{first} of " in shown
    assert "paid by itself " in shown
    assert "decide: crowdbroker judge --batch first --approve ASSIGNMENT, or --reject" in shown

    assert "a refusal needs a reason" in one_error(lab("judge", "--reject", first))
    approved = lab("judge", "--approve", first, "--approve", second)
    assert approved.stdout == "2 Assignments decided by hand. Next: crowdbroker settle --batch first\n"
    reason = ("--reason", "All your answers were the same.")
    refused = lab("judge", *(word for one in others for word in ("--reject", one)), *reason, "--json")
    assert refused.document == {"schema": "crowdbroker/judge/1", "approved_by_hand": 0, "rejected_by_hand": 10}
    again = lab("judge", "--reject", first, *reason)
    assert again.exit_code == 2
    assert f"no Assignment '{first}' of the Batch is held" in one_error(again)

    assert lab("settle", "--dry-run", "--json").document["refusals"] == 10
    assert lab("settle", "--yes").exit_code == 0
    (batch,) = lab("status", "--json").document["batches"]
    assert batch["assignments"] == {"submitted": 0, "held": 0, "approved": 26, "rejected": 10}
    money = batch["money_cents"]
    assert (money["owed"], money["rewards"], money["fees"]) == (0, 26 * 20, 26 * 4)
    workers = lab("export", "--what", "workers", "--json").document["workers"]
    assert [(one["refused"], one["excluded"]) for one in workers if one["refused"]] == [(10, "yes")]
