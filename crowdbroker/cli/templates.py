"""`crowdbroker templates`."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from crowdbroker.cli.options import format_options, out_option, read_root_settings


@click.command(
    epilog="""\b
Example:
  crowdbroker templates pairwise --out pairwise.html"""
)
@click.argument("name", required=False)
@click.option("--open", "open_it", is_flag=True, help="Show the preview in the browser.")
@out_option
@format_options("table", "json", "csv")
def templates(name: str | None, open_it: bool, out: Path | None, as_format: str) -> None:
    """List the HIT templates, or write a preview of one with sample Items."""
    from crowdbroker.cli.gallery import gallery, preview
    from crowdbroker.cli.output import emit_json, emit_table, write_text
    from crowdbroker.errors import InputError

    folders = read_root_settings().template_folders
    if name is None:
        if open_it:
            raise InputError("say which template", field="NAME", remedy="crowdbroker templates NAME --open")
        rows = gallery(folders)
        if as_format == "json":
            emit_json({"schema": "crowdbroker/templates/1", "templates": [row._asdict() for row in rows]}, out)
        else:
            emit_table(["template", "kind", "about"], [tuple(row) for row in rows], as_format, out)
        return
    if as_format == "csv":
        raise InputError("a preview is a page and no table", field="--format", remedy="Leave it out.")
    page = preview(name, folders)
    target = out or Path(tempfile.gettempdir()) / f"crowdbroker-{Path(name).stem}.html"
    write_text(target, page)
    if as_format == "json":
        emit_json({"schema": "crowdbroker/template/1", "template": name, "page": str(target.resolve())})
    else:
        click.echo(target)
    if open_it:
        click.launch(str(target))
