from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.region_enum import RegionEnum
from ..types import UNSET, Unset

T = TypeVar("T", bound="NewPlayerRequest")


@_attrs_define
class NewPlayerRequest:
    """What a game says of a player it creates; all of it may be left out, and counts only when they are new."""

    display_name: str | Unset = UNSET
    handle: str | Unset = UNSET
    region: RegionEnum | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        display_name = self.display_name

        handle = self.handle

        region: str | Unset = UNSET
        if not isinstance(self.region, Unset):
            region = self.region.value

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if display_name is not UNSET:
            field_dict["display_name"] = display_name
        if handle is not UNSET:
            field_dict["handle"] = handle
        if region is not UNSET:
            field_dict["region"] = region

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        display_name = d.pop("display_name", UNSET)

        handle = d.pop("handle", UNSET)

        _region = d.pop("region", UNSET)
        region: RegionEnum | Unset
        if isinstance(_region, Unset):
            region = UNSET
        else:
            region = RegionEnum(_region)

        new_player_request = cls(
            display_name=display_name,
            handle=handle,
            region=region,
        )

        new_player_request.additional_properties = d
        return new_player_request

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
