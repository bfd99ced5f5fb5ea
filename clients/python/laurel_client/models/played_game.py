from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="PlayedGame")


@_attrs_define
class PlayedGame:
    """A game on the dashboard."""

    achievement_count: int
    completion_percentage: float
    cover_url: None | str
    id: UUID
    last_played_at: datetime.datetime
    name: str
    playtime_hours: float
    playtime_seconds: int
    points: int
    slug: str
    total_achievements: int
    total_points: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        achievement_count = self.achievement_count

        completion_percentage = self.completion_percentage

        cover_url: None | str
        cover_url = self.cover_url

        id = str(self.id)

        last_played_at = self.last_played_at.isoformat()

        name = self.name

        playtime_hours = self.playtime_hours

        playtime_seconds = self.playtime_seconds

        points = self.points

        slug = self.slug

        total_achievements = self.total_achievements

        total_points = self.total_points

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "achievement_count": achievement_count,
                "completion_percentage": completion_percentage,
                "cover_url": cover_url,
                "id": id,
                "last_played_at": last_played_at,
                "name": name,
                "playtime_hours": playtime_hours,
                "playtime_seconds": playtime_seconds,
                "points": points,
                "slug": slug,
                "total_achievements": total_achievements,
                "total_points": total_points,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        achievement_count = d.pop("achievement_count")

        completion_percentage = d.pop("completion_percentage")

        def _parse_cover_url(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        cover_url = _parse_cover_url(d.pop("cover_url"))

        id = UUID(d.pop("id"))

        last_played_at = datetime.datetime.fromisoformat(d.pop("last_played_at"))

        name = d.pop("name")

        playtime_hours = d.pop("playtime_hours")

        playtime_seconds = d.pop("playtime_seconds")

        points = d.pop("points")

        slug = d.pop("slug")

        total_achievements = d.pop("total_achievements")

        total_points = d.pop("total_points")

        played_game = cls(
            achievement_count=achievement_count,
            completion_percentage=completion_percentage,
            cover_url=cover_url,
            id=id,
            last_played_at=last_played_at,
            name=name,
            playtime_hours=playtime_hours,
            playtime_seconds=playtime_seconds,
            points=points,
            slug=slug,
            total_achievements=total_achievements,
            total_points=total_points,
        )

        played_game.additional_properties = d
        return played_game

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
