from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.region_enum import RegionEnum
from ..models.visibility_enum import VisibilityEnum
from ..types import UNSET, Unset

T = TypeVar("T", bound="PatchedMeChangesRequest")


@_attrs_define
class PatchedMeChangesRequest:
    """What players may change of themselves; leave out what stays."""

    display_name: str | Unset = UNSET
    region: RegionEnum | Unset = UNSET
    time_zone: str | Unset = UNSET
    """ An IANA name, such as Europe/Lisbon. """
    visibility: VisibilityEnum | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        display_name = self.display_name

        region: str | Unset = UNSET
        if not isinstance(self.region, Unset):
            region = self.region.value

        time_zone = self.time_zone

        visibility: str | Unset = UNSET
        if not isinstance(self.visibility, Unset):
            visibility = self.visibility.value

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if display_name is not UNSET:
            field_dict["display_name"] = display_name
        if region is not UNSET:
            field_dict["region"] = region
        if time_zone is not UNSET:
            field_dict["time_zone"] = time_zone
        if visibility is not UNSET:
            field_dict["visibility"] = visibility

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        display_name = d.pop("display_name", UNSET)

        _region = d.pop("region", UNSET)
        region: RegionEnum | Unset
        if isinstance(_region, Unset):
            region = UNSET
        else:
            region = RegionEnum(_region)

        time_zone = d.pop("time_zone", UNSET)

        _visibility = d.pop("visibility", UNSET)
        visibility: VisibilityEnum | Unset
        if isinstance(_visibility, Unset):
            visibility = UNSET
        else:
            visibility = VisibilityEnum(_visibility)

        patched_me_changes_request = cls(
            display_name=display_name,
            region=region,
            time_zone=time_zone,
            visibility=visibility,
        )

        patched_me_changes_request.additional_properties = d
        return patched_me_changes_request

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
