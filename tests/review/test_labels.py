"""The queue of Labels, one Item, and what deciding does, through the pages."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any
from urllib.parse import quote

import pytest
from factories import some_items
from reviewing import HOSTILE, Office, a_labelled_batch, hostile_items, load_page, made_once
from sqlmodel import col, select, update
from webclient import Answer, Browser

from crowdbroker.broker.label import label
from crowdbroker.broker.review import DecisionKind, Wish, decide, mark_of
from crowdbroker.formats.formulas import undefuse
from crowdbroker.review.pages_labels import PAGE_SIZE
from crowdbroker.store.review_tables import ReviewDecisionRow
from crowdbroker.store.tables import ItemRow, LabelRow, WorkerRow

LABELS_PAGE = "/batches/1/labels"


@pytest.fixture
def worked(office: Office) -> Office:
    """Thirty Items with four Answers each, and Labels."""
    made_once(office.desk, "worked", lambda: a_labelled_batch(office.desk, some_items(30)))
    return office


def row(office: Office, key: str) -> LabelRow:
    with office.desk.store.read() as session:
        return session.exec(select(LabelRow).where(LabelRow.item_id == ItemRow.id, ItemRow.key == key)).one()


def in_order(office: Office) -> list[int]:
    """Item rows by doubt."""
    with office.desk.store.read() as session:
        return list(session.exec(select(LabelRow.item_id).order_by(LabelRow.confidence, col(LabelRow.item_id))))


def shown(page: str) -> list[int]:
    """Item rows that a page of the queue lists."""
    return [int(one) for one in re.findall(r'class="title" href="/batches/1/items/(\d+)', page)]


def the_form(page: str, kind: str) -> dict[str, str]:
    """What the form of a decision on an Item's page sends."""
    for form in re.findall(r"<form.*?</form>", page, re.DOTALL):
        fields = dict(re.findall(r'name="([a-z_]+)" value="([^"]*)"', form))
        if fields.get("kind") == kind:
            return fields
    raise AssertionError(f"no form {kind}")


def decided(browser: Browser, item: int, kind: str, *, view: str = "", **changes: str) -> Answer:
    """Press a button of an Item's page."""
    fields = the_form(browser.get(f"/batches/1/items/{item}{view}").text, kind) | changes
    return browser.post(f"/batches/1/items/{item}/decide{view}", fields, {"sec-fetch-site": "same-origin"})


def test_the_queue_goes_by_doubt_page_by_page_and_leaves_none_out(worked: Office) -> None:
    browser = worked.browser("viewer")
    first = browser.get(LABELS_PAGE).text
    assert "30" in first
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following is not None
    second = browser.get(following[1].replace("&amp;", "&")).text
    assert shown(first) + shown(second) == in_order(worked)
    assert (len(shown(first)), 'rel="next"' in second) == (PAGE_SIZE, False)
    backwards = browser.get(f"{LABELS_PAGE}?sort=sure").text
    assert shown(backwards) == in_order(worked)[::-1][:PAGE_SIZE]


@pytest.mark.parametrize(
    "query", ["after=nonsense", "after=0x1p0:x", "state=no&sort=no", "after=inf:1", "search=%00", "label=%F0%9F"]
)
def test_an_address_that_somebody_broke_still_shows_a_page(worked: Office, query: str) -> None:
    assert worked.browser("viewer").get(f"{LABELS_PAGE}?{query}").status == 200


def test_filters_and_search_stand_in_the_address(worked: Office) -> None:
    browser = worked.browser("viewer")
    assert len(shown(browser.get(f"{LABELS_PAGE}?search=i17").text)) == 1
    assert len(shown(browser.get(f"{LABELS_PAGE}?search=TEXT+1").text)) == 11
    assert shown(browser.get(f"{LABELS_PAGE}?search=%25").text) == []
    assert shown(browser.get(f"{LABELS_PAGE}?state=more").text) == []
    for said in ("negative", "positive"):
        listed = shown(browser.get(f"{LABELS_PAGE}?label={said}").text)
        with worked.desk.store.read() as session:
            rows = select(LabelRow.item_id).where(LabelRow.label == said)
            assert set(listed) == set(session.exec(rows))


def test_accepting_goes_on_to_the_next_in_doubt(worked: Office) -> None:
    browser = worked.browser("reviewer", "ann")
    first, second, *_ = in_order(worked)
    answer = decided(browser, first, "accept")
    assert answer.location == f"/batches/1/items/{second}?said=accept&last={first}"
    page = browser.get(answer.location).text
    assert "Accepted." in page
    assert f"/batches/1/items/{first}?state=all" in page
    listed = browser.get(LABELS_PAGE).text
    assert first not in shown(listed)
    assert re.search(r'class="count">\s*29\s', listed)
    assert shown(browser.get(f"{LABELS_PAGE}?state=accept").text) == [first]


def test_another_label_corrects_and_the_same_one_accepts(worked: Office) -> None:
    browser = worked.browser("reviewer", "ann")
    was = row(worked, "i3").label
    other = next(one for one in ("negative", "neutral", "positive") if one != was)
    item = row(worked, "i3").item_id
    decided(browser, item, "correct", label=other, note="  irony  ")
    assert (row(worked, "i3").label, row(worked, "i3").review) == (other, "correct")
    page = browser.get(f"/batches/1/items/{item}").text
    assert "irony" in page
    assert f"the votes say <bdi>{was}</bdi>" in page
    item = row(worked, "i4").item_id
    decided(browser, item, "correct", label=row(worked, "i4").label)
    assert row(worked, "i4").review == "accept"


@pytest.mark.parametrize(("kind", "holds"), [("ambiguous", "ambiguous"), ("gold", "gold"), ("accept", "accept")])
def test_every_decision_can_be_undone_on_the_page(worked: Office, kind: str, holds: str) -> None:
    browser = worked.browser("reviewer")
    before = row(worked, "i5")
    decided(browser, before.item_id, kind)
    assert row(worked, "i5").review == holds
    answer = decided(browser, before.item_id, "undo")
    assert answer.location.endswith("said=undo")
    after = row(worked, "i5")
    assert (after.label, after.confidence, after.review) == (before.label, before.confidence, "")


def test_the_second_of_two_reviewers_is_told_who_was_first(worked: Office) -> None:
    ann, bob = worked.browser("reviewer", "ann"), worked.browser("reviewer", "bob")
    item = row(worked, "i0").item_id
    form = the_form(bob.get(f"/batches/1/items/{item}").text, "ambiguous")
    decided(ann, item, "accept")
    answer = bob.post(f"/batches/1/items/{item}/decide", form)
    assert answer.status == 409
    assert "ann has decided on this Item meanwhile: accept" in answer.text.replace("&#39;", "'")
    assert (row(worked, "i0").review, row(worked, "i0").decided_by) == ("accept", "ann")
    # The page that tells it has the form for another try, which now knows of the first decision.
    again = the_form(answer.text, "ambiguous")
    assert bob.post(f"/batches/1/items/{item}/decide", again).status == 303
    assert row(worked, "i0").decided_by == "bob"


def test_a_view_is_kept_while_somebody_goes_through_it(worked: Office) -> None:
    browser = worked.browser("reviewer")
    view = "?label=positive&sort=sure"
    first, second, *_ = shown(browser.get(f"{LABELS_PAGE}{view}").text)
    answer = decided(browser, first, "ambiguous", view=view)
    assert answer.location == f"/batches/1/items/{second}{view}&said=ambiguous&last={first}"


def test_the_last_of_a_view_leads_back_to_the_list(worked: Office) -> None:
    browser = worked.browser("reviewer")
    item = row(worked, "i17").item_id
    answer = decided(browser, item, "accept", view="?search=i17")
    assert answer.location == "/batches/1/labels?search=i17&said=accept"


def test_an_item_shows_every_answer_with_the_row_of_its_worker(worked: Office) -> None:
    item = row(worked, "i6").item_id
    page = worked.browser("viewer").get(f"/batches/1/items/{item}").text
    assert page.count('class="stack-bar"') == 4
    assert "What the Answers say together" in page
    assert f'src="/batches/1/items/{item}/frame"' in page
    assert "deciding needs the role reviewer" in page
    assert "data-key" not in page.partition("As Workers saw it")[2]


def test_the_item_is_framed_in_an_origin_without_a_name(worked: Office) -> None:
    item = row(worked, "i6").item_id
    browser = worked.browser("viewer")
    frame = browser.get(f"/batches/1/items/{item}/frame")
    policy = frame.headers["content-security-policy"]
    assert policy.startswith("sandbox allow-scripts; default-src 'none'")
    assert "allow-same-origin" not in policy
    assert "allow-forms" not in policy
    assert "text 6" in frame.text
    assert 'sandbox="allow-scripts"' in browser.get(f"/batches/1/items/{item}").text


def test_one_batch_shows_no_item_of_another(worked: Office) -> None:
    worked.desk.load(name="second")
    browser = worked.browser("reviewer")
    item = row(worked, "i6").item_id
    for address in (f"/batches/2/items/{item}", f"/batches/2/items/{item}/frame", "/batches/9/labels"):
        assert browser.get(address).status == 404
    form = the_form(browser.get(f"/batches/1/items/{item}").text, "accept")
    assert browser.post(f"/batches/2/items/{item}/decide", form).status == 404
    assert row(worked, "i6").review == ""


def as_a_browser(fields: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """A form as browsers send it: every line break is two signs."""
    return [(name, value.replace("\n", "\r\n")) for name, value in fields]


def relabelled(office: Office, label: str) -> None:
    with office.desk.store.write() as session:
        session.connection().execute(update(LabelRow).values(label=label, crowd_label=label))


@pytest.mark.parametrize("kind", ["accept", "ambiguous", "gold"])
def test_a_label_with_a_line_break_is_decided_and_undone(worked: Office, kind: str) -> None:
    relabelled(worked, "one\ntwo")
    browser, item = worked.browser("reviewer"), in_order(worked)[0]
    for step in (kind, "undo"):
        form = the_form(browser.get(f"/batches/1/items/{item}").text, step)
        address = f"/batches/1/items/{item}/decide"
        answer = browser.post(address, as_a_browser(list(form.items())), {"sec-fetch-site": "same-origin"})
        assert answer.status == 303, step
    assert worked.desk.count(ReviewDecisionRow) == 2


def test_labels_with_line_breaks_are_decided_together(worked: Office) -> None:
    relabelled(worked, "one\ntwo")
    browser = worked.browser("reviewer")
    page = browser.get(LABELS_PAGE).text
    values = re.findall(r'type="checkbox" name="item" value="([^"]+)"', page)[:2]
    fields = [("form_token", the_token(page)), ("kind", "accept"), *(("item", value) for value in values)]
    answer = browser.post("/batches/1/labels/decide", as_a_browser(fields))
    assert answer.location.endswith("said=decided-many")
    assert worked.desk.count(ReviewDecisionRow) == 2


def test_all_that_match_fit_into_a_form_however_long_they_are(worked: Office) -> None:
    relabelled(worked, "\u00e4" * 4000)
    browser = worked.browser("reviewer")
    assert do_it(browser, ticked(browser, "accept", 0, all="1")).location.endswith("said=decided-many")
    assert worked.desk.count(ReviewDecisionRow) == 30


@pytest.mark.parametrize("address", ["/batches/1/items/1/decide", "/batches/1/labels/decide"])
def test_a_form_that_asks_for_more_answers_and_no_places_is_refused(worked: Office, address: str) -> None:
    browser = worked.browser("reviewer")
    form = the_form(browser.get("/batches/1/items/1").text, "more")
    value = re.findall(r'name="item" value="([^"]+)"', browser.get(LABELS_PAGE).text)[0]
    assert browser.post(address, form | {"item": value}).status == 409
    assert worked.desk.count(ReviewDecisionRow) == 0


BIG = ["9" * 20, str(2**31), str(2**63)]


@pytest.mark.parametrize("big", BIG)
@pytest.mark.parametrize("address", ["items/BIG", "items/BIG/frame", "workers/BIG", "decisions/BIG", "refusals/BIG"])
def test_a_number_that_no_row_can_have_is_not_there(worked: Office, address: str, big: str) -> None:
    browser = worked.browser("reviewer")
    assert browser.get(f"/batches/1/{address.replace('BIG', big)}").status == 404
    assert browser.get(f"/batches/{big}").status == 404
    fields = {"kind": "accept", "version": "0", "seen": ""}
    assert browser.send_form("/", f"/batches/1/items/{big}/decide", **fields).status == 404


@pytest.mark.parametrize("big", BIG)
def test_a_number_in_a_query_that_no_row_can_have_is_passed_over(worked: Office, big: str) -> None:
    browser = worked.browser("reviewer")
    for query in (f"labels?after=0x1p-1:{big}", f"labels?after=0x1p-1:-{big}", f"items/1?last={big}"):
        assert browser.get(f"/batches/1/{query}").status == 200, query


def test_whoever_has_to_sign_in_again_is_told_before_they_ask_for_more_answers(worked: Office) -> None:
    browser = worked.browser("reviewer")
    ready = ticked(browser, "more", 2)
    worked.desk.pass_time(minutes=16)
    for address in ("/batches/1/items/1", "/batches/1/items/1?state=all", LABELS_PAGE):
        page = browser.get(address).text
        assert f'href="/again?next={quote(address)}"' in page, address
        assert 'value="more">Ask' not in page
        assert 'name="kind" value="more"' not in page
    fields = re.findall(r'name="([a-z_]+)" value="([^"]*)"', ready.partition("<main")[2])
    page = browser.post("/batches/1/labels/preview", fields).text
    assert "Do it" not in page
    assert f'href="/again?next={quote(LABELS_PAGE)}"' in page


def test_a_worker_who_was_forgotten_has_a_name_on_an_items_page_too(worked: Office) -> None:
    with worked.desk.store.write() as session:
        session.connection().execute(update(WorkerRow).values(name=""))
    assert worked.browser("viewer").get("/batches/1/items/1").text.count("<bdi>(forgotten)</bdi>") == 4


# Many at once.


def ticked(browser: Browser, kind: str, count: int, **fields: str) -> str:
    """Tick the first Labels of the queue, choose an action, and return the page that asks."""
    page = browser.get(LABELS_PAGE).text
    token = the_token(page)
    values = re.findall(r'type="checkbox" name="item" value="([^"]+)"', page)[:count]
    sent = [("form_token", token), ("kind", kind), *fields.items(), *(("item", value) for value in values)]
    answer = browser.post("/batches/1/labels/preview", sent)
    assert answer.status == 200, answer.text
    return answer.text


def the_token(page: str) -> str:
    return page.partition('name="form_token" value="')[2].partition('"')[0]


def do_it(browser: Browser, page: str) -> Answer:
    """Send the form of the page that asks."""
    form = page.partition('<form method="post" action="/batches')[2]
    address = "/batches" + form.partition('"')[0]
    return browser.post(address, re.findall(r'name="([a-z_]+)" value="([^"]*)"', form))


def test_a_bulk_decision_is_shown_before_it_is_made(worked: Office) -> None:
    browser = worked.browser("reviewer", "ann")
    page = ticked(browser, "accept", 5)
    assert "Accept the Labels of 5 Items?" in page
    assert worked.desk.count(ReviewDecisionRow) == 0
    assert do_it(browser, page).location == f"{LABELS_PAGE}?said=decided-many"
    assert worked.desk.count(ReviewDecisionRow) == 5


def test_all_that_match_are_decided_by_one_tick(worked: Office) -> None:
    browser = worked.browser("reviewer")
    page = ticked(browser, "ambiguous", 0, all="1", label="neutral")
    do_it(browser, page)
    with worked.desk.store.read() as session:
        rows = session.exec(select(LabelRow.label, LabelRow.review)).all()
    assert {review for said, review in rows if said == "neutral"} == {"ambiguous"}
    assert {review for said, review in rows if said != "neutral"} == {""}


def test_a_bulk_decision_leaves_out_what_somebody_else_decided_meanwhile(worked: Office) -> None:
    browser = worked.browser("reviewer", "ann")
    page = ticked(browser, "accept", 3)
    first = in_order(worked)[0]
    decided(worked.browser("reviewer", "bob"), first, "ambiguous")
    assert do_it(browser, page).location == f"{LABELS_PAGE}?said=overtaken-many"
    with worked.desk.store.read() as session:
        assert session.get_one(LabelRow, first).decided_by == "bob"
    assert worked.desk.count(ReviewDecisionRow) == 3


def test_asking_for_more_answers_says_what_it_costs_and_reserves_just_that(worked: Office) -> None:
    browser = worked.browser("reviewer", "ann")
    before = worked.desk.money()
    page = ticked(browser, "more", 25, places="2")
    cost = re.search(r"<strong>\$(\d+)\.(\d\d)</strong> with fees", page)
    assert cost is not None
    assert worked.desk.money() == before
    assert do_it(browser, page).location == f"{LABELS_PAGE}?said=sent-many"
    after = worked.desk.money()
    assert before["available"] - after["available"] == int(cost[1]) * 100 + int(cost[2]) > 0  # type: ignore[index]
    assert "25 back with Workers" in browser.get("/batches/1").text
    worked.desk.publish()
    worked.desk.check_books()


def test_a_cap_of_the_day_bounds_what_a_person_sends_back(worked: Office) -> None:
    browser = worked.browser("reviewer", "ann", cap_cents=10)
    first, second, third, *_ = in_order(worked)
    send = f"/batches/1/items/{first}/send-back"
    form = the_form(browser.get(f"/batches/1/items/{first}").text, "more")
    assert browser.post(send, form | {"places": "2"}).status == 409
    assert worked.desk.count(ReviewDecisionRow) == 0
    assert browser.post(send, form).status == 303
    other = next(one for one in (second, third) if browser.get(f"/batches/1/items/{one}").status == 200)
    again = browser.post(
        f"/batches/1/items/{other}/send-back", the_form(browser.get(f"/batches/1/items/{other}").text, "more")
    )
    assert again.status == 409
    assert "you may spend $0.04 more today" in again.text or "still takes work, or is being changed" in again.text


@pytest.mark.parametrize("value", ["", "x", "1", "1:x:y", "-1:0:a", "9" * 30 + ":0:a", "1:" + "9" * 30 + ":a"])
def test_a_form_that_somebody_made_up_changes_nothing(worked: Office, value: str) -> None:
    browser = worked.browser("reviewer")
    token = the_token(browser.get(LABELS_PAGE).text)
    answer = browser.post("/batches/1/labels/decide", [("form_token", token), ("kind", "accept"), ("item", value)])
    assert answer.status == 409
    assert worked.desk.count(ReviewDecisionRow) == 0


# What Batches look like before, and when nothing is there.


def test_a_batch_before_its_work_says_so_plainly(office: Office) -> None:
    browser = office.browser("viewer")
    assert "There is no Batch yet" in browser.get("/").text
    office.desk.load()
    assert "○ Planned" in browser.get("/").text
    assert "no Labels yet" in browser.get("/batches/1").text
    assert "This Batch is not published yet" in browser.get(LABELS_PAGE).text
    assert browser.get("/batches/7").status == 404
    office.desk.publish()
    running = browser.get("/batches/1").text
    assert "▶ Running" in running
    assert 'hx-get="/batches/1/live"' in running
    assert browser.get("/batches/1/live").text.lstrip().startswith('<div id="figures"')


def test_an_item_before_any_answer_can_be_given_a_label(office: Office) -> None:
    office.desk.load()
    browser = office.browser("reviewer")
    page = browser.get("/batches/1/items/1").text
    assert "No Label yet" in page
    assert "Nobody has answered yet" in page
    decided(browser, 1, "correct", label="neutral")
    with office.desk.store.read() as session:
        assert session.get_one(LabelRow, 1).label == "neutral"


def test_serving_one_batch_alone_hides_the_others(worked: Office) -> None:
    worked.desk.load(name="second")
    alone = Office(worked.desk, only=2)
    browser = alone.browser("admin", "boss")
    assert browser.get("/").location == "/batches/2"
    assert browser.get("/batches/1").status == 404
    assert browser.get("/batches/1/labels.csv").status == 404


# Hostile data.


@pytest.fixture
def hostile(office: Office) -> Office:
    made_once(office.desk, "hostile", lambda: a_labelled_batch(office.desk, hostile_items(7), items_per_hit=1))
    return office


def test_no_page_holds_markup_of_a_cell_or_an_id(hostile: Office) -> None:
    browser = hostile.browser("reviewer")
    pages = [LABELS_PAGE, *(f"/batches/1/items/{item}" for item in in_order(hostile))]
    for address in pages:
        text = browser.get(address).text
        assert "<script>document" not in text
        assert "<img src=x" not in text
        assert "49${id}" not in text
        assert text.count("</title>") == 1


def test_downloads_run_nothing_in_a_spreadsheet_and_lose_nothing(hostile: Office) -> None:
    browser = hostile.browser("viewer")
    answer = browser.get("/batches/1/labels.csv")
    assert answer.headers["content-disposition"].startswith('attachment; filename="first-labels.csv"')
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(rows) == 7
    for one in rows:
        assert not any(cell[:1] in "=+-@\t\r" for cell in one.values() if cell)
    assert [undefuse(one["id"]) for one in rows] == [item.key for item in hostile_items(7)]
    records = [json.loads(line) for line in browser.get("/batches/1/labels.jsonl").text.splitlines()]
    assert [one["id"] for one in records] == [item.key for item in hostile_items(7)]
    assert [one["text"] for one in records] == [item.data["text"] for item in hostile_items(7)]
    assert all(len(HOSTILE[n]) <= len(records[n]["text"]) for n in range(7))


def test_a_download_says_who_decided_and_what_the_votes_said(worked: Office) -> None:
    browser = worked.browser("reviewer", "ann")
    was = row(worked, "i3").label
    other = next(one for one in ("negative", "neutral", "positive") if one != was)
    decided(browser, row(worked, "i3").item_id, "correct", label=other)
    rows = {one["id"]: one for one in csv.DictReader(io.StringIO(browser.get("/batches/1/labels.csv").text))}
    assert len(rows) == 30
    assert [rows["i3"][name] for name in ("label", "review", "decided_by", "crowd_label")] == [
        other,
        "correct",
        "ann",
        was,
    ]


def test_a_batch_with_another_kind_of_answers_can_be_corrected(office: Office) -> None:
    desk = office.desk
    load_page(desk, some_items(4), answer={"kind": "choices"}, gold={"per_hit": 0})
    browser = office.browser("reviewer")
    page = browser.get("/batches/1/items/1").text
    form = the_form(page, "correct")
    fields = [(name, value) for name, value in form.items() if name != "label"]
    fields += [("label", "positive"), ("label", "negative")]
    assert browser.post("/batches/1/items/1/decide", fields).status == 303
    label(desk.store, desk.batch(), desk.clock())
    with desk.store.read() as session:
        assert json.loads(session.get_one(LabelRow, 1).label) == ["negative", "positive"]
    assert "checked" in browser.get("/batches/1/items/1").text


def test_a_text_can_be_corrected(office: Office) -> None:
    desk = office.desk
    load_page(desk, some_items(4), answer={"kind": "text"}, gold={"per_hit": 0})
    browser = office.browser("reviewer")
    decided(browser, 1, "correct", label="a <b>text</b>")
    assert "a &lt;b&gt;text&lt;/b&gt;" in browser.get("/batches/1/items/1").text
    assert browser.get("/batches/1/labels").status == 200


def test_figures_follow_a_decision_of_this_page_and_of_others(worked: Office) -> None:
    browser = worked.browser("reviewer")
    first, second, *_ = in_order(worked)
    decided(browser, first, "accept")
    wish: dict[str, Any] = {"version": 0, "seen": ""}
    with worked.desk.store.read() as session:
        wish["seen"] = mark_of(session.get_one(LabelRow, second).label)
    made = Wish(second, DecisionKind.ACCEPT, **wish)
    decide(worked.desk.store, worked.desk.batch(), made, reviewer="bob", now=worked.desk.clock())
    assert "28 wait" in browser.get("/batches/1").text
