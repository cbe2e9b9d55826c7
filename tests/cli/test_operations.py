"""The table of operations is read from the code, and the service model says what must be in it."""

from __future__ import annotations

from botocore.session import get_session
from commands import Command


def test_every_operation_of_the_service_model_is_there_with_its_members(lab: Command) -> None:
    model = get_session().get_service_model("mturk")
    shown = lab("marketplace", "operations", "--json").document["operations"]
    assert {one["operation"]: one["members"] for one in shown if one["there"] == "yes"} == {
        name: len(members.members) if (members := model.operation_model(name).input_shape) else 0
        for name in model.operation_names
    }


def test_what_reads_and_what_changes_is_told(lab: Command) -> None:
    table = lab("marketplace", "operations").stdout
    assert "GetHIT" in table
    kinds = {line.split()[0]: line.split()[2] for line in table.splitlines()[1:]}
    assert (kinds["GetHIT"], kinds["SendBonus"], kinds["ListHITs"]) == ("reads", "changes", "reads")
