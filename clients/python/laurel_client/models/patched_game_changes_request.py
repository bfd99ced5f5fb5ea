from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.setter_enum import SetterEnum
from ..types import UNSET, Unset

T = TypeVar("T", bound="PatchedGameChangesRequest")


@_attrs_define
class PatchedGameChangesRequest:
    """What to change of a game; what is left out stays."""

    accent: str | Unset = UNSET
    """ As #rrggbb; empty for Laurel's own. """
    accent_dark: str | Unset = UNSET
    """ As #rrggbb; empty for Laurel's own. """
    default_setter: SetterEnum | Unset = UNSET
    description: str | Unset = UNSET
    is_published: bool | Unset = UNSET
    name: str | Unset = UNSET
    points_budget: int | Unset = UNSET
    slug: str | Unset = UNSET
    """ Fixed once the game is published. """
    tagline: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        accent = self.accent

        accent_dark = self.accent_dark

        default_setter: str | Unset = UNSET
        if not isinstance(self.default_setter, Unset):
            default_setter = self.default_setter.value

        description = self.description

        is_published = self.is_published

        name = self.name

        points_budget = self.points_budget

        slug = self.slug

        tagline = self.tagline

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if accent is not UNSET:
            field_dict["accent"] = accent
        if accent_dark is not UNSET:
            field_dict["accent_dark"] = accent_dark
        if default_setter is not UNSET:
            field_dict["default_setter"] = default_setter
        if description is not UNSET:
            field_dict["description"] = description
        if is_published is not UNSET:
            field_dict["is_published"] = is_published
        if name is not UNSET:
            field_dict["name"] = name
        if points_budget is not UNSET:
            field_dict["points_budget"] = points_budget
        if slug is not UNSET:
            field_dict["slug"] = slug
        if tagline is not UNSET:
            field_dict["tagline"] = tagline

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        accent = d.pop("accent", UNSET)

        accent_dark = d.pop("accent_dark", UNSET)

        _default_setter = d.pop("default_setter", UNSET)
        default_setter: SetterEnum | Unset
        if isinstance(_default_setter, Unset):
            default_setter = UNSET
        else:
            default_setter = SetterEnum(_default_setter)

        description = d.pop("description", UNSET)

        is_published = d.pop("is_published", UNSET)

        name = d.pop("name", UNSET)

        points_budget = d.pop("points_budget", UNSET)

        slug = d.pop("slug", UNSET)

        tagline = d.pop("tagline", UNSET)

        patched_game_changes_request = cls(
            accent=accent,
            accent_dark=accent_dark,
            default_setter=default_setter,
            description=description,
            is_published=is_published,
            name=name,
            points_budget=points_budget,
            slug=slug,
            tagline=tagline,
        )

        patched_game_changes_request.additional_properties = d
        return patched_game_changes_request

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
