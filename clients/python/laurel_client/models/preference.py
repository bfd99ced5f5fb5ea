from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.choice_enum import ChoiceEnum
from ..models.notification_kind_enum import NotificationKindEnum
from ..models.road_enum import RoadEnum

T = TypeVar("T", bound="Preference")


@_attrs_define
class Preference:
    """How much of a kind comes on a road."""

    choice: ChoiceEnum
    kind: NotificationKindEnum
    road: RoadEnum
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        choice = self.choice.value

        kind = self.kind.value

        road = self.road.value

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "choice": choice,
                "kind": kind,
                "road": road,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        choice = ChoiceEnum(d.pop("choice"))

        kind = NotificationKindEnum(d.pop("kind"))

        road = RoadEnum(d.pop("road"))

        preference = cls(
            choice=choice,
            kind=kind,
            road=road,
        )

        preference.additional_properties = d
        return preference

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
