"""One call of an operation, with the fidelity switches that change what it sees and says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from crowdbroker.marketplace import lags, ledger, repeats, requester_rows
from crowdbroker.marketplace.faults import Fault
from crowdbroker.marketplace.fidelity import Fidelity
from crowdbroker.marketplace.marketplace import Marketplace
from crowdbroker.marketplace.operations import OPERATIONS
from crowdbroker.marketplace.operations.registry import Call, Operation, Output
from crowdbroker.marketplace.pages import without_empty_page

SANDBOX_CENTS = 1_000_000
SANDBOX_BALANCE = "10000.00"


@dataclass(frozen=True)
class Performance:
    """One call that may be done; what had come due before it is done.

    Attributes:
        name: the operation's wire name.
        asked: its input, validated.
        now_ms: the marketplace's moment, the same for the whole call.
        fidelity: the switches in force, the same for the whole call.
    """

    market: Marketplace
    name: str
    asked: Any
    requester_id: str
    now_ms: int
    request_id: str
    fidelity: Fidelity

    def output(self) -> Output:
        """Return what the operation returns. Raises Fault."""
        operation = OPERATIONS[self.name]
        try:
            with self.market.write() if operation.writes else self.market.read() as session:
                return self._run(operation, self._call(session))
        except Fault as fault:
            if self.fidelity.strict or not self._is_repeat(fault):
                raise
            return {}

    def _call(self, session: Session) -> Call:
        return Call(self.market, session, self.requester_id, self.now_ms, self.request_id)

    def _run(self, operation: Operation, call: Call) -> Output:
        lags.refuse_unseen(call.session, self.fidelity, self.name, self.asked, self.requester_id, call.now_ms)
        if self.fidelity.sandbox_balance and operation.writes:
            _top_up(call.session, self.requester_id, call.now_ms)
        output = operation.run(call, self.asked)
        if not self.fidelity.last_page_token:
            output = without_empty_page(output, lambda token: operation.run(call, self._following(token)))
        if self.fidelity.sandbox_balance and "AvailableBalance" in output:
            output = output | {"AvailableBalance": SANDBOX_BALANCE}
        return lags.hidden(self.fidelity, self.name, output, call.now_ms)

    def _following(self, token: str) -> Any:
        return self.asked.model_copy(update={"NextToken": token, "MaxResults": 1})

    def _is_repeat(self, fault: Fault) -> bool:
        with self.market.read() as session:
            return repeats.is_repeat(session, self.name, self.asked, fault)


def _top_up(session: Session, requester_id: str, now_ms: int) -> None:
    missing = SANDBOX_CENTS - ledger.balance_cents(session, ledger.available(requester_id))
    if missing > 0:
        requester_rows.deposit(session, requester_id, missing, at_ms=now_ms)
