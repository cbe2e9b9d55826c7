"""`check`: a Project is tried against every row, and all that is wrong is said at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from crowdbroker.domain.answer_kinds import AnswerKind, BadAnswer, canonical
from crowdbroker.domain.budget import Quote, quote
from crowdbroker.domain.model import HITPlan, Item
from crowdbroker.domain.money import Tariff, dollars
from crowdbroker.domain.planning import plan_hits
from crowdbroker.domain.project import AnswerUse, Project
from crowdbroker.domain.wage import Wage, wage
from crowdbroker.errors import InputError
from crowdbroker.mturk.page import PageTemplate
from crowdbroker.mturk.question import QUESTION_LIMIT, html_question
from crowdbroker.store.pace import measured_seconds
from crowdbroker.store.store import Store


@dataclass
class Checked:
    """What a check found: plans and quote where the HITs could be planned, errors and warnings otherwise."""

    plans: list[HITPlan] = field(default_factory=list)
    quote: Quote | None = None
    errors: list[InputError] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    largest_page_bytes: int = 0
    wage: Wage | None = None


def resolve_answer(project: Project, template: PageTemplate) -> Project:
    """The Project with its kind of Answer and its form field filled in from the template.

    Raises:
        InputError: the template has no such field, several and the Project names none, or names its fields itself.
    """
    kind = project.answer.kind or template.kind or AnswerKind.CHOICE
    name = project.answer.field
    if template.placeholders is not None:
        fields = template.placeholders.fields
        name = name or (fields[0] if len(fields) == 1 else None)
        if name is None or name not in fields:
            raise InputError(
                f"the form has no field {name!r}" if name else "it is not said which form field holds the answer",
                file=template.entry,
                field="answer.field",
                remedy=f"Set `field` in [answer] to one of: {', '.join(fields)}."
                if fields
                else "Give the form a field with a name.",
            )
        if "${" in name:
            raise InputError(
                f"the field {name!r} has another name on each page",
                file=template.entry,
                field="answer.field",
                remedy="Give the field one name for all rows.",
            )
    elif name is not None:
        raise InputError(
            f"the template names the fields of its Items itself, and the Project names one, {name!r}",
            field="answer.field",
            remedy="Leave `field` in [answer] out; it is for templates with ${column}.",
        )
    return project.model_copy(update={"answer": AnswerUse(kind=kind, field=name)})


def check(
    project: Project,
    template: PageTemplate,
    items: Sequence[Item],
    gold: Sequence[Item],
    *,
    tariff: Tariff,
    seed: int,
    left_cents: int | None = None,
) -> Checked:
    """All mistakes that would cost money later; nothing is stored or sent.

    Args:
        left_cents: what the worst case may cost; the Project's budget where the Batch is new.
    """
    found = Checked()
    found.errors += _labels(project)
    found.errors += _shared_keys(items, gold)
    found.errors += _too_little_gold(project, gold)
    found.errors += _one_item(project, template)
    if found.errors:
        return found
    found.plans = plan(project, template, items, gold, seed=seed)
    check_plans(project, template, found, tariff=tariff, left_cents=left_cents)
    found.warnings += _gold_warnings(project, gold)
    return found


def plan(
    project: Project, template: PageTemplate, items: Sequence[Item], gold: Sequence[Item], *, seed: int
) -> list[HITPlan]:
    """The HITs of a dataset; where a page shows one Item, each gold Item is a HIT of its own among the others."""
    if not items:
        return []
    alone = template.placeholders is not None
    used = gold if project.gold.per_hit and items else []  # gold alone is no work
    return plan_hits(
        [*items, *used] if alone else items,
        [] if alone else gold,
        items_per_hit=project.items_per_hit,
        gold_per_hit=0 if alone else project.gold.per_hit,
        overlap=project.overlap,
        seed=seed,
    )


def check_plans(
    project: Project, template: PageTemplate, found: Checked, *, tariff: Tariff, left_cents: int | None = None
) -> None:
    """The part of the check that needs only planned HITs: every page is rendered, and the worst case is counted."""
    found.errors += _pages(project, template, found)
    found.quote = quote(found.plans, reward_cents=project.reward_cents, tariff=tariff, masters=project.masters)
    left = project.budget_cents if left_cents is None else left_cents
    if found.quote.total_cents > left:
        whence = "" if left_cents is None else " is left, which"
        found.errors.append(
            InputError(
                f"{dollars(left)}{whence} is below the worst case, {dollars(found.quote.total_cents)}",
                field="budget",
                remedy="Raise it, or lower reward, overlap or the number of Items.",
            )
        )
    if project.reward_cents == 0:
        found.warnings.append("the reward is $0.00: workers are asked to work for nothing")
    if project.overlap >= tariff.many_places_from and tariff.many_places_percent:
        found.warnings.append(
            f"HITs with {tariff.many_places_from} places or more cost {tariff.many_places_percent} % more in fees"
        )


def check_wage(store: Store | None, project: Project, found: Checked, *, accept_underpay: bool) -> None:
    """The pay of an hour against the Project's floor, by the time measured in its Batches or else the stated one."""
    if not found.plans:
        return
    measured = (None, 0) if store is None else measured_seconds(store, project.name)
    seconds = measured[0] or project.seconds_per_item
    if seconds is None:
        if project.wage_floor_cents is not None:
            found.warnings.append("the wage cannot be told: state seconds_per_item, or run a small Batch first")
        return
    items = len(found.plans[0].items)
    found.wage = wage(project.reward_cents, items, seconds, measured=measured[1] if measured[0] else 0)
    floor = project.wage_floor_cents
    if floor is None or found.wage.hourly_cents >= floor:
        return
    said = f"an hour pays {dollars(found.wage.hourly_cents)}, and wage_floor is {dollars(floor)}"
    if accept_underpay:
        found.warnings.append(said)
    else:
        enough = -(-floor * items * seconds // 3600)
        remedy = f"Pay at least {dollars(int(enough))} for a HIT, or go on with --accept-underpay."
        found.errors.append(InputError(said, field="reward", remedy=remedy))


def _labels(project: Project) -> Iterator[InputError]:
    fewest = project.kind.fewest_labels
    if len(project.labels) < fewest:
        yield InputError(
            f"the template asks for one of {len(project.labels)} labels; it needs at least {fewest}",
            field="labels",
            remedy='Give them in the Project, such as labels = ["yes", "no"].',
        )
    for example in project.examples:
        try:
            canonical(project.kind, example.label, project.label_values)
        except BadAnswer as error:
            yield InputError(
                f"the label of the example {example.text[:40]!r} is no answer: {error}",
                field="examples",
                remedy=f"Use one of {', '.join(project.label_values)}." if project.labels else "Correct it.",
            )
    barred = next((value for value in project.label_values if "|" in value), None)
    if project.kind is AnswerKind.CHOICES and barred is not None:
        yield InputError(
            f"the label {barred!r} holds a |, which separates the chosen labels",
            field="labels",
            remedy="Write it without.",
        )


def _one_item(project: Project, template: PageTemplate) -> Iterator[InputError]:
    if template.placeholders is not None and project.items_per_hit != 1:
        yield InputError(
            f"a template with ${{column}} shows one Item a page, and items_per_hit is {project.items_per_hit}",
            field="items_per_hit",
            remedy="Set items_per_hit = 1.",
        )


def _shared_keys(items: Sequence[Item], gold: Sequence[Item]) -> Iterator[InputError]:
    keys = {item.key for item in items}
    for item in gold:
        if item.key in keys:
            yield InputError(
                f"the id {item.key!r} stands in the dataset and in the gold file",
                field="id",
                remedy="Give gold Items ids of their own, or take the row out of the dataset.",
            )
            return


def _too_little_gold(project: Project, gold: Sequence[Item]) -> Iterator[InputError]:
    policy = project.gold
    if not policy.per_hit:
        return
    needed = max(policy.per_hit, policy.looks[0])
    if len(gold) < needed:
        yield InputError(
            f"there are {len(gold)} gold Items, and the policy needs at least {needed}: "
            f"{policy.per_hit} in each HIT, and a first look after {policy.looks[0]}",
            field="gold.per_hit",
            remedy="Give a file with more gold by --gold, or set gold.per_hit = 0 to do without.",
        )


def _gold_warnings(project: Project, gold: Sequence[Item]) -> Iterator[str]:
    policy = project.gold
    if gold and not policy.per_hit:
        yield "gold.per_hit is 0: the gold file is not used"
    if policy.per_hit and len(gold) < policy.reject_from and project.payment.rejection != "never":
        yield f"no pay can be refused: that takes {policy.reject_from} gold Items, and there are {len(gold)}"


def _pages(project: Project, template: PageTemplate, found: Checked) -> Iterator[InputError]:
    """Render every page; the first wrong template or column ends it, too large pages are all named."""
    for plan in found.plans:
        try:
            page = html_question(template.render(project, [item.data for item in plan.items]))
        except InputError as error:
            yield error
            return
        size = len(page.encode())
        found.largest_page_bytes = max(found.largest_page_bytes, size)
        if size > QUESTION_LIMIT:
            keys = ", ".join(item.key for item in plan.items)
            yield InputError(
                f"the page with the Items {keys} has {size:,} bytes, and MTurk takes {QUESTION_LIMIT:,}",
                field="items_per_hit",
                remedy="Lower items_per_hit, or shorten these rows or the instructions.",
            )
