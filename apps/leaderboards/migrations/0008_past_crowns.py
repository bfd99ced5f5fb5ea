"""Crowns of those who have completed a game already, a transaction a game: run again, it goes on where it stopped."""

from django.db import connection, migrations, transaction

from apps.leaderboards.standings.crowns import record_past_crowns


def crown_past_completions(apps_then: object, schema_editor: object) -> None:
    games = apps_then.get_model("games", "Game").objects  # type: ignore[attr-defined]
    ids = list(games.order_by("id").values_list("id", flat=True))
    for number, game_id in enumerate(ids, start=1):
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = 0")
            # They were notified at the time.
            crowned = record_past_crowns(game_id)
        print(f"  crowns of game {number} of {len(ids)}: {len(crowned):,}")  # noqa: T201 - progress


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("leaderboards", "0007_crowns"), ("unlocks", "0003_sets")]

    operations = [migrations.RunPython(crown_past_completions, migrations.RunPython.noop)]
