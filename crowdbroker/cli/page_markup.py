"""What a marketplace will say about a Project's page: malformed HTML, and crowd elements that nobody would see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crowdbroker.errors import InputError

if TYPE_CHECKING:
    from crowdbroker.broker.check import Checked
    from crowdbroker.cli.inputs import Inputs

MOST_TOLD = 3


def check_markup(inputs: Inputs, found: Checked) -> None:
    """Add to the findings what is wrong with the first page; the others differ from it in their data alone."""
    from crowdbroker.marketplace.html5 import mistakes
    from crowdbroker.marketplace.unknown_elements import unknown_elements

    if found.errors or not found.plans:
        return
    html = inputs.template.render(inputs.project, [item.data for item in found.plans[0].items])
    wrong = mistakes(html)
    if wrong:
        found.errors.append(
            InputError(
                f"the first page is not well-formed HTML: {' '.join(wrong[:MOST_TOLD])}",
                file=inputs.template.entry,
                remedy="Correct the template; the brackets hold line and column of the page that a worker would get.",
            )
        )
    found.warnings += [
        f"the template uses <{name}>, which the worker site does not have: workers will not see it"
        for name in unknown_elements(html)
    ]
