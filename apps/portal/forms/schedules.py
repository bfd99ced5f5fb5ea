"""The form of a publication at a time to come."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.utils.translation import gettext

from apps.core.clock import zone_label
from apps.core.http.pages import DomainForm
from apps.portal.forms.base import moment_field


class ScheduleForm(DomainForm):
    """When to publish, in the member's time zone."""

    publish_at = moment_field("")

    def __init__(self, data: QueryDict | None = None, *, zone: ZoneInfo) -> None:
        super().__init__(data)
        self._zone = zone
        self.fields["publish_at"].label = gettext("Publish at ({zone})").format(zone=zone_label(zone.key))

    def clean_publish_at(self) -> datetime:
        given: datetime = self.cleaned_data["publish_at"]
        return given.replace(tzinfo=self._zone)
