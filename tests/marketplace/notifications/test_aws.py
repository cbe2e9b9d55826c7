"""SQS and SNS on moto's server."""

from __future__ import annotations

import json
import logging

import boto3
import pytest
from moto.server import ThreadedMotoServer

from crowdbroker.marketplace.notifications import aws
from crowdbroker.marketplace.notifications.problems import Undeliverable
from crowdbroker.marketplace.notifications.transports import Transports


@pytest.fixture(scope="module")
def cloud():
    """The endpoint of queues and topics on this machine."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()
    aws._client.cache_clear()


@pytest.fixture
def keys(monkeypatch):
    """Credentials of an operator, as the environment gives them."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "operator")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "anything")
    aws._client.cache_clear()


def client(service, endpoint):
    named = {"aws_access_key_id": "reader", "aws_secret_access_key": "anything"}
    return boto3.client(service, region_name="us-east-1", endpoint_url=endpoint, **named)


@pytest.fixture
def queue(cloud, keys, request):
    """A queue, and a function that takes all messages out of it."""
    sqs = client("sqs", cloud)
    url = sqs.create_queue(QueueName=request.node.name[:60])["QueueUrl"]

    def take():
        found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        return [json.loads(message["Body"]) for message in found]

    return url, take


def test_an_event_arrives_in_a_queue(open_news, cloud, queue):
    url, take = queue
    news = open_news(sqs_endpoint_url=cloud)
    done = news.done(news.specify(url))
    news.deliver()
    (body,) = take()
    assert body["Events"][0]["AssignmentId"] == done
    assert set(body) == {"Events", "EventDocId", "SourceAccount", "CustomerId", "EventDocVersion"}


def test_an_event_arrives_through_a_topic_in_the_usual_envelope(open_news, cloud, queue):
    url, take = queue
    sns = client("sns", cloud)
    arn = sns.create_topic(Name="events")["TopicArn"]
    sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=f"arn:aws:sqs:us-east-1:123456789012:{url.rpartition('/')[2]}")
    news = open_news(sns_endpoint_url=cloud)
    done = news.done(news.specify(arn, transport="SNS"))
    news.deliver()
    (envelope,) = take()
    assert envelope["TopicArn"] == arn
    assert json.loads(envelope["Message"])["Events"][0]["AssignmentId"] == done


def test_a_queue_that_is_gone_is_tried_again(open_news, cloud, queue):
    url, _ = queue
    news = open_news(sqs_endpoint_url=cloud)
    news.done(news.specify(f"{url}-other"))
    news.deliver()
    assert "NonExistentQueue" in news.events()[0].problem
    client("sqs", cloud).create_queue(QueueName=f"{url.rpartition('/')[2]}-other")
    assert news.deliver(2000) == 1
    assert news.events()[0].outcome == "Delivered"


def test_a_test_event_is_sent_at_once(open_news, cloud, queue):
    url, take = queue
    news = open_news(sqs_endpoint_url=cloud)
    specification = {"Destination": url, "Transport": "SQS", "Version": "2006-05-05", "EventTypes": ["HITCreated"]}
    news.client.send_test_event_notification(Notification=specification, TestEventType="Ping")
    (body,) = take()
    assert (body["Events"][0]["EventType"], body["EventDocVersion"]) == ("Ping", "2006-05-05")
    gone = specification | {"Destination": f"{url}x"}
    refused = news.refusal(news.client.send_test_event_notification, Notification=gone, TestEventType="Ping")
    assert refused.code == "InvalidTransportEndpoint"


def test_an_endpoint_that_does_not_answer_and_missing_keys_are_problems(monkeypatch, keys):
    nowhere = Transports(sqs_endpoint_url="http://127.0.0.1:1", sns_endpoint_url="http://127.0.0.1:1", timeout_s=0.5)
    with pytest.raises(Undeliverable):
        aws.send_to_queue(nowhere, "http://127.0.0.1:1/q", "us-east-1", "{}")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "/dev/null")
    aws._client.cache_clear()
    with pytest.raises(Undeliverable, match="credentials"):
        aws.send_to_topic(nowhere, "arn:aws:sns:us-east-1:123456789012:t", "us-east-1", "{}")


def test_a_profile_that_is_not_there_and_a_region_that_is_none_are_problems(monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    aws._client.cache_clear()
    with pytest.raises(Undeliverable, match="nobody"):
        aws.send_to_queue(Transports(), "https://sqs.us-east-1.amazonaws.com/123456789012/q", "us-east-1", "{}")
    monkeypatch.delenv("AWS_PROFILE")
    with pytest.raises(Undeliverable):
        aws.send_to_topic(Transports(sns_endpoint_url="nowhere"), "arn:aws:sns:x:1:t", "us-east-1", "{}")
