"""Serializers of notifications, announcements, settings and tickets."""

from rest_framework import serializers

from apps.core.api.wire.cursors import page_serializer
from apps.core.api.wire.fields import NameField, TextField
from apps.core.api.wire.inputs import AnySerializer
from apps.notifications.kinds import NAMES
from apps.notifications.kinds.base import Choice, Road
from apps.notifications.models import AnnouncementState
from apps.notifications.models.announcements import LINK_LENGTH_MAX, TEXT_LENGTH_MAX, TITLE_LENGTH_MAX


class NewAnnouncementSerializer(AnySerializer):
    """An announcement to send."""

    title = NameField(max_length=TITLE_LENGTH_MAX)
    text = TextField(max_length=TEXT_LENGTH_MAX, help_text="Plain; lines may break.")
    link = serializers.CharField(
        max_length=LINK_LENGTH_MAX, required=False, allow_blank=True, help_text="Where to read on, with https."
    )


class AnnouncementSerializer(AnySerializer):
    """An announcement; it stays in the list permanently."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    text = serializers.CharField()
    link = serializers.CharField(allow_null=True)
    state = serializers.ChoiceField(choices=AnnouncementState.values)
    audience_count = serializers.IntegerField(help_text="Players of the game.")
    passed_count = serializers.IntegerField(help_text="Of them, those whom it has come to so far.")
    told_count = serializers.IntegerField(help_text="Of these, those who have not turned announcements off.")
    created_by = serializers.CharField(help_text="account:<id> or key:<id>.")
    created_at = serializers.DateTimeField()
    withdrawn_by = serializers.CharField(allow_null=True)
    withdrawn_at = serializers.DateTimeField(allow_null=True)


AnnouncementPageSerializer = page_serializer(AnnouncementSerializer)


class NotificationSerializer(AnySerializer):
    """A notification; the same as on the socket."""

    seq = serializers.IntegerField(help_text="Counts 1, 2, 3 ... for each player.")
    kind = serializers.ChoiceField(choices=NAMES)
    at = serializers.DateTimeField()
    title = serializers.CharField()
    body = serializers.CharField()
    read = serializers.BooleanField()
    # The name used on the socket.
    data = serializers.DictField(  # type: ignore[assignment]
        help_text="What it is about; its members depend on the kind."
    )


class NotificationPageSerializer(page_serializer(NotificationSerializer)):  # type: ignore[misc]
    """A page of an inbox."""

    last_seq = serializers.IntegerField(help_text="Of the latest notification, 0 for none.")
    unread_count = serializers.IntegerField()
    next_since = serializers.IntegerField(
        allow_null=True, help_text="What to send as since the next time; null where newer ones come first."
    )


class NewReadMarkSerializer(AnySerializer):
    """The last notification that the player has read."""

    up_to_seq = serializers.IntegerField(min_value=0, max_value=2**63 - 1)


class ReadMarkSerializer(AnySerializer):
    """The player's read mark; it never moves back."""

    read_seq = serializers.IntegerField()
    unread_count = serializers.IntegerField()


class FriendSerializer(AnySerializer):
    """The player who earned it."""

    id = serializers.UUIDField()
    handle = serializers.CharField()
    display_name = serializers.CharField()
    avatar_url = serializers.CharField(allow_null=True)


class FriendsUnlockAchievementSerializer(AnySerializer):
    """The achievement; a hidden one is masked unless the reader has earned it too."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    icon_url = serializers.CharField(allow_null=True)


class FriendsUnlockGameSerializer(AnySerializer):
    """The game of the unlock."""

    id = serializers.UUIDField()
    slug = serializers.CharField()
    name = serializers.CharField()


class FriendsUnlockSerializer(AnySerializer):
    """A friend's unlock."""

    player = FriendSerializer()
    achievement = FriendsUnlockAchievementSerializer()
    game = FriendsUnlockGameSerializer()
    tier = serializers.CharField(allow_null=True, help_text="Null below 20 players.")
    unlocked_at = serializers.DateTimeField()


class FriendsUnlocksSerializer(AnySerializer):
    """Up to 500 unlocks, in order of arrival."""

    results = FriendsUnlockSerializer(many=True)


class PreferenceSerializer(AnySerializer):
    """A kind's setting for one channel."""

    kind = serializers.ChoiceField(choices=NAMES)
    road = serializers.ChoiceField(choices=list(Road))
    choice = serializers.ChoiceField(choices=list(Choice))


class PreferencesSerializer(AnySerializer):
    """Notification settings; those omitted from a PUT stay."""

    preferences = PreferenceSerializer(many=True)


class SocketTicketSerializer(AnySerializer):
    """Opens the player's socket or stream, once."""

    ticket = serializers.CharField()
    expires_in = serializers.IntegerField(help_text="Seconds.")
    ws_url = serializers.CharField(help_text="Connect here.")
    stream_url = serializers.CharField(help_text="Or here, for server-sent events.")
