from __future__ import annotations

from sqlmodel import select

from crowdbroker.marketplace.tables import MessageRow


def test_a_message_reaches_those_whose_work_was_decided_and_names_the_others(desk):
    hit, ann, new = desk.hit(), desk.worker(), desk.worker()
    desk.client.approve_assignment(AssignmentId=desk.done(hit, ann))
    told = desk.client.notify_workers(Subject="Hello", MessageText="More work", WorkerIds=[ann, ann, new, "A1NOBODY"])
    failures = {one["WorkerId"]: one["NotifyWorkersFailureCode"] for one in told["NotifyWorkersFailureStatuses"]}
    assert failures == {new: "HardFailure", "A1NOBODY": "HardFailure"}
    with desk.market.read() as session:
        inbox = session.exec(select(MessageRow)).all()
    assert [(one.worker_id, one.subject, one.text) for one in inbox] == [(ann, "Hello", "More work")]


def test_too_many_recipients_are_refused(desk):
    asked = {"Subject": "s", "MessageText": "t", "WorkerIds": ["A1"] * 101}
    assert desk.refusal(desk.client.notify_workers, **asked).kind == "ParameterValidationError"
