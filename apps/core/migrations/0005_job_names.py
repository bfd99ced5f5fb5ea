"""Jobs that delete and move rows are named for it; their slots go on."""

from django.db import migrations

NAMES = {
    "forget_answers": "delete_responses",
    "forget_job_slots": "delete_job_slots",
    "forget_progress_requests": "delete_progress_requests",
    "forget_tokens": "delete_tokens",
    "gather_stragglers": "move_stragglers",
}
RENAME = "UPDATE job_slot SET job = %s WHERE job = %s"


class Migration(migrations.Migration):
    dependencies = [("core", "0004_claim_token")]

    operations = [
        migrations.RunSQL(
            [(RENAME, [new, old]) for old, new in NAMES.items()],
            [(RENAME, [old, new]) for old, new in NAMES.items()],
        )
    ]
