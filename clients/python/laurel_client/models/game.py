from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Game")


@_attrs_define
class Game:
    """A game as everyone sees it."""

    accent: str
    """ Colour of its pages on light, as #rrggbb, or empty. """
    accent_dark: str
    """ Colour of its pages on dark, as #rrggbb, or empty. """
    achievement_count: int
    """ Published ones. """
    cover_url: None | str
    description: str
    id: UUID
    name: str
    player_count: int
    """ Players with an unlock, as last counted. """
    points: int
    """ Of the published achievements together. """
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

        description = self.description

        id = str(self.id)

        name = self.name

        player_count = self.player_count

        points = self.points

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
                "description": description,
                "id": id,
                "name": name,
                "player_count": player_count,
                "points": points,
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

        description = d.pop("description")

        id = UUID(d.pop("id"))

        name = d.pop("name")

        player_count = d.pop("player_count")

        points = d.pop("points")

        slug = d.pop("slug")

        tagline = d.pop("tagline")

        game = cls(
            accent=accent,
            accent_dark=accent_dark,
            achievement_count=achievement_count,
            cover_url=cover_url,
            description=description,
            id=id,
            name=name,
            player_count=player_count,
            points=points,
            slug=slug,
            tagline=tagline,
        )

        game.additional_properties = d
        return game

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
