from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.role_enum import RoleEnum
from ..models.setter_enum import SetterEnum

T = TypeVar("T", bound="ManagedGame")


@_attrs_define
class ManagedGame:
    """A game as its studio sees it; counts are of drafts too."""

    accent: str
    """ Colour of its pages on light, as #rrggbb, or empty. """
    accent_dark: str
    """ Colour of its pages on dark, as #rrggbb, or empty. """
    achievement_count: int
    """ Published ones. """
    cover_url: None | str
    created_at: datetime.datetime
    default_setter: SetterEnum
    description: str
    id: UUID
    is_published: bool
    name: str
    player_count: int
    """ Players with an unlock, as last counted. """
    points: int
    """ Of the published achievements together. """
    points_budget: int
    role: None | RoleEnum
    """ Yours in its studio; null for keys. """
    slug: str
    """ Its address: /games/<slug>/. """
    tagline: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        accent = self.accent

        accent_dark = self.accent_dark

        achievement_count = self.achievement_count

        cover_url: None | str
        cover_url = self.cover_url

        created_at = self.created_at.isoformat()

        default_setter = self.default_setter.value

        description = self.description

        id = str(self.id)

        is_published = self.is_published

        name = self.name

        player_count = self.player_count

        points = self.points

        points_budget = self.points_budget

        role: None | str
        if isinstance(self.role, RoleEnum):
            role = self.role.value
        else:
            role = self.role

        slug = self.slug

        tagline = self.tagline

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "accent": accent,
                "accent_dark": accent_dark,
                "achievement_count": achievement_count,
                "cover_url": cover_url,
                "created_at": created_at,
                "default_setter": default_setter,
                "description": description,
                "id": id,
                "is_published": is_published,
                "name": name,
                "player_count": player_count,
                "points": points,
                "points_budget": points_budget,
                "role": role,
                "slug": slug,
                "tagline": tagline,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        accent = d.pop("accent")

        accent_dark = d.pop("accent_dark")

        achievement_count = d.pop("achievement_count")

        def _parse_cover_url(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        cover_url = _parse_cover_url(d.pop("cover_url"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        default_setter = SetterEnum(d.pop("default_setter"))

        description = d.pop("description")

        id = UUID(d.pop("id"))

        is_published = d.pop("is_published")

        name = d.pop("name")

        player_count = d.pop("player_count")

        points = d.pop("points")

        points_budget = d.pop("points_budget")

        def _parse_role(data: object) -> None | RoleEnum:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                role_type_0 = RoleEnum(data)

                return role_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | RoleEnum, data)

        role = _parse_role(d.pop("role"))

        slug = d.pop("slug")

        tagline = d.pop("tagline")

        managed_game = cls(
            accent=accent,
            accent_dark=accent_dark,
            achievement_count=achievement_count,
            cover_url=cover_url,
            created_at=created_at,
            default_setter=default_setter,
            description=description,
            id=id,
            is_published=is_published,
            name=name,
            player_count=player_count,
            points=points,
            points_budget=points_budget,
            role=role,
            slug=slug,
            tagline=tagline,
        )

        managed_game.additional_properties = d
        return managed_game

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
