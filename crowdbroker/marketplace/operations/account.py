"""GetAccountBalance."""

from __future__ import annotations

from crowdbroker.marketplace import inputs, ledger
from crowdbroker.marketplace.money import wire_from_cents
from crowdbroker.marketplace.operations.registry import Call, Output, operation


@operation(inputs.GetAccountBalance, writes=False)
def get_account_balance(call: Call, asked: inputs.GetAccountBalance) -> Output:  # noqa: ARG001  it has no members
    """Return what the caller may spend and what is held for open places and undecided work."""
    spendable = ledger.balance_cents(call.session, ledger.available(call.requester_id))
    on_hold = ledger.balance_cents(call.session, ledger.held(call.requester_id))
    return {"AvailableBalance": wire_from_cents(spendable), "OnHoldBalance": wire_from_cents(on_hold)}
