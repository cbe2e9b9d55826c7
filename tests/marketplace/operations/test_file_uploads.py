from __future__ import annotations


def test_there_is_no_file_to_fetch(desk):
    done = desk.done(desk.hit())
    call = desk.client.get_file_upload_url
    assert desk.refusal(call, AssignmentId=done, QuestionIdentifier="animal").kind == "RequestError"
    assert desk.refusal(call, AssignmentId="3NOBODYS", QuestionIdentifier="a").code == "AssignmentDoesNotExist"
