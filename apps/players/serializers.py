"""Players as JSON, and what may be said of them."""

from typing import Any

import django_filters
from rest_framework import serializers

from apps.core.api.wire.cursors import page_serializer
from apps.core.api.wire.fields import NameField
from apps.core.clock import places
from apps.core.media import media_url
from apps.players.models import Player, Region, Visibility, handle_rule

AnySerializer = serializers.Serializer[Any]


class PlayerSerializer(AnySerializer):
    """A player as anyone may see them."""

    id = serializers.UUIDField()
    handle = serializers.CharField()
    display_name = serializers.CharField()
    region = serializers.ChoiceField(choices=Region.values)
    avatar_url = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()


PlayerPageSerializer = page_serializer(PlayerSerializer)


class MeSerializer(PlayerSerializer):
    """A player as they see themselves."""

    time_zone = serializers.CharField()
    visibility = serializers.ChoiceField(choices=Visibility.values)


class MeChangesSerializer(AnySerializer):
    """What players may change of themselves; leave out what stays."""

    display_name = NameField(max_length=40, required=False)
    region = serializers.ChoiceField(
        choices=Region.values, required=False, help_text="Boards of the new region show it within seconds."
    )
    time_zone = serializers.CharField(
        max_length=40, required=False, help_text="A place by its IANA name, such as Europe/Lisbon, or UTC."
    )
    visibility = serializers.ChoiceField(choices=Visibility.values, required=False)

    def validate_time_zone(self, value: str) -> str:
        if value not in places():
            raise serializers.ValidationError(
                "There is no such place; use an IANA name, such as Europe/Lisbon, or UTC."
            )
        return value


class NewPlayerSerializer(AnySerializer):
    """What a game says of a player; leave out what stays, and of a new one what shall be chosen for them."""

    handle = serializers.CharField(max_length=24, required=False, validators=[handle_rule])
    display_name = NameField(max_length=40, required=False)
    region = serializers.ChoiceField(
        choices=Region.values, required=False, help_text="Europe when a new player's is left out."
    )


class FoundPlayerSerializer(PlayerSerializer):
    """A player as a game found them."""

    ignored = serializers.ListField(
        child=serializers.ChoiceField(choices=["handle", "display_name", "region"]),
        help_text="What was sent and not taken, as the player has an account.",
    )


class PlayerTokenSerializer(AnySerializer):
    """A token with which a game client acts for its player."""

    token = serializers.CharField(help_text="Send it as `Authorization: Bearer lp_...`.")
    expires_in = serializers.IntegerField(help_text="Seconds.")
    player_id = serializers.UUIDField()
    game_id = serializers.UUIDField()


class PlayerFilters(django_filters.FilterSet):  # type: ignore[misc]
    """What the list of players may be narrowed to."""

    region = django_filters.ChoiceFilter(choices=Region.choices)
    q = django_filters.CharFilter(method="by_handle", max_length=24)

    def by_handle(self, rows: Any, _name: str, value: str) -> Any:
        return rows.filter(lower_handle__gte=value.lower(), lower_handle__lt=value.lower() + "\U0010ffff")


def player_body(player: Player) -> dict[str, Any]:
    return {
        "id": player.id,
        "handle": player.handle,
        "display_name": player.display_name,
        "region": player.region,
        "avatar_url": media_url(player.avatar.name or "") or None,
        "created_at": player.created_at,
    }


def me_body(player: Player) -> dict[str, Any]:
    return player_body(player) | {"time_zone": player.time_zone, "visibility": player.visibility}
