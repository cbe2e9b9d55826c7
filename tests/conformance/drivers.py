"""Three real clients behind one face: each performs an operation of the API and says what it got."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import boto3
import npm
from botocore.config import Config
from botocore.exceptions import ClientError
from required import missing
from served import Keys

CLIENTS = Path(__file__).parent / "clients"
_AWS_ERROR = re.compile(r"An error occurred \((\w+)\) when calling the \w+ operation[^:]*: (.*)", re.DOTALL)


@dataclass(frozen=True)
class Refusal:
    """An error as a client shows it; `code` is None where the client does not tell the TurkErrorCode."""

    name: str
    code: str | None
    text: str


class Driver(Protocol):
    """One client. An output has epoch seconds for times, and no metadata of the client."""

    name: str

    def call(self, keys: Keys, operation: str, asked: dict[str, Any]) -> dict[str, Any] | Refusal: ...

    def pages(self, keys: Keys, operation: str, asked: dict[str, Any], key: str) -> dict[str, Any] | Refusal:
        """Read a list with the client's own paginator, one entry a page."""
        ...


class Boto3:
    """boto3; whoever listens gets each operation's name, status and raw reply."""

    name = "boto3"

    def __init__(self, address: str, listen: Callable[[str, int, bytes], None]) -> None:
        self._address = address
        self._listen = listen
        self._clients: dict[str, Any] = {}

    def call(self, keys: Keys, operation: str, asked: dict[str, Any]) -> dict[str, Any] | Refusal:
        client = self._client(keys)
        by_operation = {shown: method for method, shown in client.meta.method_to_api_mapping.items()}
        try:
            output = getattr(client, by_operation[operation])(**asked)
        except ClientError as error:
            return _boto_refusal(error)
        return _plain({name: value for name, value in output.items() if name != "ResponseMetadata"})

    def pages(self, keys: Keys, operation: str, asked: dict[str, Any], key: str) -> dict[str, Any] | Refusal:
        client = self._client(keys)
        by_operation = {shown: method for method, shown in client.meta.method_to_api_mapping.items()}
        paginator = client.get_paginator(by_operation[operation])
        found = paginator.paginate(**asked, PaginationConfig={"PageSize": 1}).build_full_result()
        return {key: _plain(found)[key]}

    def _client(self, keys: Keys) -> Any:
        if keys.access_key not in self._clients:
            self._clients[keys.access_key] = boto3.client(
                "mturk",
                region_name="us-east-1",
                endpoint_url=self._address,
                aws_access_key_id=keys.access_key,
                aws_secret_access_key=keys.secret_key,
                config=Config(retries={"total_max_attempts": 1}),
            )
            self._clients[keys.access_key].meta.events.register("response-received.mturk", self._heard)
        return self._clients[keys.access_key]

    def _heard(self, event_name: str, response_dict: dict[str, Any], **_: Any) -> None:
        self._listen(event_name.rpartition(".")[2], response_dict["status_code"], response_dict["body"])


class Lines:
    """A client in another process that reads and writes a line of JSON a call."""

    def __init__(self, command: list[str], address: str) -> None:
        environment = os.environ | {
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_REGION": "us-east-1",
            "AWS_ENDPOINT_URL_MTURK": address,
            "AWS_PAGER": "",
            "AWS_MAX_ATTEMPTS": "1",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "NODE_NO_WARNINGS": "1",
            "NO_PROXY": "127.0.0.1",
        }
        self._process = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def ask(self, line: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(json.dumps(line) + "\n")
            self._process.stdin.flush()
        said = self._process.stdout.readline()
        if not said:
            assert self._process.stderr is not None
            raise AssertionError(f"The client ended: {self._process.stderr.read()[-2000:]}")
        return json.loads(said)

    def close(self) -> None:
        self._process.communicate()


class AwsCli(Lines):
    """aws-cli: its own main function, once a call."""

    name = "aws-cli"

    def __init__(self, address: str, paged: frozenset[str]) -> None:
        try:
            import awscli  # noqa: F401 - only to know whether it is there
        except ImportError:
            missing("aws", "the package awscli is not installed")
        super().__init__([sys.executable, str(CLIENTS / "aws_lines.py")], address)
        self._paged = paged

    def call(self, keys: Keys, operation: str, asked: dict[str, Any]) -> dict[str, Any] | Refusal:
        return self._run(keys, operation, asked, None)

    def pages(self, keys: Keys, operation: str, asked: dict[str, Any], key: str) -> dict[str, Any] | Refusal:
        found = self._run(keys, operation, asked, key)
        return found if isinstance(found, Refusal) else {key: found[key]}

    def _run(self, keys: Keys, operation: str, asked: dict[str, Any], key: str | None) -> dict[str, Any] | Refusal:
        pages = operation in self._paged
        line = {"keys": vars(keys), "operation": operation, "asked": asked, "key": key, "pages": pages}
        done = self.ask(line)
        if done["status"] == 0:
            return json.loads(done["out"] or "{}")
        found = _AWS_ERROR.search(done["err"])
        assert found is not None, done["err"]
        return Refusal(found[1], None, found[2].strip())


class JavaScript(Lines):
    """The JavaScript SDK, in Node."""

    name = "javascript"

    def __init__(self, address: str) -> None:
        node = shutil.which("node")
        if node is None:
            missing("npm", "no program node is installed")
        folder = npm.package("@aws-sdk/client-mturk").parent.parent
        super().__init__([node or "node", str(CLIENTS / "mturk_lines.mjs"), str(folder)], address)

    def call(self, keys: Keys, operation: str, asked: dict[str, Any]) -> dict[str, Any] | Refusal:
        return self._read(self.ask({"keys": vars(keys), "operation": operation, "asked": asked}))

    def pages(self, keys: Keys, operation: str, asked: dict[str, Any], key: str) -> dict[str, Any] | Refusal:
        return self._read(self.ask({"keys": vars(keys), "operation": operation, "asked": asked, "key": key}))

    def _read(self, said: dict[str, Any]) -> dict[str, Any] | Refusal:
        return Refusal(**said["error"]) if "error" in said else said["output"]


def _boto_refusal(error: ClientError) -> Refusal:
    shown = error.response
    text = shown.get("Message") or shown["Error"]["Message"]
    return Refusal(shown["Error"]["Code"], shown.get("TurkErrorCode"), text)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, list) else value
