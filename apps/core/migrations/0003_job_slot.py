"""When which scheduled work was done."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0002_idempotency")]

    operations = [
        migrations.CreateModel(
            name="JobSlot",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "job", "slot", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("job", models.CharField(max_length=60)),
                ("slot", models.DateTimeField()),
                ("state", models.CharField(max_length=7)),
                ("token", models.UUIDField(null=True)),
                ("lease_until", models.DateTimeField(null=True)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("cursor", models.JSONField(default=dict)),
                ("counts", models.JSONField(default=dict)),
                ("started_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(null=True)),
            ],
            options={"db_table": "job_slot"},
        ),
    ]
