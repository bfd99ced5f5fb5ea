"""What Prometheus reads: of the state of the whole, and only from where it is allowed."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from apps.analytics.rollups.partitions import PLAYER_STATISTICS
from apps.core.clock import now
from apps.core.database.partitions import drop_partition, month_before
from apps.core.models import OutboxEntry
from apps.notifications.models import FanOutEntry
from tests.factories import make_player

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("months")]


def read(client: Client) -> dict[tuple[str, str], float]:
    """Return the value of each metric by its name and label."""
    response = client.get("/metrics")
    assert response.status_code == 200
    return {
        (sample.name, next(iter(sample.labels.values()), "")): sample.value
        for family in text_string_to_metric_families(response.content.decode())
        for sample in family.samples
    }


def test_a_missing_partition_is_counted(client: Client) -> None:
    before = read(client)["laurel_partitions_missing", "player_statistics"]
    drop_partition(PLAYER_STATISTICS, PLAYER_STATISTICS.partition_of(month_before(now().date(), -1)))

    after = read(client)["laurel_partitions_missing", "player_statistics"]

    assert (before, after) == (0, 1)


def test_what_waits_is_counted_and_timed(client: Client) -> None:
    OutboxEntry.objects.create(kind="x", payload={}, parked_at=now())
    waiting = OutboxEntry.objects.create(kind="x", payload={})
    OutboxEntry.objects.filter(pk=waiting.pk).update(created_at=now() - timedelta(seconds=90))
    player = make_player()
    moment = now() - timedelta(seconds=40)
    ids = {"player_id": player.id, "achievement_id": player.id, "game_id": player.id}
    FanOutEntry.objects.create(**ids, unlocked_at=moment, created_at=moment)

    found = read(client)

    assert found["laurel_outbox_events", ""] == found["laurel_outbox_parked_events", ""] == 1
    assert 90 <= found["laurel_outbox_oldest_seconds", ""] < 120
    assert 40 <= found["laurel_backlog_oldest_seconds", "fan_out"] < 70
    assert found["laurel_backlog_oldest_seconds", "send_grouped"] == 0
    assert found["laurel_job_late", "make_partitions"] == 0


@pytest.mark.parametrize("address", ["203.0.113.9", "", "nonsense"])
def test_others_find_nothing_there(client: Client, address: str) -> None:
    assert client.get("/metrics", REMOTE_ADDR=address).status_code == 404


def test_an_operator_lets_a_network_in(client: Client, settings: Any) -> None:
    settings.METRICS_NETWORKS = ["10.0.0.0/8"]

    assert client.get("/metrics", REMOTE_ADDR="10.1.2.3").status_code == 200
    assert client.get("/metrics").status_code == 404
