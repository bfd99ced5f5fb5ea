"""Celery's queues: what each is for, how many work on it, and what a broker has to be told of it."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from kombu.entity import Exchange, Queue

# Longer than any task may take (60 s): Redis hands out again what was not acknowledged by then.
VISIBILITY_SECONDS = 120
# A broker that does not answer is given up after this, so that nobody waits for it (SPEC 11).
BROKER_SECONDS = 1.0
# Then a message that takes its worker down with it, over and over, is put aside for a person.
DELIVERIES_MAX = 5
DEAD_KEPT_MS = 7 * 24 * 3600 * 1000
DEAD_MAX = 100_000
# Named, with a key a queue: left to Celery, all queues would be bound to the first one's exchange by the same key.
EXCHANGE = Exchange("laurel", type="direct", durable=True)
DEAD_EXCHANGE = "laurel.dead"
DEAD_QUEUE = "laurel.dead-letters"


@dataclass(frozen=True, slots=True)
class Pool:
    """A queue and the workers of it. `message_seconds` is after when a message is worthless; None is never."""

    queue: str
    concurrency: int
    message_seconds: int | None = None

    @property
    def options(self) -> list[str]:
        """The options of a Celery worker for this queue alone.

        Processes for all of them: threads know neither time limits nor what a killed child leaves behind.
        """
        return ["--queues", self.queue, "--concurrency", str(self.concurrency), "--hostname", f"{self.queue}@%h"]


# From the most to the least urgent (SPEC R5): the first two wait for others most of the time, the last one computes.
POOLS = (
    Pool("notifications", 20, message_seconds=300),
    Pool("leaderboard", 10),
    Pool("analytics", 5),
)


def settings_for(broker_url: str) -> dict[str, object]:
    """Return Celery's settings that depend on the broker, RabbitMQ or one that speaks Redis."""
    if urlsplit(broker_url).scheme.startswith("amqp"):
        return {
            "CELERY_TASK_QUEUES": tuple(_quorum(pool) for pool in POOLS),
            "CELERY_BROKER_TRANSPORT_OPTIONS": {
                # Without, 1,561 of 2,999 messages were lost when the broker was killed, and none was told of.
                "confirm_publish": True,
                "connect_timeout": BROKER_SECONDS,
                "write_timeout": BROKER_SECONDS,
            },
            "CELERY_BROKER_HEARTBEAT": 10,
        }
    return {
        "CELERY_TASK_QUEUES": tuple(Queue(pool.queue, EXCHANGE, routing_key=pool.queue) for pool in POOLS),
        # `priority` empties the queues in the order in which a worker was told of them.
        "CELERY_BROKER_TRANSPORT_OPTIONS": {
            "visibility_timeout": VISIBILITY_SECONDS,
            "queue_order_strategy": "priority",
        },
    }


def dead_letters() -> Queue:
    """Return where RabbitMQ puts messages that nobody could carry out; declared by every worker as it starts."""
    arguments = {"x-queue-type": "quorum", "x-message-ttl": DEAD_KEPT_MS, "x-max-length": DEAD_MAX}
    exchange = Exchange(DEAD_EXCHANGE, type="fanout", durable=True)
    return Queue(DEAD_QUEUE, exchange=exchange, queue_arguments=arguments)


def _quorum(pool: Pool) -> Queue:
    arguments: dict[str, object] = {
        "x-queue-type": "quorum",
        "x-delivery-limit": DELIVERIES_MAX,
        "x-dead-letter-exchange": DEAD_EXCHANGE,
        # Put aside before it is let go of, which asks for refusing what does not fit rather than dropping it.
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
    }
    if pool.message_seconds is not None:
        arguments["x-message-ttl"] = pool.message_seconds * 1000
    return Queue(pool.queue, EXCHANGE, routing_key=pool.queue, queue_arguments=arguments)
