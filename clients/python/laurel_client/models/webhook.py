from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.disabled_reason_enum import DisabledReasonEnum
from ..models.webhook_event_type_enum import WebhookEventTypeEnum
from ..models.webhook_state_enum import WebhookStateEnum

if TYPE_CHECKING:
    from ..models.latest_result import LatestResult


T = TypeVar("T", bound="Webhook")


@_attrs_define
class Webhook:
    """A webhook endpoint, without its secret."""

    created_at: datetime.datetime
    description: str
    disabled_at: datetime.datetime | None
    disabled_reason: DisabledReasonEnum | None
    event_types: list[WebhookEventTypeEnum]
    failing_since: datetime.datetime | None
    """ Of the failures no success has come after. """
    id: UUID
    latest_result: LatestResult | None
    rotating_until: datetime.datetime | None
    """ The secret before signs too until then. """
    state: WebhookStateEnum
    url: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.latest_result import LatestResult  # noqa: PLC0415

        created_at = self.created_at.isoformat()

        description = self.description

        disabled_at: None | str
        if isinstance(self.disabled_at, datetime.datetime):
            disabled_at = self.disabled_at.isoformat()
        else:
            disabled_at = self.disabled_at

        disabled_reason: None | str
        if isinstance(self.disabled_reason, DisabledReasonEnum):
            disabled_reason = self.disabled_reason.value
        else:
            disabled_reason = self.disabled_reason

        event_types = []
        for event_types_item_data in self.event_types:
            event_types_item = event_types_item_data.value
            event_types.append(event_types_item)

        failing_since: None | str
        if isinstance(self.failing_since, datetime.datetime):
            failing_since = self.failing_since.isoformat()
        else:
            failing_since = self.failing_since

        id = str(self.id)

        latest_result: dict[str, Any] | None
        if isinstance(self.latest_result, LatestResult):
            latest_result = self.latest_result.to_dict()
        else:
            latest_result = self.latest_result

        rotating_until: None | str
        if isinstance(self.rotating_until, datetime.datetime):
            rotating_until = self.rotating_until.isoformat()
        else:
            rotating_until = self.rotating_until

        state = self.state.value

        url = self.url

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "created_at": created_at,
                "description": description,
                "disabled_at": disabled_at,
                "disabled_reason": disabled_reason,
                "event_types": event_types,
                "failing_since": failing_since,
                "id": id,
                "latest_result": latest_result,
                "rotating_until": rotating_until,
                "state": state,
                "url": url,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.latest_result import LatestResult  # noqa: PLC0415

        d = dict(src_dict)
        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        description = d.pop("description")

        def _parse_disabled_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                disabled_at_type_0 = datetime.datetime.fromisoformat(data)

                return disabled_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        disabled_at = _parse_disabled_at(d.pop("disabled_at"))

        def _parse_disabled_reason(data: object) -> DisabledReasonEnum | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                disabled_reason_type_0 = DisabledReasonEnum(data)

                return disabled_reason_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(DisabledReasonEnum | None, data)

        disabled_reason = _parse_disabled_reason(d.pop("disabled_reason"))

        event_types = []
        _event_types = d.pop("event_types")
        for event_types_item_data in _event_types:
            event_types_item = WebhookEventTypeEnum(event_types_item_data)

            event_types.append(event_types_item)

        def _parse_failing_since(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                failing_since_type_0 = datetime.datetime.fromisoformat(data)

                return failing_since_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        failing_since = _parse_failing_since(d.pop("failing_since"))

        id = UUID(d.pop("id"))

        def _parse_latest_result(data: object) -> LatestResult | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                latest_result_type_0 = LatestResult.from_dict(data)

                return latest_result_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(LatestResult | None, data)

        latest_result = _parse_latest_result(d.pop("latest_result"))

        def _parse_rotating_until(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                rotating_until_type_0 = datetime.datetime.fromisoformat(data)

                return rotating_until_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        rotating_until = _parse_rotating_until(d.pop("rotating_until"))

        state = WebhookStateEnum(d.pop("state"))

        url = d.pop("url")

        webhook = cls(
            created_at=created_at,
            description=description,
            disabled_at=disabled_at,
            disabled_reason=disabled_reason,
            event_types=event_types,
            failing_since=failing_since,
            id=id,
            latest_result=latest_result,
            rotating_until=rotating_until,
            state=state,
            url=url,
        )

        webhook.additional_properties = d
        return webhook

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
