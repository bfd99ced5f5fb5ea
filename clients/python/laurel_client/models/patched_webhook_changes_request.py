from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.webhook_event_type_enum import WebhookEventTypeEnum
from ..models.webhook_state_enum import WebhookStateEnum
from ..types import UNSET, Unset

T = TypeVar("T", bound="PatchedWebhookChangesRequest")


@_attrs_define
class PatchedWebhookChangesRequest:
    """What to change of an endpoint; what is left out stays."""

    description: str | Unset = UNSET
    event_types: list[WebhookEventTypeEnum] | Unset = UNSET
    state: WebhookStateEnum | Unset = UNSET
    url: str | Unset = UNSET
    """ https, to a host with public addresses; redirects are not followed. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        description = self.description

        event_types: list[str] | Unset = UNSET
        if not isinstance(self.event_types, Unset):
            event_types = []
            for event_types_item_data in self.event_types:
                event_types_item = event_types_item_data.value
                event_types.append(event_types_item)

        state: str | Unset = UNSET
        if not isinstance(self.state, Unset):
            state = self.state.value

        url = self.url

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if description is not UNSET:
            field_dict["description"] = description
        if event_types is not UNSET:
            field_dict["event_types"] = event_types
        if state is not UNSET:
            field_dict["state"] = state
        if url is not UNSET:
            field_dict["url"] = url

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        description = d.pop("description", UNSET)

        _event_types = d.pop("event_types", UNSET)
        event_types: list[WebhookEventTypeEnum] | Unset = UNSET
        if _event_types is not UNSET:
            event_types = []
            for event_types_item_data in _event_types:
                event_types_item = WebhookEventTypeEnum(event_types_item_data)

                event_types.append(event_types_item)

        _state = d.pop("state", UNSET)
        state: WebhookStateEnum | Unset
        if isinstance(_state, Unset):
            state = UNSET
        else:
            state = WebhookStateEnum(_state)

        url = d.pop("url", UNSET)

        patched_webhook_changes_request = cls(
            description=description,
            event_types=event_types,
            state=state,
            url=url,
        )

        patched_webhook_changes_request.additional_properties = d
        return patched_webhook_changes_request

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
