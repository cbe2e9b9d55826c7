from __future__ import annotations

import base64
import json

import pytest


def all_pages(call, member, **asked):
    """Follow the tokens to the last page; return the pages."""
    pages = [call(**asked)]
    while "NextToken" in pages[-1]:
        pages.append(call(NextToken=pages[-1]["NextToken"], **asked))
    assert all(page["NumResults"] == len(page[member]) for page in pages)
    return [page[member] for page in pages]


def test_hits_come_newest_first_in_pages_to_the_last(desk):
    made = [desk.hit(RequesterAnnotation=str(n))["HITId"] for n in range(7)]
    pages = all_pages(desk.client.list_hits, "HITs", MaxResults=3)
    assert [len(page) for page in pages] == [3, 3, 1]
    assert [hit["HITId"] for page in pages for hit in page] == made[::-1]


def test_a_full_last_page_is_followed_by_an_empty_one(desk):
    for n in range(4):
        desk.hit(RequesterAnnotation=str(n))
    assert [len(page) for page in all_pages(desk.client.list_hits, "HITs", MaxResults=2)] == [2, 2, 0]


def test_a_page_has_ten_by_default(desk):
    for _ in range(11):
        desk.hit()
    assert desk.client.list_hits()["NumResults"] == 10


def test_new_hits_between_two_pages_repeat_and_hide_nothing(desk):
    made = [desk.hit()["HITId"] for _ in range(4)]
    first = desk.client.list_hits(MaxResults=2)
    desk.hit()
    second = desk.client.list_hits(MaxResults=2, NextToken=first["NextToken"])
    assert [hit["HITId"] for hit in first["HITs"] + second["HITs"]] == made[::-1]


def test_botocores_paginator_reads_everything(desk):
    for _ in range(5):
        desk.hit()
    pages = desk.client.get_paginator("list_hits").paginate(PaginationConfig={"PageSize": 2})
    assert sum(page["NumResults"] for page in pages) == 5


@pytest.mark.parametrize("token", ["x", "bm90IGpzb24=", "W10=", "MQ==", "bnVsbA==", "é"])
def test_a_token_from_nowhere_is_refused(desk, token):
    refused = desk.refusal(desk.client.list_hits, NextToken=token)
    assert (refused.kind, refused.code) == ("RequestError", "InvalidParameterValue")


@pytest.mark.parametrize("part", ["\ud800", "\x00", "é"])
def test_a_forged_token_with_a_key_that_cannot_be_one_is_refused(desk, part):
    for _ in range(2):
        desk.client.create_worker_block(WorkerId=desk.worker(), Reason="no")
    real = desk.client.list_worker_blocks(MaxResults=1)["NextToken"]
    scope, _ = json.loads(base64.urlsafe_b64decode(real))
    forged = base64.urlsafe_b64encode(json.dumps([scope, part]).encode()).decode()
    assert desk.refusal(desk.client.list_worker_blocks, NextToken=forged).code == "InvalidParameterValue"


def test_a_token_belongs_to_its_list_and_filter(desk):
    for _ in range(2):
        desk.done(desk.hit())
    token = desk.client.list_reviewable_hits(MaxResults=1)["NextToken"]
    assert len(token) <= 255
    assert desk.refusal(desk.client.list_hits, NextToken=token).code == "InvalidParameterValue"
    refused = desk.refusal(desk.client.list_reviewable_hits, NextToken=token, Status="Reviewing")
    assert refused.code == "InvalidParameterValue"


def test_reviewable_hits_are_listed_by_status_and_type(desk):
    plain, dear, waiting = desk.hit(), desk.hit(Reward="1.00"), desk.hit()
    for hit in (plain, dear):
        desk.done(hit)
    ids = lambda **asked: [hit["HITId"] for hit in desk.client.list_reviewable_hits(**asked)["HITs"]]  # noqa: E731
    assert ids() == [dear["HITId"], plain["HITId"]]
    assert ids(HITTypeId=plain["HITTypeId"]) == [plain["HITId"]]
    desk.client.update_hit_review_status(HITId=dear["HITId"])
    assert ids() == [plain["HITId"]]
    assert ids(Status="Reviewing") == [dear["HITId"]]
    assert waiting["HITId"] not in ids()
