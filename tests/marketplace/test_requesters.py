from __future__ import annotations

import sqlite3

import pytest

from crowdbroker.marketplace import Marketplace
from crowdbroker.marketplace.requester_rows import DEFAULT_REQUESTER
from crowdbroker.marketplace.requesters import (
    NoSuchRequester,
    RequesterRefused,
    add_requester,
    deposit_to,
    disable,
    enable,
    requesters,
    rotate_key,
)
from crowdbroker.marketplace.sealing import KEY_FILE, SealUnusable


def test_a_new_requester_has_keys_in_aws_shapes_and_its_own_money(desk):
    made = add_requester(desk.market, " Lab  one ", deposit_cents=700)
    assert (made.name, made.access_key[:4], len(made.access_key)) == ("Lab one", "AKIA", 20)
    assert len(made.secret_key) == 40
    assert made.secret_key not in repr(made)
    default, lab = requesters(desk.market)
    assert (default.id, default.access_key, default.available_cents) == (DEFAULT_REQUESTER, None, 1_000_000)
    assert (lab.id, lab.access_key, lab.available_cents, lab.held_cents) == (
        made.requester_id,
        made.access_key,
        700,
        0,
    )
    assert (lab.created_at, lab.disabled_at) == (desk.clock.now, None)
    assert desk.problems() == []


def test_the_first_requester_can_take_over_the_work_that_is_there(desk):
    desk.hit()
    made = add_requester(desk.market, "Lab", adopt_default=True)
    assert made.requester_id == DEFAULT_REQUESTER
    (only,) = requesters(desk.market)
    assert (only.name, only.access_key, only.held_cents) == ("Lab", made.access_key, 6)
    with pytest.raises(RequesterRefused, match="has been adopted by Lab"):
        add_requester(desk.market, "Other", adopt_default=True)
    assert desk.problems() == []


def test_keys_that_scripts_have_already_can_be_kept(desk):
    made = add_requester(desk.market, "Lab", access_key="AKIAOLD1", secret_key="an old secret")
    assert (made.access_key, made.secret_key) == ("AKIAOLD1", "an old secret")
    with pytest.raises(RequesterRefused, match="AKIAOLD1 is another requester's"):
        add_requester(desk.market, "Other", access_key="AKIAOLD1", secret_key="another secret")
    assert len(requesters(desk.market)) == 2


@pytest.mark.parametrize(
    ("name", "keys", "sentence"),
    [
        ("", {}, "1 to 80 printable"),
        ("x" * 81, {}, "1 to 80 printable"),
        ("a\u202eb", {}, "1 to 80 printable"),
        ("Requester", {}, "is called Requester"),
        ("Lab", {"access_key": "AKIAONE"}, "both an access key and a secret"),
        ("Lab", {"access_key": "a/b/c", "secret_key": "long enough"}, "letters and digits"),
        ("Lab", {"access_key": "AKIAONE", "secret_key": "short"}, "8 to 256"),
    ],
)
def test_what_cannot_be_a_requester_is_refused_in_one_sentence(desk, name, keys, sentence):
    with pytest.raises(RequesterRefused, match=sentence):
        add_requester(desk.market, name, **keys)
    assert len(requesters(desk.market)) == 1


def test_a_requester_is_found_by_id_key_or_name(desk):
    made = add_requester(desk.market, "Lab")
    for who in (made.requester_id, made.access_key, "Lab"):
        assert disable(desk.market, who).disabled_at == desk.clock.now
        assert enable(desk.market, who).disabled_at is None
    with pytest.raises(NoSuchRequester, match="'Nobody'"):
        disable(desk.market, "Nobody")


def test_rotating_gives_other_keys_and_only_to_who_has_some(desk):
    made = add_requester(desk.market, "Lab")
    fresh = rotate_key(desk.market, "Lab")
    assert fresh.requester_id == made.requester_id
    assert {fresh.access_key, fresh.secret_key}.isdisjoint({made.access_key, made.secret_key})
    with pytest.raises(RequesterRefused, match="Requester has no key"):
        rotate_key(desk.market, DEFAULT_REQUESTER)


def test_a_deposit_goes_to_the_only_requester_or_to_who_is_named(desk):
    assert deposit_to(desk.market, None, 100) == 1_000_100
    add_requester(desk.market, "Lab")
    assert deposit_to(desk.market, None, 5) == 5
    add_requester(desk.market, "Other")
    with pytest.raises(RequesterRefused, match="several requesters"):
        deposit_to(desk.market, None, 5)
    assert deposit_to(desk.market, "Other", 7) == 7
    assert desk.problems() == []


def test_a_deposit_asks_whom_it_is_for_while_the_default_requester_works_beside_another(desk):
    desk.hit()
    add_requester(desk.market, "Lab")
    with pytest.raises(RequesterRefused, match="several requesters"):
        deposit_to(desk.market, None, 5)
    assert deposit_to(desk.market, DEFAULT_REQUESTER, 6) == 1_000_000


def test_the_database_holds_no_secret_and_the_key_file_is_the_owners(desk, tmp_path):
    made = add_requester(desk.market, "Lab")
    file = tmp_path / "market" / "place.db"
    with sqlite3.connect(file) as connection:
        dump = "\n".join(connection.iterdump())
    connection.close()
    assert made.access_key in dump
    assert made.secret_key not in dump
    key = file.with_name(KEY_FILE)
    assert key.stat().st_mode & 0o777 == 0o600
    assert key.read_text() not in dump
    assert [path.name for path in file.parent.iterdir() if "key" in path.name] == [KEY_FILE]


def test_a_secret_opens_with_its_master_key_and_its_access_key_alone(tmp_path):
    one = Marketplace.open(f"sqlite:///{tmp_path}/m.db", master_key="a master key of some length")
    other = Marketplace.open(f"sqlite:///{tmp_path}/m.db", master_key="another master key, as long")
    sealed = one.seal.close("the secret", "AKIAONE")
    assert one.seal.open(sealed, "AKIAONE") == "the secret"
    for seal, key, text in ((other.seal, "AKIAONE", sealed), (one.seal, "AKIATWO", sealed), (one.seal, "A", "plain!")):
        with pytest.raises(SealUnusable, match="sealed with another master key"):
            seal.open(text, key)
    one.close()
    other.close()
    assert not (tmp_path / KEY_FILE).exists()


def test_without_a_usable_master_key_no_requester_is_made(tmp_path):
    market = Marketplace.open(f"sqlite:///{tmp_path}/m.db", master_key="short")
    with pytest.raises(SealUnusable, match="shorter than 16"):
        add_requester(market, "Lab")
    assert len(requesters(market)) == 1
    market.close()
    market = Marketplace.open(f"sqlite:///{tmp_path}/m.db")
    (tmp_path / KEY_FILE).write_text("")
    with pytest.raises(SealUnusable, match="holds no key"):
        add_requester(market, "Lab")
    market.close()
