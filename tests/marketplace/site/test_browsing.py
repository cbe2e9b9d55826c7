from __future__ import annotations

import re

from webclient import attribute

HOSTILE = "<script>alert('&')</script>"


def test_an_empty_list_says_what_to_do(maria):
    page = maria.get("/").text
    assert "There is no work for you at the moment." in page
    assert "Look again later" in page


def test_the_list_shows_what_the_work_is_and_what_it_pays(maria, publish):
    publish()
    publish()
    page = maria.get("/").text
    assert "1 group<" in page
    assert "Is this comment friendly?" in page
    assert "$0.05" in page
    assert "30 minutes" in page
    assert re.search(r'data-label="Available">2<', page)


def test_a_search_without_a_match_offers_the_way_back(maria, publish):
    publish()
    page = maria.get("/?search=bicycles").text
    assert "Nothing matches “bicycles”." in page
    assert 'href="/"' in page
    assert "Is this comment friendly?" in maria.get("/?search=comment").text


def test_the_list_can_be_ordered_by_reward_in_its_address(maria, publish):
    publish(Title="Cheap", Reward="0.01")
    publish(Title="Dear", Reward="2.00")
    publish(Title="Middling", Reward="0.50")
    titles = re.findall(r'class="title"[^>]*>([^<]+)<', maria.get("/?sort=reward").text)
    assert titles == ["Dear", "Middling", "Cheap"]
    assert maria.get("/?sort=nonsense&page=x").status == 200


def test_more_than_25_groups_come_in_pages(maria, publish):
    for number in range(27):
        publish(Title=f"Group {number}")
    first, second = maria.get("/").text, maria.get("/?page=2").text
    assert "27 groups" in first
    assert "Page 1 of 2" in first
    assert "Page 2 of 2" in second
    assert second.count('class="title"') == 2
    assert "Page 2 of 2" in maria.get("/?page=999").text


def test_a_hostile_title_is_text_on_every_page(maria, publish, accept):
    hit_id = publish(Title=HOSTILE, Description=HOSTILE)
    pages = [maria.get("/").text, maria.get(f"/hits/{hit_id}").text]
    pages += [maria.get(accept(hit_id)).text, maria.get("/queue").text]
    for page in pages:
        assert "&lt;script&gt;alert" in page
        assert "<script>alert" not in page


def test_a_hostile_search_is_text(maria):
    page = maria.get("/?search=%22%3E%3Cscript%3Ealert(1)%3C/script%3E").text
    assert "<script>" not in page


def test_opening_a_group_leads_to_the_preview_of_its_oldest_hit(maria, publish):
    first = publish()
    publish()
    group = attribute(maria.get("/").text, r'href="(/groups/[^"]+)"')
    page = maria.follow(maria.get(group)).text
    assert f"/hits/{first}/accept" in page
    assert "This is a preview." in page


def test_skipping_goes_through_a_group_and_says_when_it_ends(maria, publish):
    hits = [publish() for _ in range(3)]
    seen = []
    address = attribute(maria.get("/").text, r'href="(/groups/[^"]+)"')
    for _ in hits:
        page = maria.follow(maria.get(address)).text
        seen.append(attribute(page, r"/hits/([A-Z0-9]+)/accept"))
        address = attribute(page, r'href="(/groups/[^"]+after=[^"]+)"')
    assert seen == hits
    assert "That was the last one of this group." in maria.follow(maria.get(address)).text


def test_skipping_from_a_hit_that_is_gone_starts_at_the_front(maria, newcomer, publish):
    first, second = publish(), publish()
    address = attribute(maria.get(f"/hits/{first}").text, r'href="(/groups/[^"]+after=[^"]+)"')
    newcomer("Noor").send_form(f"/hits/{first}", f"/hits/{first}/accept")
    assert maria.get(address).location == f"/hits/{second}"


def test_a_preview_of_nothing_says_so(maria):
    answer = maria.get("/hits/3NOSUCHHIT")
    assert answer.status == 409
    assert "That is not possible" in answer.text


def test_a_place_that_somebody_else_took_is_told_in_one_sentence(maria, newcomer, publish):
    hit_id = publish()
    token = attribute(maria.get(f"/hits/{hit_id}").text, r'name="form_token" value="([^"]+)"')
    newcomer("Noor").send_form(f"/hits/{hit_id}", f"/hits/{hit_id}/accept")
    answer = maria.post(f"/hits/{hit_id}/accept", {"form_token": token})
    assert answer.status == 409
    assert "That is not possible" in answer.text


def test_an_unknown_page_is_a_page_all_the_same(maria):
    answer = maria.get("/nowhere")
    assert answer.status == 404
    assert "There is no page at this address." in answer.text
    assert "Sign out" in answer.text
