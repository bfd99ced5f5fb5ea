"""Where studios want to be told of their games' events, what they are told, and how each attempt went."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext_lazy

from apps.core.clock import now
from apps.core.ids import new_id
from apps.games.models import Game
from apps.players.models import Account

# Of a request and of what is kept of an answer.
BODY_BYTES_MAX = 64 * 1024


class EndpointState(models.TextChoices):
    ENABLED = "enabled", gettext_lazy("Enabled")
    DISABLED = "disabled", gettext_lazy("Disabled")


class DisabledReason(models.TextChoices):
    BY_HAND = "by_hand", gettext_lazy("Disabled by your studio")
    GONE = "gone", gettext_lazy("The receiver answered 410 Gone")
    FAILING = "failing", gettext_lazy("Every attempt failed for five days")


class WebhookEndpoint(models.Model):
    """An address of a studio's that is told of a game's events."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # The relay asks by game in each of its steps.
    game = models.ForeignKey(Game, models.CASCADE, related_name="webhook_endpoints")
    url = models.CharField(max_length=500)
    description = models.CharField(max_length=120, blank=True)
    event_types = ArrayField(models.CharField(max_length=40))
    state = models.CharField(max_length=10, choices=EndpointState, default=EndpointState.ENABLED)
    disabled_reason = models.CharField(max_length=10, choices=DisabledReason, blank=True)
    disabled_at = models.DateTimeField(null=True, blank=True)
    # Since the first of the failures that no success has come after.
    failing_since = models.DateTimeField(null=True, blank=True)
    # Sealed: whoever reads the database alone can sign nothing.
    secret = models.TextField()
    # Signs beside the new one until then.
    previous_secret = models.TextField(blank=True)
    previous_until = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(Account, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=now, editable=False)
    # Gone for people; its log may be long, so a job takes it away piece by piece.
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "webhook_endpoint"
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state="enabled", disabled_at=None, disabled_reason="")
                | models.Q(state="disabled", disabled_at__isnull=False),
                name="webhook_endpoint_state_check",
            ),
        )

    def __str__(self) -> str:
        return self.url


_payload_bytes = models.Func(models.F("payload"), function="octet_length", output_field=models.IntegerField())


class WebhookMessage(models.Model):
    """Something that happened in a game, as every endpoint that wants it is told."""

    # Also the webhook-id, by which receivers know a repeat.
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # Unchecked, as the check would have the relay wait for whoever edits the game.
    game = models.ForeignKey(Game, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    type = models.CharField(max_length=40)
    # JSON as it is sent and signed, so text: jsonb would write it anew.
    payload = models.TextField()
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        db_table = "webhook_message"
        # The job that forgets old ones.
        indexes = (models.Index(fields=["created_at"], name="webhook_message_created_at_idx"),)
        constraints = (
            models.CheckConstraint(
                condition=LessThanOrEqual(_payload_bytes, BODY_BYTES_MAX), name="webhook_message_payload_check"
            ),
        )


class DeliveryState(models.TextChoices):
    WAITING = "waiting", gettext_lazy("Waiting")
    DELIVERED = "delivered", gettext_lazy("Delivered")
    FAILED = "failed", gettext_lazy("Failed")


_waiting = models.Q(state="waiting")


class WebhookDelivery(models.Model):
    """A message on its way to an endpoint.

    While a worker sends it, `claim_token` is that worker's and `due_at` is the end of its lease.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    message = models.ForeignKey(WebhookMessage, models.CASCADE, related_name="deliveries", db_index=False)
    endpoint = models.ForeignKey(WebhookEndpoint, models.CASCADE, related_name="deliveries", db_index=False)
    state = models.CharField(max_length=10, choices=DeliveryState, default=DeliveryState.WAITING)
    attempt_count = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True, default=now)
    claim_token = models.UUIDField(null=True, editable=False)
    created_at = models.DateTimeField(default=now, editable=False)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "webhook_delivery"
        indexes = (
            # Since when the oldest is due, asked four times a second.
            models.Index(fields=["due_at"], name="webhook_delivery_due_idx", condition=_waiting),
            # Workers, which take each endpoint's in turn.
            models.Index(fields=["endpoint", "due_at"], name="webhook_delivery_queue_idx", condition=_waiting),
            # Workers, which count what is on its way to an endpoint.
            models.Index(
                fields=["endpoint"],
                name="webhook_delivery_claimed_idx",
                condition=models.Q(claim_token__isnull=False),
            ),
            # The log of an endpoint, newest first, all of it or one state's.
            models.Index(fields=["endpoint", "-id"], name="webhook_delivery_log_idx"),
            models.Index(fields=["endpoint", "state", "-id"], name="webhook_delivery_state_log_idx"),
        )
        constraints = (
            models.UniqueConstraint(fields=["message", "endpoint"], name="webhook_delivery_message_endpoint_uniq"),
            models.CheckConstraint(
                condition=models.Q(state="waiting", due_at__isnull=False)
                | (~_waiting & models.Q(due_at=None, claim_token=None)),
                name="webhook_delivery_state_check",
            ),
        )


class WebhookAttempt(models.Model):
    """One request to an endpoint with its answer, or why there was none. Its body is the message's payload."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    delivery = models.ForeignKey(WebhookDelivery, models.CASCADE, related_name="attempts")
    endpoint = models.ForeignKey(WebhookEndpoint, models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField()
    url = models.CharField(max_length=500)
    status = models.PositiveSmallIntegerField(null=True)
    error = models.CharField(max_length=300, blank=True)
    duration_ms = models.PositiveIntegerField()
    request_headers = models.JSONField(default=list)
    answer_headers = models.JSONField(default=list)
    # The first 64 KB; what is no UTF-8 is replaced.
    answer_body = models.TextField(blank=True)

    class Meta:
        db_table = "webhook_attempt"
        # The latest result of each endpoint.
        indexes = (models.Index(fields=["endpoint", "-id"], name="webhook_attempt_endpoint_idx"),)


class WebhookNotice(models.Model):
    """A letter to be sent to a member of the studio about an endpoint that was disabled; gone once it is sent."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    endpoint = models.ForeignKey(WebhookEndpoint, models.CASCADE, related_name="+", db_index=False)
    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    disabled_at = models.DateTimeField()
    reason = models.CharField(max_length=10, choices=DisabledReason)
    attempt_count = models.PositiveSmallIntegerField(default=0)
    # While it is being sent, the end of the lease.
    due_at = models.DateTimeField(default=now)
    claim_token = models.UUIDField(null=True, editable=False)

    class Meta:
        db_table = "webhook_notice"
        # Since when the oldest is due, asked four times a second; few rows, of letters not sent yet.
        indexes = (models.Index(fields=["due_at"], name="webhook_notice_due_idx"),)
        constraints = (
            models.UniqueConstraint(
                fields=["endpoint", "account", "disabled_at"], name="webhook_notice_endpoint_account_uniq"
            ),
        )
