"""HIT layouts: a page with placeholders that is kept here and filled in when a HIT is made.

On Amazon's service layouts were made on its web site and used through the API (API reference, HITLayout); here the
operator adds one from a file, and a requester gives its id as HITLayoutId.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from crowdbroker.marketplace.faults import BadValue, Fault
from crowdbroker.marketplace.ids import Ids
from crowdbroker.marketplace.layout_tables import LayoutRow
from crowdbroker.marketplace.questions import HTML_QUESTION, LONGEST_BYTES

LONGEST_NAME = 128
DEFAULT_FRAME_HEIGHT = 0
_PLACEHOLDER = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_.\-]*)\}")


@dataclass(frozen=True)
class Layout:
    """One layout and the names of its placeholders, in the order of their first appearance."""

    id: str
    name: str
    parameters: tuple[str, ...]


def add_layout(
    session: Session,
    requester_id: str,
    html: str,
    name: str,
    *,
    ids: Ids,
    now_ms: int,
    frame_height: int = DEFAULT_FRAME_HEIGHT,
) -> str:
    """Store a layout and return its id.

    A layout never changes; a better one is a new one. Whether a page is well-formed shows only when it is filled in,
    so that is checked with each HIT.

    Raises:
        BadValue: the name or the page is empty or too long.
    """
    if not 0 < len(name) <= LONGEST_NAME:
        raise BadValue(f"The name of a layout has 1 to {LONGEST_NAME} characters.")
    if not html.strip() or len(html.encode()) > LONGEST_BYTES:
        raise BadValue(f"A layout has at most {LONGEST_BYTES} bytes, and at least one.")
    row = LayoutRow(
        id=ids.entity(), requester_id=requester_id, name=name, html=html, frame_height=frame_height, created_ms=now_ms
    )
    session.add(row)
    session.flush()
    return row.id


def layouts_of(session: Session, requester_id: str) -> list[Layout]:
    """Return a requester's layouts, the latest first."""
    rows = select(LayoutRow).where(LayoutRow.requester_id == requester_id).order_by(col(LayoutRow.seq).desc())
    return [Layout(row.id, row.name, parameters_of(row.html)) for row in session.exec(rows)]


def parameters_of(html: str) -> tuple[str, ...]:
    """Return the names of a page's placeholders, in the order of their first appearance."""
    return tuple(dict.fromkeys(_PLACEHOLDER.findall(html)))


def fill_in(session: Session, requester_id: str, layout_id: str, values: Sequence[tuple[str, str]]) -> str:
    """Return the HTMLQuestion that a layout makes of values, which stand in it as they are, without escapes.

    Raises:
        Fault: HITLayoutDoesNotExist; a name is missing, unknown or given twice; the page would hold an end of CDATA.
    """
    found = select(LayoutRow).where(LayoutRow.id == layout_id, LayoutRow.requester_id == requester_id)
    layout = session.exec(found).first()
    if layout is None:
        raise Fault("HITLayoutDoesNotExist", f"HITLayout {layout_id} does not exist.")
    given = dict(values)
    _check_names(parameters_of(layout.html), values, given)
    return _question(_PLACEHOLDER.sub(lambda hit: given[hit[1]], layout.html), layout.frame_height)


def _check_names(wanted: Sequence[str], values: Sequence[tuple[str, str]], given: Mapping[str, str]) -> None:
    if len(given) != len(values):
        raise BadValue("A name comes more than once in HITLayoutParameters.")
    missing = [name for name in wanted if name not in given]
    if missing:
        raise BadValue(f"HITLayoutParameters lacks a value for {', '.join(missing)[:200]}.")
    unknown = [name for name in given if name not in wanted]
    if unknown:
        raise BadValue(f"The HITLayout has no placeholder for {', '.join(unknown)[:200]}.")


def _question(html: str, frame_height: int) -> str:
    if "]]>" in html:
        raise BadValue("The HITLayout with its values holds ']]>', which ends the HTMLContent too early.")
    namespace = HTML_QUESTION.strip("{}")
    return (
        f'<HTMLQuestion xmlns="{namespace}"><HTMLContent><![CDATA[{html}]]></HTMLContent>'
        f"<FrameHeight>{frame_height}</FrameHeight></HTMLQuestion>"
    )
