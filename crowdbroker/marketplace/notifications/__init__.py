"""Events on their way to requesters: an outbox in the database, and a runner that empties it.

    events.record -> event_tables.EventRow -> outbox -> delivery -> SQS, SNS or a signed webhook

Delivery is at least once and in no order, as it always was (API reference, Notifications): every message carries an
EventDocId that stays the same when it is repeated.
"""
