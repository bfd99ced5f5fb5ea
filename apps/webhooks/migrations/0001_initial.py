"""Webhooks: endpoints, messages, deliveries, attempts, and emails about what was disabled."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models

import apps.core.clock
import apps.core.ids
from apps.core.database.migration_operations import CreateModels


class Migration(migrations.Migration):
    initial = True

    # What databases of ad0e489 have, made piece by piece: for Django's state alone. What replaces it makes new ones.
    dependencies = [
        ("games", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    name="WebhookEndpoint",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=apps.core.ids.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("url", models.CharField(max_length=500)),
                        ("description", models.CharField(blank=True, max_length=120)),
                        (
                            "event_types",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=40), size=None
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[("enabled", "Enabled"), ("disabled", "Disabled")],
                                default="enabled",
                                max_length=10,
                            ),
                        ),
                        (
                            "disabled_reason",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("by_hand", "Disabled by your studio"),
                                    ("gone", "The receiver answered 410 Gone"),
                                    ("failing", "Every attempt failed for five days"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("disabled_at", models.DateTimeField(blank=True, null=True)),
                        ("failing_since", models.DateTimeField(blank=True, null=True)),
                        ("secret", models.TextField()),
                        ("previous_secret", models.TextField(blank=True)),
                        ("previous_until", models.DateTimeField(blank=True, null=True)),
                        ("created_at", models.DateTimeField(default=apps.core.clock.now, editable=False)),
                        ("deleted_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "created_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "game",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="webhook_endpoints",
                                to="games.game",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "webhook_endpoint",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("disabled_at", None), ("disabled_reason", ""), ("state", "enabled")),
                                    models.Q(("disabled_at__isnull", False), ("state", "disabled")),
                                    _connector="OR",
                                ),
                                name="webhook_endpoint_state_check",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="WebhookMessage",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=apps.core.ids.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("type", models.CharField(max_length=40)),
                        ("payload", models.TextField()),
                        ("created_at", models.DateTimeField(default=apps.core.clock.now, editable=False)),
                        (
                            "game",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="games.game",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "webhook_message",
                        "indexes": [models.Index(fields=["created_at"], name="webhook_message_created_at_idx")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=django.db.models.lookups.LessThanOrEqual(
                                    models.Func(
                                        models.F("payload"), function="octet_length", output_field=models.IntegerField()
                                    ),
                                    65536,
                                ),
                                name="webhook_message_payload_check",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="WebhookDelivery",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=apps.core.ids.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[("waiting", "Waiting"), ("delivered", "Delivered"), ("failed", "Failed")],
                                default="waiting",
                                max_length=10,
                            ),
                        ),
                        ("attempt_count", models.PositiveSmallIntegerField(default=0)),
                        ("next_attempt_at", models.DateTimeField(default=apps.core.clock.now, null=True)),
                        ("claim_id", models.UUIDField(editable=False, null=True)),
                        ("created_at", models.DateTimeField(default=apps.core.clock.now, editable=False)),
                        ("finished_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "endpoint",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="deliveries",
                                to="webhooks.webhookendpoint",
                            ),
                        ),
                        (
                            "message",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="deliveries",
                                to="webhooks.webhookmessage",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "webhook_delivery",
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "waiting")),
                                fields=["next_attempt_at"],
                                name="webhook_delivery_due_idx",
                            ),
                            models.Index(
                                condition=models.Q(("state", "waiting")),
                                fields=["endpoint", "next_attempt_at"],
                                name="webhook_delivery_queue_idx",
                            ),
                            models.Index(
                                condition=models.Q(("claim_id__isnull", False)),
                                fields=["endpoint"],
                                name="webhook_delivery_claimed_idx",
                            ),
                            models.Index(fields=["endpoint", "-id"], name="webhook_delivery_log_idx"),
                            models.Index(fields=["endpoint", "state", "-id"], name="webhook_delivery_state_log_idx"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("message", "endpoint"), name="webhook_delivery_message_endpoint_uniq"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("next_attempt_at__isnull", False), ("state", "waiting")),
                                    models.Q(
                                        models.Q(("state", "waiting"), _negated=True),
                                        ("claim_id", None),
                                        ("next_attempt_at", None),
                                    ),
                                    _connector="OR",
                                ),
                                name="webhook_delivery_state_check",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="WebhookAttempt",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=apps.core.ids.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
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
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="attempts",
                                to="webhooks.webhookdelivery",
                            ),
                        ),
                        (
                            "endpoint",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="webhooks.webhookendpoint",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "webhook_attempt",
                        "indexes": [models.Index(fields=["endpoint", "-id"], name="webhook_attempt_endpoint_idx")],
                    },
                ),
                migrations.CreateModel(
                    name="WebhookNotice",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=apps.core.ids.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("disabled_at", models.DateTimeField()),
                        (
                            "reason",
                            models.CharField(
                                choices=[
                                    ("by_hand", "Disabled by your studio"),
                                    ("gone", "The receiver answered 410 Gone"),
                                    ("failing", "Every attempt failed for five days"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("attempt_count", models.PositiveSmallIntegerField(default=0)),
                        ("due_at", models.DateTimeField(default=apps.core.clock.now)),
                        (
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "endpoint",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="webhooks.webhookendpoint",
                            ),
                        ),
                    ],
                    options={
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
