"""`crowdbroker install-model`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from crowdbroker.cli.options import format_options
from crowdbroker.cli.output import emit_json, note, write_text
from crowdbroker.errors import CrowdbrokerError

SERVICE = "mturk"


@click.command(
    epilog="""\b
Examples:
  crowdbroker install-model
  crowdbroker install-model --folder models"""
)
@click.option("--folder", type=click.Path(path_type=Path), metavar="FOLDER", help="Left out: ~/.aws/models.")
@format_options("table", "json")
def install_model(folder: Path | None, as_format: str) -> None:
    """Write the description of the MTurk API that boto3 needs where it has none of its own."""
    root = folder or Path.home() / ".aws" / "models"
    place = write_model(root)
    if as_format == "json":
        emit_json({"schema": "crowdbroker/model/1", "folder": str(place)})
    else:
        click.echo(str(place))
    if folder is not None:
        note(f"Programs find it there with AWS_DATA_PATH={root.resolve()}")


def write_model(root: Path) -> Path:
    """Write the description below a folder of the SDK's models, and return where it lies.

    Raises:
        CrowdbrokerError: the folder cannot be made.
        InputError: a file cannot be written.
    """
    from crowdbroker.marketplace.service_model import VERSION, paginators, service_model

    place = root / SERVICE / VERSION
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CrowdbrokerError(
            f"{place} cannot be made: {error.strerror}", remedy="Choose another --folder."
        ) from error
    write_text(place / "service-2.json", json.dumps(service_model(), indent=1))
    write_text(place / "paginators-1.json", json.dumps(paginators(), indent=1))
    return place


def is_known() -> bool:
    """Tell whether the SDK here still has a description of MTurk."""
    from botocore.session import Session

    return SERVICE in Session().get_available_services()
