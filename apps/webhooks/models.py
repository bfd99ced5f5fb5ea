"""Studios' endpoints, the messages sent to them, and how each attempt went."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext, gettext_lazy

from apps.core.clock import now
from apps.core.ids import new_id
from apps.games.models import Game
from apps.players.models import Account

# Of a request, and of what is stored of a response.
BODY_BYTES_MAX = 64 * 1024


class EndpointState(models.TextChoices):
    ENABLED = "enabled", gettext_lazy("Enabled")
    DISABLED = "disabled", gettext_lazy("Disabled")


class DisabledReason(models.TextChoices):
    BY_HAND = "by_hand", gettext_lazy("Disabled by your studio")
    GONE = "gone", gettext_lazy("The receiver answered 410 Gone")
    FAILING = "failing", gettext_lazy("Every attempt failed for five days")


class WebhookEndpoint(models.Model):
    """A URL that gets a game's events."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # The relay looks endpoints up by game in each step.
    game = models.ForeignKey(Game, models.CASCADE, related_name="webhook_endpoints")
    url = models.CharField(max_length=500)
    description = models.CharField(max_length=120, blank=True)
    event_types = ArrayField(models.CharField(max_length=40))
    state = models.CharField(max_length=10, choices=EndpointState, default=EndpointState.ENABLED)
    disabled_reason = models.CharField(max_length=10, choices=DisabledReason, blank=True)
    disabled_at = models.DateTimeField(null=True, blank=True)
    # The first failure since the last success.
    failing_since = models.DateTimeField(null=True, blank=True)
    # Encrypted, so that reading the database is not enough to sign.
    secret = models.TextField()
    # Signs beside the new one until `previous_until`.
    previous_secret = models.TextField(blank=True)
    previous_until = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(Account, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=now, editable=False)
    # Hidden from then on; a job deletes its log, which may be long, in chunks.
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
    """An event of a game, as it is sent to every endpoint that wants it."""

    # Also the webhook-id, by which receivers recognize a duplicate.
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # No foreign key in the database: its check would make the relay wait for edits of the game.
    game = models.ForeignKey(Game, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    type = models.CharField(max_length=40)
    # JSON exactly as it is sent and signed, so text: jsonb would reformat it.
    payload = models.TextField()
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        db_table = "webhook_message"
        # For the job that deletes old ones.
        indexes = (models.Index(fields=["created_at"], name="webhook_message_created_at_idx"),)
        constraints = (
            models.CheckConstraint(
                condition=LessThanOrEqual(_payload_bytes, BODY_BYTES_MAX), name="webhook_message_payload_check"
            ),
        )

    def __str__(self) -> str:
        return gettext("{row.type} at {row.created_at:%Y-%m-%d %H:%M} UTC").format(row=self)


class DeliveryState(models.TextChoices):
    WAITING = "waiting", gettext_lazy("Waiting")
    DELIVERED = "delivered", gettext_lazy("Delivered")
    FAILED = "failed", gettext_lazy("Failed")


_waiting = models.Q(state="waiting")


class WebhookDelivery(models.Model):
    """A message's delivery to an endpoint.

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
        verbose_name_plural = gettext_lazy("webhook deliveries")
        indexes = (
            # For when the oldest is due, which relays read four times a second.
            models.Index(fields=["due_at"], name="webhook_delivery_due_idx", condition=_waiting),
            # For workers, which claim each endpoint's in turn.
            models.Index(fields=["endpoint", "due_at"], name="webhook_delivery_queue_idx", condition=_waiting),
            # For workers, which count what is under way to an endpoint.
            models.Index(
                fields=["endpoint"],
                name="webhook_delivery_claimed_idx",
                condition=models.Q(claim_token__isnull=False),
            ),
            # For the log of an endpoint, newest first, of all states or of one.
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

    def __str__(self) -> str:
        return gettext("delivery at {row.created_at:%Y-%m-%d %H:%M} UTC, {row.state}").format(row=self)


class WebhookAttempt(models.Model):
    """One request to an endpoint and its response, or why there was none. The body is the message's payload."""

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
    # The first 64 KB; invalid UTF-8 is replaced.
    answer_body = models.TextField(blank=True)

    class Meta:
        db_table = "webhook_attempt"
        # For the latest result of each endpoint.
        indexes = (models.Index(fields=["endpoint", "-id"], name="webhook_attempt_endpoint_idx"),)

    def __str__(self) -> str:
        return gettext("attempt at {row.at:%Y-%m-%d %H:%M} UTC: {row.status}").format(row=self)


class WebhookNotice(models.Model):
    """An email to be sent to a member of the studio about a disabled endpoint; deleted when it is sent."""

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
        # For when the oldest is due, which relays read four times a second; few rows, of emails not sent yet.
        indexes = (models.Index(fields=["due_at"], name="webhook_notice_due_idx"),)
        constraints = (
            models.UniqueConstraint(
                fields=["endpoint", "account", "disabled_at"], name="webhook_notice_endpoint_account_uniq"
            ),
        )

    def __str__(self) -> str:
        return gettext("notice at {row.disabled_at:%Y-%m-%d %H:%M} UTC").format(row=self)
