"""A Project's TOML file written anew, with its comments, and the JSON schema that an editor checks it with."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crowdbroker.domain.project import Project

SCHEMA_FILE = "project.schema.json"

_FILE = """\
#:schema ./{schema}
# One task design. `crowdbroker check projects/{name}.toml DATA` tries it against every row.
# Title, description and instructions are what your workers read: write them for your own work.

name = {name_text}
title = {title}
description = {description}
instructions = {instructions}
labels = {labels}

reward = {reward}          # for one HIT, in dollars
budget = {budget}         # never passed, fees included
overlap = {overlap}              # answers for each row
items_per_hit = {items_per_hit}        # rows on one page
lifetime = "3d"          # how long a HIT is offered
time_allotted = "30m"    # how long a worker may take for one HIT
auto_approval = "7d"     # work that nobody decided on is paid after this time
# seconds_per_item = 10  # how long a row takes; with wage_floor = "12.00", `check` refuses to pay less an hour

[template]
file = {template}
# columns = {{ text = "review" }}    # the template's name = your column, where they differ

[gold]
per_hit = 0              # rows with known answers, hidden in each HIT; more needs --gold FILE
bar = 0.7                # the accuracy that is asked for

[payment]
rejection = "propose"    # never | propose (a person decides) | automatic
reject_cap = 0.03        # largest share of the work that may be refused
"""


@dataclass(frozen=True)
class NewProject:
    """What `init` was told or asks."""

    name: str
    title: str
    description: str
    instructions: str
    labels: Sequence[str]
    template: str
    reward: str
    budget: str
    overlap: int
    items_per_hit: int


def project_toml(new: NewProject) -> str:
    """The TOML of a Project; JSON's strings and lists are TOML's too."""
    written = {
        "name_text": new.name,
        "title": new.title,
        "description": new.description,
        "instructions": new.instructions,
        "labels": list(new.labels),
        "template": new.template,
        "reward": new.reward,
        "budget": new.budget,
        "overlap": new.overlap,
        "items_per_hit": new.items_per_hit,
    }
    values = {key: json.dumps(value, ensure_ascii=False) for key, value in written.items()}
    return _FILE.format(schema=SCHEMA_FILE, name=new.name, **values)


def project_schema() -> dict[str, Any]:
    """The JSON schema of a Project's file (draft 2020-12)."""
    schema = Project.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
