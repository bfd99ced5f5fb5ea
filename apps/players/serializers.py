"""Serializers of players, their tokens and link codes."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.core.api.wire.cursors import page_serializer
from apps.core.api.wire.fields import NameField, number_field
from apps.core.api.wire.inputs import AnySerializer
from apps.players.device_credentials import PUBLIC_KEY_LENGTH_MAX, SIGNATURE_LENGTH_MAX
from apps.players.models import (
    DISPLAY_NAME_MAX,
    DISPLAY_NAME_VISIBLE,
    Region,
    Visibility,
    display_name_rule,
    handle_rule,
    time_zone_rule,
)


def _display_name() -> NameField:
    return NameField(
        max_length=DISPLAY_NAME_MAX,
        required=False,
        validators=[display_name_rule],
        help_text=f"At most {DISPLAY_NAME_VISIBLE} characters as people see them: an emoji is one.",
    )


class PlayerSerializer(AnySerializer):
    """A player as anyone may see them."""

    id = serializers.UUIDField()
    number = number_field(2**63 - 1)
    handle = serializers.CharField()
    display_name = serializers.CharField()
    region = serializers.ChoiceField(choices=Region.values)
    avatar_url = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()


PlayerPageSerializer = page_serializer(PlayerSerializer)


class MeSerializer(PlayerSerializer):
    """A player as they see their own profile."""

    time_zone = serializers.CharField()
    visibility = serializers.ChoiceField(choices=Visibility.values)


class MeChangesSerializer(AnySerializer):
    """Changes to one's own profile; omitted members stay."""

    handle = serializers.CharField(
        max_length=24,
        required=False,
        validators=[handle_rule],
        help_text="Your page's address. The old one leads there for 90 days, and nobody else can take it.",
    )
    display_name = _display_name()
    region = serializers.ChoiceField(
        choices=Region.values, required=False, help_text="Boards of the new region show it within seconds."
    )
    time_zone = serializers.CharField(
        max_length=40,
        required=False,
        validators=[time_zone_rule],
        help_text="A place by its IANA name, such as Europe/Lisbon, or UTC.",
    )
    visibility = serializers.ChoiceField(choices=Visibility.values, required=False)


class GamePlayerChangesSerializer(AnySerializer):
    """A game's changes to a player without an account; omitted members stay."""

    handle = serializers.CharField(
        max_length=24,
        required=False,
        validators=[handle_rule],
        help_text="A change holds the old one for 90 days, three times in 30 days at most.",
    )
    display_name = _display_name()
    region = serializers.ChoiceField(choices=Region.values, required=False)


class NewPlayerSerializer(GamePlayerChangesSerializer):
    """A game's description of a player; omitted members stay, and get defaults for a new player."""

    region = serializers.ChoiceField(
        choices=Region.values, required=False, help_text="Europe when a new player's is left out."
    )


class FoundPlayerSerializer(PlayerSerializer):
    """A player, found or created by a game."""

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


@extend_schema_field({"type": "string", "maxLength": 20, "example": "WTF4-U4CD"})
class LinkCodeField(serializers.CharField):
    """A link code, however it is typed."""


class LinkCodeSerializer(AnySerializer):
    """A code to show to the player."""

    code = LinkCodeField(help_text="As ABCD-2345; typed in at /account/link/.")
    expires_in = serializers.IntegerField(help_text="Seconds.")


class LinkSerializer(AnySerializer):
    """The code that a game showed."""

    code = LinkCodeField(max_length=20)


class NewGuestSerializer(AnySerializer):
    """A device that wants a guest."""

    region = serializers.ChoiceField(choices=Region.values, required=False, help_text="Europe when left out.")
    device_name = NameField(
        max_length=60, required=False, help_text="By which the player recognises it, such as Pixel 9 or Mira's PC."
    )
    public_key = serializers.CharField(
        max_length=PUBLIC_KEY_LENGTH_MAX,
        required=False,
        help_text="Where the device keeps keys in hardware: a P-256 public key in hexadecimal, its uncompressed point "
        "or SubjectPublicKeyInfo. Left out, the device gets a secret.",
    )
    attestation = serializers.CharField(
        max_length=16_384, required=False, help_text="For servers that ask for one, such as an app check's token."
    )


class DeviceSerializer(AnySerializer):
    """A device that acts for its player in one game."""

    id = serializers.UUIDField()
    game_id = serializers.UUIDField()
    name = serializers.CharField()
    credential = serializers.ChoiceField(choices=["hmac-sha256", "p-256"])
    created_at = serializers.DateTimeField()
    seen_at = serializers.DateTimeField(help_text="When it last created a token.")


class DevicesSerializer(AnySerializer):
    results = DeviceSerializer(many=True)


class GuestSerializer(AnySerializer):
    """A new guest, and the credential of its device."""

    player = PlayerSerializer()
    device = DeviceSerializer()
    secret = serializers.CharField(
        allow_null=True,
        help_text="Keep it on the device: nobody can read it again. Null where it has a key of its own.",
    )


class ChallengeSerializer(AnySerializer):
    """What the device signs, once."""

    challenge = serializers.CharField()
    expires_in = serializers.IntegerField(help_text="Seconds.")


class ProofSerializer(AnySerializer):
    """An answered challenge."""

    challenge = serializers.CharField(max_length=100)
    proof = serializers.CharField(
        max_length=SIGNATURE_LENGTH_MAX,
        help_text="In hexadecimal: the signature of three lines, joined by line feeds: laurel-device-proof-1, the "
        "device's id, the challenge.",
    )
