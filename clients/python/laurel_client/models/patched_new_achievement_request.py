from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.achievement_kind_enum import AchievementKindEnum
from ..models.setter_enum import SetterEnum
from ..types import UNSET, Unset

T = TypeVar("T", bound="PatchedNewAchievementRequest")


@_attrs_define
class PatchedNewAchievementRequest:
    """An achievement to make; it begins as a draft."""

    description: str | Unset = UNSET
    hidden: bool | Unset = UNSET
    key: str | Unset = UNSET
    """ As ACH_FIRST_LIGHT; game code refers to it. """
    kind: AchievementKindEnum | Unset = UNSET
    name: str | Unset = UNSET
    points: int | Unset = UNSET
    setter: SetterEnum | Unset = UNSET
    target: int | None | Unset = UNSET
    """ Of incremental ones only. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        description = self.description

        hidden = self.hidden

        key = self.key

        kind: str | Unset = UNSET
        if not isinstance(self.kind, Unset):
            kind = self.kind.value

        name = self.name

        points = self.points

        setter: str | Unset = UNSET
        if not isinstance(self.setter, Unset):
            setter = self.setter.value

        target: int | None | Unset
        if isinstance(self.target, Unset):
            target = UNSET
        else:
            target = self.target

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if description is not UNSET:
            field_dict["description"] = description
        if hidden is not UNSET:
            field_dict["hidden"] = hidden
        if key is not UNSET:
            field_dict["key"] = key
        if kind is not UNSET:
            field_dict["kind"] = kind
        if name is not UNSET:
            field_dict["name"] = name
        if points is not UNSET:
            field_dict["points"] = points
        if setter is not UNSET:
            field_dict["setter"] = setter
        if target is not UNSET:
            field_dict["target"] = target

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        description = d.pop("description", UNSET)

        hidden = d.pop("hidden", UNSET)

        key = d.pop("key", UNSET)

        _kind = d.pop("kind", UNSET)
        kind: AchievementKindEnum | Unset
        if isinstance(_kind, Unset):
            kind = UNSET
        else:
            kind = AchievementKindEnum(_kind)

        name = d.pop("name", UNSET)

        points = d.pop("points", UNSET)

        _setter = d.pop("setter", UNSET)
        setter: SetterEnum | Unset
        if isinstance(_setter, Unset):
            setter = UNSET
        else:
            setter = SetterEnum(_setter)

        def _parse_target(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        target = _parse_target(d.pop("target", UNSET))

        patched_new_achievement_request = cls(
            description=description,
            hidden=hidden,
            key=key,
            kind=kind,
            name=name,
            points=points,
            setter=setter,
            target=target,
        )

        patched_new_achievement_request.additional_properties = d
        return patched_new_achievement_request

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
