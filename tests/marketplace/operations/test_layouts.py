from __future__ import annotations

import pytest

from crowdbroker.marketplace import worker
from crowdbroker.marketplace.faults import BadValue
from crowdbroker.marketplace.hit_warnings import warnings_of
from crowdbroker.marketplace.layouts import add_layout, layouts_of
from crowdbroker.marketplace.requester_rows import DEFAULT_REQUESTER

PAGE = "<!DOCTYPE html><html><body><p>Is ${company} in ${city}? ${company}!</p></body></html>"


@pytest.fixture
def layout(desk):
    """Return a function that stores a layout and returns its id."""

    def add(html: str = PAGE, requester_id: str = DEFAULT_REQUESTER) -> str:
        with desk.market.write() as session:
            ids, now_ms = desk.market.ids, desk.market.now_ms()
            return add_layout(session, requester_id, html, "companies", ids=ids, now_ms=now_ms)

    return add


def values(**pairs: str) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in pairs.items()]


def test_a_hit_of_a_layout_has_its_page_filled_in_and_names_it(desk, layout):
    layout_id = layout()
    hit = desk.hit(Question=None, HITLayoutId=layout_id, HITLayoutParameters=values(company="ACME", city="Ulm"))
    assert hit["HITLayoutId"] == layout_id
    assert "<p>Is ACME in Ulm? ACME!</p>" in hit["Question"]
    assert desk.look(hit) == hit
    assert desk.client.list_hits()["HITs"] == [hit]
    assert "Is ACME" in worker.preview(desk.market, desk.worker(), hit["HITId"]).html


def test_a_hit_of_a_registered_type_takes_a_layout_too(desk, layout):
    like, layout_id = desk.hit(), layout()
    made = desk.client.create_hit_with_hit_type(
        HITTypeId=like["HITTypeId"],
        LifetimeInSeconds=60,
        HITLayoutId=layout_id,
        HITLayoutParameters=values(company="ACME", city="Ulm"),
    )["HIT"]
    assert made["HITLayoutId"] == layout_id
    assert "HITLayoutId" not in like


def test_values_are_not_escaped_and_must_leave_well_formed_html(desk, layout):
    asked = {"Question": None, "HITLayoutId": layout()}
    hit = desk.hit(**asked, HITLayoutParameters=values(company="<b>ACME</b> ${city}", city="Ulm"))
    assert "Is <b>ACME</b> ${city} in Ulm?" in hit["Question"]
    for bad in ("<div>", "]]>", "x" * 70_000):
        refused = desk.refusal(desk.hit, **asked, HITLayoutParameters=values(company=bad, city="Ulm"))
        assert refused.kind == "ParameterValidationError"


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ([], "lacks a value for company, city"),
        (values(company="a"), "lacks a value for city"),
        (values(company="a", city="b", street="c"), "no placeholder for street"),
        ([*values(company="a", city="b"), *values(city="c")], "more than once"),
    ],
)
def test_the_names_have_to_match(desk, layout, parameters, words):
    refused = desk.refusal(desk.hit, Question=None, HITLayoutId=layout(), HITLayoutParameters=parameters)
    assert (refused.kind, words in refused.text) == ("ParameterValidationError", True)
    assert desk.client.list_hits()["NumResults"] == 0


def test_a_layout_of_someone_else_does_not_exist(desk, layout):
    with desk.market.write() as session:
        from crowdbroker.marketplace.requester_rows import insert_requester

        insert_requester(session, "A0OTHER", "Other", at_ms=0)
    refused = desk.refusal(
        desk.hit,
        Question=None,
        HITLayoutId=layout(requester_id="A0OTHER"),
        HITLayoutParameters=values(company="a", city="b"),
    )
    assert refused.code == "HITLayoutDoesNotExist"


def test_layouts_are_listed_with_the_names_of_their_placeholders(desk, layout):
    first, second = layout(), layout("<p>${a}</p>")
    with desk.market.read() as session:
        found = layouts_of(session, DEFAULT_REQUESTER)
    assert [(each.id, each.parameters) for each in found] == [(second, ("a",)), (first, ("company", "city"))]


@pytest.mark.parametrize(("html", "name"), [("", "n"), ("x" * 70_000, "n"), ("<p>x</p>", ""), ("<p>x</p>", "n" * 200)])
def test_a_layout_without_name_or_page_is_refused(desk, html, name):
    with desk.market.write() as session, pytest.raises(BadValue):
        add_layout(session, DEFAULT_REQUESTER, html, name, ids=desk.market.ids, now_ms=0)


def test_an_unknown_crowd_element_is_warned_of_once_a_hit_type(desk):
    page = desk.hit()["Question"].replace("<p>", "<crowd-keypoint></crowd-keypoint><p>")
    hits = [desk.hit(Question=page) for _ in range(3)]
    other = desk.hit(Question=page, Title="Another")
    with desk.market.read() as session:
        found = warnings_of(session, DEFAULT_REQUESTER)
        assert warnings_of(session, "A0NOBODY") == []
    assert [warning.hit_id for warning in found] == [other["HITId"], hits[0]["HITId"]]
    assert "<crowd-keypoint>" in found[0].text


def test_malformed_html_is_refused_and_changes_nothing(desk):
    page = desk.hit()["Question"].replace("</p>", "</div>")
    before = desk.balance()
    refused = desk.refusal(desk.hit, Question=page)
    assert (refused.kind, "<! [1," in refused.text) == ("ParameterValidationError", True)
    assert desk.balance() == before
