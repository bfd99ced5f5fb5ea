"""Serializers of endpoints, deliveries and attempts, and of requests about endpoints."""

from rest_framework import serializers

from apps.core.api.wire.cursors import page_serializer
from apps.core.api.wire.fields import NameField
from apps.core.api.wire.inputs import AnySerializer
from apps.webhooks.actions import DESCRIPTION_LENGTH_MAX
from apps.webhooks.event_types import CHOICES, NAMES
from apps.webhooks.models import DeliveryState, DisabledReason, EndpointState
from apps.webhooks.url_policy import URL_LENGTH_MAX

_url = "https, to a host with public addresses, unless this server allows more; redirects are not followed."


class LatestResultSerializer(AnySerializer):
    """The result of the latest attempt."""

    at = serializers.DateTimeField()
    status = serializers.IntegerField(allow_null=True, help_text="Null when no response came.")
    error = serializers.CharField(help_text="Why no response came, else empty.")
    duration_ms = serializers.IntegerField()


class WebhookSerializer(AnySerializer):
    """A webhook endpoint, without its secret."""

    id = serializers.UUIDField()
    url = serializers.CharField()
    description = serializers.CharField()
    event_types = serializers.ListField(child=serializers.ChoiceField(choices=list(CHOICES)))
    state = serializers.ChoiceField(choices=EndpointState.values)
    disabled_reason = serializers.ChoiceField(choices=DisabledReason.values, allow_null=True)
    disabled_at = serializers.DateTimeField(allow_null=True)
    failing_since = serializers.DateTimeField(allow_null=True, help_text="Of the failures no success has come after.")
    rotating_until = serializers.DateTimeField(allow_null=True, help_text="The secret before signs too until then.")
    created_at = serializers.DateTimeField()
    latest_result = LatestResultSerializer(allow_null=True)


class NewWebhookSerializer(AnySerializer):
    """An endpoint to create."""

    url = serializers.CharField(max_length=URL_LENGTH_MAX, help_text=_url)
    event_types = serializers.ListField(
        child=serializers.ChoiceField(choices=list(CHOICES)), min_length=1, max_length=len(CHOICES)
    )
    description = NameField(max_length=DESCRIPTION_LENGTH_MAX, required=False, allow_blank=True)


class WebhookChangesSerializer(AnySerializer):
    """Changes of an endpoint; members that are left out stay as they are."""

    url = serializers.CharField(max_length=URL_LENGTH_MAX, required=False, help_text=_url)
    event_types = serializers.ListField(
        child=serializers.ChoiceField(choices=list(CHOICES)), min_length=1, max_length=len(CHOICES), required=False
    )
    description = NameField(max_length=DESCRIPTION_LENGTH_MAX, required=False, allow_blank=True)
    state = serializers.ChoiceField(
        choices=EndpointState.values, required=False, help_text="Enabling clears past failures."
    )


class IssuedWebhookSerializer(WebhookSerializer):
    """An endpoint with a new secret, which is shown only here."""

    secret = serializers.CharField(help_text="whsec_...; keep it: nobody can read it again.")


class WebhookDeliverySerializer(AnySerializer):
    """A message that is sent to an endpoint, or has been."""

    id = serializers.UUIDField()
    webhook_id = serializers.CharField(help_text="The header of that name; the same whenever it is sent again.")
    type = serializers.ChoiceField(choices=NAMES)
    state = serializers.ChoiceField(choices=DeliveryState.values)
    attempt_count = serializers.IntegerField(help_text="Since it was sent, or last sent again by hand.")
    next_attempt_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class WebhookAttemptSerializer(AnySerializer):
    """One request with its response."""

    at = serializers.DateTimeField()
    url = serializers.CharField()
    status = serializers.IntegerField(allow_null=True, help_text="Null when no response came.")
    error = serializers.CharField(help_text="Why no response came, else empty.")
    duration_ms = serializers.IntegerField()
    request_headers = serializers.ListField(child=serializers.ListField(child=serializers.CharField()))
    answer_headers = serializers.ListField(child=serializers.ListField(child=serializers.CharField(allow_blank=True)))
    answer_body = serializers.CharField(help_text="Its first 64 KB.")


class WebhookDeliveryDetailSerializer(WebhookDeliverySerializer):
    """A delivery with its attempts."""

    payload = serializers.CharField(help_text="The body of every request, as it was signed.")
    attempts = WebhookAttemptSerializer(many=True, help_text="Newest first, the latest 50.")


class ResentWebhookSerializer(AnySerializer):
    """How many deliveries are sent again."""

    resent_count = serializers.IntegerField()


WebhookPageSerializer = page_serializer(WebhookSerializer)
WebhookDeliveryPageSerializer = page_serializer(WebhookDeliverySerializer)
