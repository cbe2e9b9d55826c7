"""GetFileUploadURL, which answers nobody: file answers ended in December 2017 (API reference, GetFileUploadURL)."""

from __future__ import annotations

from crowdbroker.marketplace import inputs
from crowdbroker.marketplace.faults import Fault
from crowdbroker.marketplace.operations.owned import own_assignment
from crowdbroker.marketplace.operations.registry import Call, Output, operation


@operation(inputs.GetFileUploadURL, writes=False)
def get_file_upload_url(call: Call, asked: inputs.GetFileUploadURL) -> Output:
    """Refuse: no Assignment has a file."""
    own_assignment(call, asked.AssignmentId)
    raise Fault(
        "InvalidParameterValue",
        f"The question {asked.QuestionIdentifier[:60]!r} has no file: FileUploadAnswer is no longer supported.",
    )
