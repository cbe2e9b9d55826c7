"""Workers whom a requester does not want: CreateWorkerBlock, DeleteWorkerBlock, ListWorkerBlocks."""

from __future__ import annotations

from sqlmodel import col, select

from crowdbroker.marketplace import inputs
from crowdbroker.marketplace.operations.owned import known_worker
from crowdbroker.marketplace.operations.registry import Call, Output, operation
from crowdbroker.marketplace.pages import page
from crowdbroker.marketplace.tables import BlockRow


@operation(inputs.CreateWorkerBlock, writes=True)
def create_worker_block(call: Call, asked: inputs.CreateWorkerBlock) -> Output:
    """Keep a worker from the caller's HITs; blocking twice keeps the newer reason."""
    worker_id = known_worker(call, asked.WorkerId).id
    block = BlockRow(requester_id=call.requester_id, worker_id=worker_id, reason=asked.Reason, blocked_ms=call.now_ms)
    call.session.merge(block)
    return {}


@operation(inputs.DeleteWorkerBlock, writes=True)
def delete_worker_block(call: Call, asked: inputs.DeleteWorkerBlock) -> Output:
    """Lift a block; lifting none succeeds too."""
    block = call.session.get(BlockRow, (call.requester_id, known_worker(call, asked.WorkerId).id))
    if block is not None:
        call.session.delete(block)
    return {}


@operation(inputs.ListWorkerBlocks, writes=False)
def list_worker_blocks(call: Call, asked: inputs.ListWorkerBlocks) -> Output:
    """Return the caller's blocks by WorkerId."""
    wanted = page(asked, (str,), call.requester_id)
    rows = select(BlockRow).where(BlockRow.requester_id == call.requester_id)
    rows = rows.order_by(col(BlockRow.worker_id)).limit(wanted.size)
    if wanted.after is not None:
        rows = rows.where(col(BlockRow.worker_id) > wanted.after[0])
    found = call.session.exec(rows).all()
    listed = [{"WorkerId": row.worker_id, "Reason": row.reason} for row in found]
    return wanted.output(found, lambda row: (row.worker_id,)) | {"WorkerBlocks": listed}
