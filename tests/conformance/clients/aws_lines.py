"""The AWS command-line program behind a pipe: a line of JSON in names an operation, a line out is what it printed."""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from typing import Any

from awscli.clidriver import create_clidriver
from botocore import xform_name


def run(line: dict[str, Any]) -> dict[str, Any]:
    """Run one command as the program's own main function does, and return its exit code and what it printed."""
    os.environ["AWS_ACCESS_KEY_ID"] = line["keys"]["access_key"]
    os.environ["AWS_SECRET_ACCESS_KEY"] = line["keys"]["secret_key"]
    command = ["mturk", xform_name(line["operation"], "-"), "--cli-input-json", json.dumps(line["asked"])]
    command += ["--page-size", "1"] if line.get("key") else []
    command += ["--no-paginate"] if line["pages"] and not line.get("key") else []
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = create_clidriver().main([*command, "--output", "json"])
    return {"status": status, "out": out.getvalue(), "err": err.getvalue()}


for each in sys.stdin:
    print(json.dumps(run(json.loads(each))), flush=True)
