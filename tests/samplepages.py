"""The pages of our own HIT templates with the sample Items that come with each, as the broker renders them."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from crowdbroker.mturk.markdown import render_markdown
from crowdbroker.mturk.page import Cells

TEMPLATES = Path(__file__).parents[1] / "hit_templates"
NAMES = sorted(path.stem for path in (TEMPLATES / "samples").glob("*.json"))
_environment = ImmutableSandboxedEnvironment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def sample_page(name: str, *, items: int = 2) -> str:
    """The page of a template with its first sample Items."""
    sample = json.loads((TEMPLATES / "samples" / f"{name}.json").read_text(encoding="utf-8"))
    return _environment.get_template(f"{name}.html").render(
        project=SimpleNamespace(title=sample["title"]),
        instructions=Markup(render_markdown(sample["instructions"])),
        labels=[SimpleNamespace(**{"help": ""} | label) for label in sample["labels"]],
        examples=[SimpleNamespace(**example) for example in sample["examples"]],
        items=[
            SimpleNamespace(name=f"item-{number}", data=Cells(one, {}))
            for number, one in enumerate(sample["items"][:items], 1)
        ],
    )
