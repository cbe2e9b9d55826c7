from __future__ import annotations

import pytest


def test_a_boto3_client_is_answered_without_a_network(desk):
    balance = desk.client.get_account_balance()
    assert (balance["AvailableBalance"], balance["OnHoldBalance"]) == ("10000.00", "0.00")
    assert balance["ResponseMetadata"]["RequestId"]


def test_a_refusal_is_the_clients_own_exception(desk):
    with pytest.raises(desk.client.exceptions.RequestError) as caught:
        desk.client.get_hit(HITId="3NOSUCH")
    assert caught.value.response["TurkErrorCode"] == "AWS.MechanicalTurk.HITDoesNotExist"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
