from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.achievement_kind_enum import AchievementKindEnum
from ..models.achievement_state_enum import AchievementStateEnum
from ..models.setter_enum import SetterEnum
from ..types import UNSET, Unset

T = TypeVar("T", bound="Definition")


@_attrs_define
class Definition:
    """An achievement of a document; what is left out of one that exists stays."""

    key: str
    name: str
    points: int
    description: str | Unset = UNSET
    hidden: bool | Unset = UNSET
    kind: AchievementKindEnum | Unset = UNSET
    setter: SetterEnum | Unset = UNSET
    state: AchievementStateEnum | Unset = UNSET
    target: int | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        key = self.key

        name = self.name

        points = self.points

        description = self.description

        hidden = self.hidden

        kind: str | Unset = UNSET
        if not isinstance(self.kind, Unset):
            kind = self.kind.value

        setter: str | Unset = UNSET
        if not isinstance(self.setter, Unset):
            setter = self.setter.value

        state: str | Unset = UNSET
        if not isinstance(self.state, Unset):
            state = self.state.value

        target: int | None | Unset
        if isinstance(self.target, Unset):
            target = UNSET
        else:
            target = self.target

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "key": key,
                "name": name,
                "points": points,
            }
        )
        if description is not UNSET:
            field_dict["description"] = description
        if hidden is not UNSET:
            field_dict["hidden"] = hidden
        if kind is not UNSET:
            field_dict["kind"] = kind
        if setter is not UNSET:
            field_dict["setter"] = setter
        if state is not UNSET:
            field_dict["state"] = state
        if target is not UNSET:
            field_dict["target"] = target

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        key = d.pop("key")

        name = d.pop("name")

        points = d.pop("points")

        description = d.pop("description", UNSET)

        hidden = d.pop("hidden", UNSET)

        _kind = d.pop("kind", UNSET)
        kind: AchievementKindEnum | Unset
        if isinstance(_kind, Unset):
            kind = UNSET
        else:
            kind = AchievementKindEnum(_kind)

        _setter = d.pop("setter", UNSET)
        setter: SetterEnum | Unset
        if isinstance(_setter, Unset):
            setter = UNSET
        else:
            setter = SetterEnum(_setter)

        _state = d.pop("state", UNSET)
        state: AchievementStateEnum | Unset
        if isinstance(_state, Unset):
            state = UNSET
        else:
            state = AchievementStateEnum(_state)

        def _parse_target(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        target = _parse_target(d.pop("target", UNSET))

        definition = cls(
            key=key,
            name=name,
            points=points,
            description=description,
            hidden=hidden,
            kind=kind,
            setter=setter,
            state=state,
            target=target,
        )

        definition.additional_properties = d
        return definition

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
