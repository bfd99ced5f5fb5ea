"""The live protocol's description, published beside the API's own."""

from functools import cache

import orjson
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request

from apps.core.api.auth.callers import PUBLIC
from apps.core.api.openapi.operations import operation
from apps.core.api.views import ApiView
from apps.core.api.wire.conditional import conditional
from apps.notifications.connections.asyncapi import document


class ProtocolView(ApiView):
    """GET /api/v1/asyncapi.json"""

    access = {"GET": PUBLIC}
    stale_ok = True
    tags = ("Notifications",)
    is_conditional = True

    @operation(
        "Describe the live protocol",
        responses={200: OpenApiTypes.OBJECT},
        description="Sockets and streams as an AsyncAPI 3 document: frames, examples, limits and close codes.",
    )
    def get(self, request: Request) -> HttpResponse:
        return conditional(request, _published(), cache_control="public, max-age=300")


@cache
def _published() -> bytes:
    return orjson.dumps(document())
