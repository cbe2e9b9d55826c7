"""Our own description of the API says what Amazon's said, as long as that can be compared, and boto3 works with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.session import Session

from crowdbroker.cli.install_model import write_model
from crowdbroker.marketplace.in_process import answer_in_process
from crowdbroker.marketplace.service_model import paginators, service_model

OURS = ServiceModel(service_model(), "mturk")
LOADER = Loader()
THEIRS = ServiceModel(LOADER.load_service_model("mturk", "service-2"), "mturk")


def described(shape: Any, path: tuple[str, ...] = ()) -> Any:
    """A shape as types alone: whole numbers are whole numbers, and recursion ends."""
    if shape is None:
        return {}
    if shape.type_name == "structure":
        assert len(path) < 10
        return {name: described(member, (*path, name)) for name, member in shape.members.items()}
    if shape.type_name == "list":
        return [described(shape.member, path)]
    return "integer" if shape.type_name == "long" else shape.type_name


def required(shape: Any) -> set[str]:
    return set(shape.required_members) if shape is not None else set()


def test_there_are_the_same_operations() -> None:
    assert set(OURS.operation_names) == set(THEIRS.operation_names)
    assert len(OURS.operation_names) == 39


@pytest.mark.parametrize("name", THEIRS.operation_names)
def test_an_operation_asks_for_and_answers_the_same(name: str) -> None:
    ours, theirs = OURS.operation_model(name), THEIRS.operation_model(name)
    assert described(ours.input_shape) == described(theirs.input_shape)
    assert required(ours.input_shape) == required(theirs.input_shape)
    assert described(ours.output_shape) == described(theirs.output_shape)
    assert {error.name for error in ours.error_shapes} == {error.name for error in theirs.error_shapes}


def test_what_a_request_carries_is_the_same() -> None:
    for name in ("apiVersion", "endpointPrefix", "jsonVersion", "serviceId", "signatureVersion", "targetPrefix"):
        assert OURS.metadata[name] == THEIRS.metadata[name]


def test_the_pages_are_the_same() -> None:
    assert paginators() == LOADER.load_service_model("mturk", "paginators-1")


def test_boto3_works_with_our_description_alone(tmp_path: Path, desk: Any) -> None:
    write_model(tmp_path / "models")
    core = Session()
    lone = Loader(extra_search_paths=[str(tmp_path / "models")], include_default_search_paths=False)
    whole = core.get_component("data_loader")

    class Ours:
        """The SDK's own data, but for mturk."""

        def __getattr__(self, name: str) -> Any:
            return getattr(whole, name)

        def load_service_model(self, service: str, kind: str, api_version: str | None = None) -> Any:
            return (lone if service == "mturk" else whole).load_service_model(service, kind, api_version)

        def determine_latest_version(self, service: str, kind: str) -> Any:
            return (lone if service == "mturk" else whole).determine_latest_version(service, kind)

    core.register_component("data_loader", Ours())
    session = boto3.Session(
        botocore_session=core, region_name="us-east-1", aws_access_key_id="k", aws_secret_access_key="s"
    )
    client = session.client("mturk", endpoint_url="http://marketplace.invalid")
    client.meta.events.register("before-send.mturk", answer_in_process(desk.market))
    ann = desk.worker()
    places = [desk.done(desk.hit(), ann) for _ in range(3)]
    client.approve_assignment(AssignmentId=places[0], RequesterFeedback="Thanks")
    assert client.get_account_balance()["AvailableBalance"] == "9999.82"
    pages = client.get_paginator("list_hits").paginate(PaginationConfig={"PageSize": 2})
    assert sum(len(page["HITs"]) for page in pages) == 3
    with pytest.raises(client.exceptions.RequestError, match="does not exist"):
        client.get_hit(HITId="3NOTHERE")
