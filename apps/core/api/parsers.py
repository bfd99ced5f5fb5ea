"""JSON in, through orjson, bounded."""

from collections.abc import Mapping
from typing import IO, Any

import orjson
from django.conf import settings
from rest_framework.parsers import BaseParser

from apps.core.errors import DomainError


class BodyTooLargeError(DomainError):
    code = "body_too_large"
    status = 413


class MalformedJSONError(DomainError):
    code = "malformed_json"


class JSONParser(BaseParser):
    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        body = stream.read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
        if len(body) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise BodyTooLargeError(
                f"The body is over {settings.DATA_UPLOAD_MAX_MEMORY_SIZE:,} bytes. Send less at once."
            )
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise MalformedJSONError(f"The body is not valid JSON: {error}.") from error
