from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.game_slot_players_by_region import GameSlotPlayersByRegion


T = TypeVar("T", bound="GameSlot")


@_attrs_define
class GameSlot:
    """What a game's players did in an hour or a day."""

    player_count: int
    """ Who played or earned something. """
    players_by_region: GameSlotPlayersByRegion
    """ By day only. """
    playtime_hours: float
    points: int | None
    """ By day only. """
    recorded_at: datetime.datetime
    """ Its beginning, UTC. """
    unlock_count: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        player_count = self.player_count

        players_by_region = self.players_by_region.to_dict()

        playtime_hours = self.playtime_hours

        points: int | None
        points = self.points

        recorded_at = self.recorded_at.isoformat()

        unlock_count = self.unlock_count

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "player_count": player_count,
                "players_by_region": players_by_region,
                "playtime_hours": playtime_hours,
                "points": points,
                "recorded_at": recorded_at,
                "unlock_count": unlock_count,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.game_slot_players_by_region import GameSlotPlayersByRegion  # noqa: PLC0415

        d = dict(src_dict)
        player_count = d.pop("player_count")

        players_by_region = GameSlotPlayersByRegion.from_dict(d.pop("players_by_region"))

        playtime_hours = d.pop("playtime_hours")

        def _parse_points(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        points = _parse_points(d.pop("points"))

        recorded_at = datetime.datetime.fromisoformat(d.pop("recorded_at"))

        unlock_count = d.pop("unlock_count")

        game_slot = cls(
            player_count=player_count,
            players_by_region=players_by_region,
            playtime_hours=playtime_hours,
            points=points,
            recorded_at=recorded_at,
            unlock_count=unlock_count,
        )

        game_slot.additional_properties = d
        return game_slot

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
