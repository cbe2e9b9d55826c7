"""`crowdbroker marketplace`: its commands, each imported when it runs."""

from __future__ import annotations

from collections.abc import Mapping

import click

from crowdbroker.cli.group import LazyGroup

_ROOM = "crowdbroker.cli.market"

COMMANDS: Mapping[str, tuple[str, str]] = {
    "serve": (f"{_ROOM}.serve:serve", "Serve the worker site and the MTurk API until Ctrl-C."),
    "status": (f"{_ROOM}.status:status", "Say what the marketplace holds, what waits, and what is switched on."),
    "admin-link": (f"{_ROOM}.admin_link:admin_link", "Make a link that opens the admin page once."),
    "invite": (f"{_ROOM}.invite:invite", "Make a link for each person, with which they choose a password and work."),
    "import-workers": (
        f"{_ROOM}.import_workers:import_workers",
        "Bring in workers from a CSV file, all of them or none, and invite each.",
    ),
    "add-requester": (f"{_ROOM}.requesters:add_requester", "Make a requester with an access key; it is shown once."),
    "rotate-key": (f"{_ROOM}.requesters:rotate_key", "Give a requester a new access key; the old one stops at once."),
    "disable-requester": (
        f"{_ROOM}.requesters:disable_requester",
        "Close the MTurk API to a requester; its keys stay what they are.",
    ),
    "enable-requester": (f"{_ROOM}.requesters:enable_requester", "Open the MTurk API to a requester again."),
    "requesters": (f"{_ROOM}.requesters:requesters", "List the requesters and their money."),
    "webhook-secret": (
        f"{_ROOM}.webhook_secret:webhook_secret",
        "Show the secret that signs a requester's webhooks.",
    ),
    "deposit": (f"{_ROOM}.deposit:deposit", "Put money on a requester's account of your own marketplace."),
    "payouts": (f"{_ROOM}.payouts:payouts", "Post what workers are owed as paid out, and write who gets what."),
    "reverse-payout": (
        f"{_ROOM}.payouts:reverse_payout",
        "Put a payout that came back on the worker's balance again.",
    ),
    "totals": (f"{_ROOM}.totals:totals", "List what each worker was paid in a year."),
    "backup": (f"{_ROOM}.backup:backup", "Copy the marketplace's database while it is in use."),
    "restore": (f"{_ROOM}.backup:restore", "Put a copy in the place of the marketplace's database."),
    "consent": (
        f"{_ROOM}.consent:consent",
        "List the texts that work asks consent for, or put a Markdown file in force as one.",
    ),
    "appeals": (
        f"{_ROOM}.appeals:appeals",
        "List what workers wrote against refusals; ApproveAssignment with OverrideRejection takes one back.",
    ),
    "operations": (
        f"{_ROOM}.operations:operations",
        "List the operations of the MTurk API, and which of them this marketplace has.",
    ),
    "layouts": (f"{_ROOM}.layouts:layouts", "List the HIT layouts, or add an HTML file as one."),
    "clock": (f"{_ROOM}.clock:clock", "Show the marketplace's clock, or move it for a test."),
    "faults": (f"{_ROOM}.faults:faults", "Show what the marketplace gets wrong on purpose, or change it."),
}
"""Command -> (module:attribute, the sentence that its help begins with)."""


@click.group(cls=LazyGroup, commands_table=COMMANDS)
def marketplace() -> None:
    """Run the MTurk-compatible marketplace."""
