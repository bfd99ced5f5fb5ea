"""Routes of probes and the API's ping."""

from django.urls import path

from apps.core.api.openapi.document import schema
from apps.core.operations.views import health, livez, metrics, ping, readyz

urlpatterns = [
    path("livez", livez, name="livez"),
    path("readyz", readyz, name="readyz"),
    path("health/", health, name="health"),
    path("metrics", metrics, name="metrics"),
    path("api/v1/ping", ping, name="ping"),
    path("api/v1/schema/", schema, name="schema"),
]
