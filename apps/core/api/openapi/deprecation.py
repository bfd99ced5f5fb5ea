"""Announces the end of an endpoint: Deprecation (RFC 9745), Sunset (RFC 8594) and a link."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.http import http_date


@dataclass(frozen=True, slots=True)
class Deprecation:
    """When it was deprecated, when it stops working, and the page that describes the replacement."""

    since: datetime
    sunset: datetime
    link: str

    def headers(self) -> dict[str, str]:
        return {
            "Deprecation": f"@{int(self.since.astimezone(UTC).timestamp())}",
            "Sunset": http_date(self.sunset.timestamp()),
            "Link": f'<{self.link}>; rel="deprecation"; type="text/html"',
        }
