"""Serializers of achievements as they are drafted and live, of publishing, and of history."""

from rest_framework import serializers

from apps.core.api.wire.cursors import page_serializer
from apps.core.api.wire.fields import MomentField, number_field
from apps.core.api.wire.inputs import AnySerializer
from apps.games.formats import laurel
from apps.games.models import KEY_LENGTH_MAX, AchievementKind, AchievementState, Act, Setter


class AchievementContentSerializer(AnySerializer):
    """What an achievement says."""

    key = serializers.CharField()
    name = serializers.CharField()
    description = serializers.CharField()
    points = serializers.IntegerField()
    hidden = serializers.BooleanField()
    kind = serializers.ChoiceField(choices=AchievementKind.values)
    target = serializers.IntegerField(allow_null=True)
    setter = serializers.ChoiceField(choices=Setter.values)
    set = serializers.CharField(help_text="The key of its set.")
    icon_url = serializers.CharField(allow_null=True)
    locked_icon_url = serializers.CharField(allow_null=True)


class MemberChangeSerializer(AnySerializer):
    """One member that changes."""

    member = serializers.CharField()
    before = serializers.JSONField(help_text="Or null.")
    after = serializers.JSONField(help_text="Or null.")


class RefusalSerializer(AnySerializer):
    """Why a publication was refused, as the API would have said it."""

    code = serializers.CharField()
    detail = serializers.CharField()


class PublicationSerializer(AnySerializer):
    """Publishing at a time to come, or what was refused when its time came."""

    id = serializers.UUIDField()
    achievement_id = serializers.UUIDField(
        allow_null=True, help_text="Null where it is all that the game has to publish then."
    )
    publish_at = serializers.DateTimeField()
    created_by = serializers.CharField(allow_null=True, help_text="account:<id> or key:<id>.")
    created_at = serializers.DateTimeField()
    refused_at = serializers.DateTimeField(allow_null=True, help_text="Null while it is to come.")
    refusal = RefusalSerializer(allow_null=True)


class ManagedAchievementSerializer(AchievementContentSerializer):
    """An achievement as its studio sees it: as it is drafted, with what is live beside it."""

    id = serializers.UUIDField()
    number = number_field()
    state = serializers.ChoiceField(choices=AchievementState.values)
    position = serializers.IntegerField()
    version = serializers.IntegerField(
        help_text="Of what is live, or of the first draft; goes up with the name, description, points or target."
    )
    unlock_count = serializers.IntegerField(help_text="As last counted.")
    created_at = serializers.DateTimeField()
    published_at = serializers.DateTimeField(allow_null=True)
    archived_at = serializers.DateTimeField(allow_null=True)
    live = AchievementContentSerializer(
        allow_null=True, help_text="What players see, or saw before it was archived; null until it is published."
    )
    changes = MemberChangeSerializer(many=True, help_text="What publishing would change of what is live.")
    publication = PublicationSerializer(allow_null=True, help_text="To come, or refused when its time came.")


class PublishSerializer(AnySerializer):
    """When to publish."""

    publish_at = MomentField(
        required=False, allow_null=True, help_text="At once when left out; at most a year from now."
    )


class PublishChangesSerializer(PublishSerializer):
    """What to publish, and when."""

    achievements = serializers.ListField(
        child=serializers.CharField(max_length=KEY_LENGTH_MAX),
        required=False,
        min_length=1,
        max_length=laurel.ACHIEVEMENTS_MAX,
        help_text="Ids or keys, to publish only these at once; archived ones come back. All that `changes` lists when "
        "left out.",
    )


class PublishedChangesSerializer(AnySerializer):
    """What was published, or is to be."""

    published = serializers.ListField(child=serializers.CharField(), help_text="Keys.")
    publication = PublicationSerializer(allow_null=True, help_text="What is to come, where a time was given.")


class HistoryEntrySerializer(AnySerializer):
    """Who did what to an achievement's definition, and when."""

    id = serializers.UUIDField()
    achievement_id = serializers.UUIDField(allow_null=True, help_text="Null where it is about all drafts of the game.")
    act = serializers.ChoiceField(choices=Act.values)
    by = serializers.CharField(allow_null=True, help_text="account:<id> or key:<id>; null for Laurel itself.")
    at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(allow_null=True, help_text="Of publications at a time to come: that time.")
    changes = MemberChangeSerializer(many=True, help_text="Of the draft; of what is live, where it was published.")
    definition = AchievementContentSerializer(allow_null=True, help_text="What it said afterwards, to be restored.")
    detail = serializers.CharField(allow_null=True, help_text="Why a publication was refused.")


PublicationPageSerializer = page_serializer(PublicationSerializer)
HistoryEntryPageSerializer = page_serializer(HistoryEntrySerializer)
