"""The qualification types that exist without anybody having made them."""

from __future__ import annotations

from dataclasses import dataclass

NUMBER_APPROVED = "00000000000000000040"
PERCENT_APPROVED = "000000000000000000L0"
LOCALE = "00000000000000000071"
ADULT = "00000000000000000060"
# Production's and the sandbox's. Nobody here is what MTurk called a Master: both mean a qualification type of this name
# that the HIT's requester has made, and the workers to whom it is granted.
MASTERS_HERE = "Masters"
MASTERS = frozenset({"2F1QJWKUDD8XADTFD2Q0G6UTO95ALH", "2ARFPLSP75KLA8M8DH1HTEQVJT3SY6"})
SYSTEM_TYPES = frozenset({NUMBER_APPROVED, PERCENT_APPROVED, LOCALE, ADULT}) | MASTERS
# MTurk took these back long ago (submitted, abandoned, returned and rejected, in percent); old scripts name them.
RETIRED = frozenset({"00000000000000000000", "00000000000000000070", "000000000000000000E0", "000000000000000000S0"})


@dataclass(frozen=True)
class SystemType:
    """One of them as requesters see it; `seq` puts them before everybody's in a list."""

    seq: int
    id: str
    name: str
    description: str


NAMED: dict[str, SystemType] = {
    one.id: one
    for one in (
        SystemType(-6, NUMBER_APPROVED, "Worker_NumberHITsApproved", "Approved Assignments, of all requesters."),
        SystemType(
            -5,
            PERCENT_APPROVED,
            "Worker_PercentAssignmentsApproved",
            "Approved in percent of decided Assignments; 100 until a worker has submitted 100.",
        ),
        SystemType(-4, LOCALE, "Worker_Locale", "The country, or its subdivision, where the worker lives."),
        SystemType(-3, ADULT, "Worker_Adult", "1 for a worker who may see adult content, else 0."),
        SystemType(
            -2,
            "2F1QJWKUDD8XADTFD2Q0G6UTO95ALH",
            "Masters",
            "Workers to whom the requester has granted a type named Masters.",
        ),
        SystemType(-1, "2ARFPLSP75KLA8M8DH1HTEQVJT3SY6", "Masters (sandbox)", "The same under its sandbox id."),
    )
}
