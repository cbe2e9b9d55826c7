"""HIT templates: read once with all that they extend, then rendered for the Items of one HIT."""

from __future__ import annotations

import difflib
import json
import re
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from jinja2 import (
    FileSystemLoader,
    FunctionLoader,
    StrictUndefined,
    Template,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
)
from jinja2.meta import find_referenced_templates
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from crowdbroker.domain.answer_kinds import AnswerKind
from crowdbroker.domain.project import Project
from crowdbroker.errors import InputError
from crowdbroker.mturk.markdown import render_markdown
from crowdbroker.mturk.placeholders import PlaceholderTemplate
from crowdbroker.mturk.question import field_name

_KIND = re.compile(rf"\{{#-?\s*kind:\s*({'|'.join(AnswerKind)})\s*-?#\}}")
_ABOUT = re.compile(r"\{#-?\s*about:\s*(.*?)\s*-?#\}", re.DOTALL)

_FAULTS = (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError, RecursionError)
"""What a wrong template can raise while it is rendered."""


class Cells:
    """An Item's cells by the template's names; it has no attribute that a column's name could hit."""

    __slots__ = ("_cells", "_columns")

    def __init__(self, cells: Mapping[str, str], columns: Mapping[str, str]) -> None:
        self._cells = cells
        self._columns = columns

    def __contains__(self, name: str) -> bool:
        return self._columns.get(name, name) in self._cells

    def __getitem__(self, name: str) -> str:
        column = self._columns.get(name, name)
        if column in self._cells:
            return self._cells[column]
        near = [f"Did you mean {one!r}? " for one in difflib.get_close_matches(column, self._cells, 1)]
        raise InputError(
            f"the template shows the column {column!r}, which the dataset does not have",
            field=column,
            remedy="".join(near)
            + f"Correct the template or map the name in [template.columns]; there are: {', '.join(self._cells)}.",
        )


@dataclass(frozen=True)
class PageItem:
    """What a template sees of an Item: the name of its form field, and its cells."""

    name: str
    data: Cells


@dataclass(frozen=True)
class PageTemplate:
    """A template and all that it extends or includes, by name, as they were when read.

    One for Jinja shows all Items of a HIT; one with `${column}`, as MTurk's requester site knew them, shows one.
    """

    entry: str
    sources: Mapping[str, str]

    @property
    def kind(self) -> AnswerKind | None:
        """The kind of Answer that the template says it asks for, in a first comment `{#- kind: choice -#}`."""
        found = _KIND.search(self.sources[self.entry])
        return AnswerKind(found.group(1)) if found else None

    @property
    def about(self) -> str:
        """What the template is for, in its own words."""
        found = _ABOUT.search(self.sources[self.entry])
        return found.group(1) if found else ""

    @cached_property
    def placeholders(self) -> PlaceholderTemplate | None:
        """The template where it is one with `${column}`."""
        source = self.sources[self.entry]
        if "{%" in source or "{{" in source:
            return None
        return PlaceholderTemplate(self.entry, source)

    def to_json(self) -> str:
        """The template as one text, for the store."""
        return json.dumps({"entry": self.entry, "sources": dict(self.sources)}, sort_keys=True)

    @staticmethod
    @lru_cache(maxsize=8)
    def from_json(text: str) -> PageTemplate:
        """The template that `to_json` wrote; the same text gives the same one, which is compiled once."""
        return PageTemplate(**json.loads(text))

    @cached_property
    def _compiled(self) -> Template:
        loader = FunctionLoader(lambda name: (self.sources[name], name, None) if name in self.sources else None)
        environment = ImmutableSandboxedEnvironment(
            loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )
        return environment.get_template(self.entry)

    def render(self, project: Project, items: Sequence[Mapping[str, str]]) -> str:
        """The HTML of a page with the cells of these Items, in this order.

        Raises:
            InputError: the template is wrong or names a column that an Item does not have.
        """
        columns = project.template.columns
        if self.placeholders is not None:
            (cells,) = items
            return self.placeholders.render(cells, columns)
        page_items = [PageItem(field_name(position), Cells(cells, columns)) for position, cells in enumerate(items)]
        try:
            return self._compiled.render(
                project=project,
                instructions=Markup(render_markdown(project.instructions)),  # noqa: S704 - cleaned by an allow list
                examples=project.examples,
                labels=project.labels,
                items=page_items,
            )
        except InputError as error:
            raise InputError(
                error.message.removeprefix(f"field {error.field!r}: "),
                file=self.entry,
                row=_line(error),
                field=error.field,
                remedy=error.remedy,
            ) from error
        except TemplateSyntaxError as error:
            raise _at(error.name or self.entry, error.lineno, error) from error
        except _FAULTS as error:
            raise _at(self.entry, _line(error), error) from error


def read_template(name: str, folders: Sequence[Path]) -> PageTemplate:
    """The template of that name in the first folder that has it.

    Raises:
        InputError: no folder has it, or it or one that it extends cannot be read.
    """
    entry = name if name.endswith(".html") else f"{name}.html"
    environment = ImmutableSandboxedEnvironment(loader=FileSystemLoader(folders), autoescape=True)
    sources: dict[str, str] = {}
    waiting = [entry]
    while waiting:
        current = waiting.pop()
        if current in sources:
            continue
        sources[current] = _source(environment, current, folders)
        try:
            referenced = find_referenced_templates(environment.parse(sources[current]))
        except TemplateSyntaxError as error:
            raise _at(current, error.lineno, error) from error
        waiting += [one for one in referenced if one]
    return PageTemplate(entry, sources)


def _source(environment: ImmutableSandboxedEnvironment, name: str, folders: Sequence[Path]) -> str:
    assert environment.loader is not None
    try:
        return environment.loader.get_source(environment, name)[0]
    except TemplateNotFound as error:
        known = sorted({path.stem for folder in folders for path in folder.glob("*.html")} - {"base"})
        raise InputError(
            f"there is no HIT template {name!r} in {', '.join(str(folder) for folder in folders)}",
            field="template.file",
            remedy=f"Known templates: {', '.join(known)}.",
        ) from error
    except UnicodeDecodeError as error:
        raise InputError(f"not UTF-8 at byte {error.start}", file=name, remedy="Save the template as UTF-8.") from error


def _at(name: str, line: int | None, error: Exception) -> InputError:
    return InputError(f"the template cannot be rendered: {error}", file=name, row=line, remedy="Correct the template.")


def _line(error: BaseException) -> int | None:
    """The line of the innermost template frame that an exception went through."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename.endswith(".html")]
    return lines[-1] if lines else None
