"""Webhooks: endpoints, messages, deliveries, attempts, and emails about what was disabled."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.lookups import LessThanOrEqual

import apps.core.clock
from apps.core.database.migration_fields import logical_key, moment_made, uuid_key
from apps.core.database.migration_operations import CreateModels

REASONS = [
    ("by_hand", "Disabled by your studio"),
    ("gone", "The receiver answered 410 Gone"),
    ("failing", "Every attempt failed for five days"),
]
WAITING = Q(state="waiting")


class Migration(migrations.Migration):
    initial = True

    # Made anew on empty databases; where all of these were applied, it counts as applied.
    replaces = [
        ("notifications", "0007_webhooks"),
        ("notifications", "0008_webhooks_leave"),
        ("webhooks", "0001_initial"),
        ("webhooks", "0002_claim_columns"),
        ("webhooks", "0003_plural_names"),
    ]
    dependencies = [
        ("games", "0001_squashed_0013_plural_names"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    "WebhookEndpoint",
                    [
                        ("id", uuid_key()),
                        ("url", models.CharField(max_length=500)),
                        ("description", models.CharField(blank=True, max_length=120)),
                        ("event_types", ArrayField(models.CharField(max_length=40))),
                        (
                            "state",
                            models.CharField(
                                choices=[("enabled", "Enabled"), ("disabled", "Disabled")],
                                default="enabled",
                                max_length=10,
                            ),
                        ),
                        ("disabled_reason", models.CharField(blank=True, choices=REASONS, max_length=10)),
                        ("disabled_at", models.DateTimeField(blank=True, null=True)),
                        ("failing_since", models.DateTimeField(blank=True, null=True)),
                        ("secret", models.TextField()),
                        ("previous_secret", models.TextField(blank=True)),
                        ("previous_until", models.DateTimeField(blank=True, null=True)),
                        ("created_at", moment_made()),
                        ("deleted_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "created_by",
                            models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"),
                        ),
                        ("game", models.ForeignKey("games.game", models.CASCADE, related_name="webhook_endpoints")),
                    ],
                    {
                        "db_table": "webhook_endpoint",
                        "constraints": [
                            models.CheckConstraint(
                                condition=Q(
                                    Q(("disabled_at", None), ("disabled_reason", ""), ("state", "enabled")),
                                    Q(("disabled_at__isnull", False), ("state", "disabled")),
                                    _connector="OR",
                                ),
                                name="webhook_endpoint_state_check",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    "WebhookMessage",
                    [
                        ("id", uuid_key()),
                        ("type", models.CharField(max_length=40)),
                        ("payload", models.TextField()),
                        ("created_at", moment_made()),
                        ("game", logical_key("games.game")),
                    ],
                    {
                        "db_table": "webhook_message",
                        "indexes": [models.Index(fields=["created_at"], name="webhook_message_created_at_idx")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=LessThanOrEqual(
                                    models.Func(
                                        F("payload"), function="octet_length", output_field=models.IntegerField()
                                    ),
                                    65536,
                                ),
                                name="webhook_message_payload_check",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    "WebhookDelivery",
                    [
                        ("id", uuid_key()),
                        (
                            "state",
                            models.CharField(
                                choices=[("waiting", "Waiting"), ("delivered", "Delivered"), ("failed", "Failed")],
                                default="waiting",
                                max_length=10,
                            ),
                        ),
                        ("attempt_count", models.PositiveSmallIntegerField(default=0)),
                        ("due_at", models.DateTimeField(default=apps.core.clock.now, null=True)),
                        ("claim_token", models.UUIDField(editable=False, null=True)),
                        ("created_at", moment_made()),
                        ("finished_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "endpoint",
                            models.ForeignKey(
                                "webhooks.webhookendpoint", models.CASCADE, db_index=False, related_name="deliveries"
                            ),
                        ),
                        (
                            "message",
                            models.ForeignKey(
                                "webhooks.webhookmessage", models.CASCADE, db_index=False, related_name="deliveries"
                            ),
                        ),
                    ],
                    {
                        "db_table": "webhook_delivery",
                        "indexes": [
                            models.Index(fields=["endpoint", "-id"], name="webhook_delivery_log_idx"),
                            models.Index(fields=["endpoint", "state", "-id"], name="webhook_delivery_state_log_idx"),
                            models.Index(condition=WAITING, fields=["due_at"], name="webhook_delivery_due_idx"),
                            models.Index(
                                condition=WAITING, fields=["endpoint", "due_at"], name="webhook_delivery_queue_idx"
                            ),
                            models.Index(
                                condition=Q(("claim_token__isnull", False)),
                                fields=["endpoint"],
                                name="webhook_delivery_claimed_idx",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("message", "endpoint"), name="webhook_delivery_message_endpoint_uniq"
                            ),
                            models.CheckConstraint(
                                condition=Q(
                                    Q(("due_at__isnull", False), ("state", "waiting")),
                                    Q(Q(("state", "waiting"), _negated=True), ("claim_token", None), ("due_at", None)),
                                    _connector="OR",
                                ),
                                name="webhook_delivery_state_check",
                            ),
                        ],
                        "verbose_name_plural": "webhook deliveries",
                    },
                ),
                migrations.CreateModel(
                    "WebhookAttempt",
                    [
                        ("id", uuid_key()),
                        ("at", models.DateTimeField()),
                        ("url", models.CharField(max_length=500)),
                        ("status", models.PositiveSmallIntegerField(null=True)),
                        ("error", models.CharField(blank=True, max_length=300)),
                        ("duration_ms", models.PositiveIntegerField()),
                        ("request_headers", models.JSONField(default=list)),
                        ("answer_headers", models.JSONField(default=list)),
                        ("answer_body", models.TextField(blank=True)),
                        (
                            "delivery",
                            models.ForeignKey("webhooks.webhookdelivery", models.CASCADE, related_name="attempts"),
                        ),
                        (
                            "endpoint",
                            models.ForeignKey(
                                "webhooks.webhookendpoint", models.CASCADE, db_index=False, related_name="+"
                            ),
                        ),
                    ],
                    {
                        "db_table": "webhook_attempt",
                        "indexes": [models.Index(fields=["endpoint", "-id"], name="webhook_attempt_endpoint_idx")],
                    },
                ),
                migrations.CreateModel(
                    "WebhookNotice",
                    [
                        ("id", uuid_key()),
                        ("disabled_at", models.DateTimeField()),
                        ("reason", models.CharField(choices=REASONS, max_length=10)),
                        ("attempt_count", models.PositiveSmallIntegerField(default=0)),
                        ("due_at", models.DateTimeField(default=apps.core.clock.now)),
                        ("account", models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")),
                        (
                            "endpoint",
                            models.ForeignKey(
                                "webhooks.webhookendpoint", models.CASCADE, db_index=False, related_name="+"
                            ),
                        ),
                        ("claim_token", models.UUIDField(editable=False, null=True)),
                    ],
                    {
                        "db_table": "webhook_notice",
                        "indexes": [models.Index(fields=["due_at"], name="webhook_notice_due_idx")],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("endpoint", "account", "disabled_at"),
                                name="webhook_notice_endpoint_account_uniq",
                            )
                        ],
                    },
                ),
            ]
        ),
    ]
