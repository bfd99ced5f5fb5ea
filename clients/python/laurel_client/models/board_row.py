from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.board_player import BoardPlayer


T = TypeVar("T", bound="BoardRow")


@_attrs_define
class BoardRow:
    """One line of a board."""

    player: BoardPlayer
    """ A player as boards show them. """
    points: int
    rank: int
    """ 1 is the best. """
    reached_at: datetime.datetime
    """ When they came to these points; of equals the first is ahead. """
    unlock_count: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        player = self.player.to_dict()

        points = self.points

        rank = self.rank

        reached_at = self.reached_at.isoformat()

        unlock_count = self.unlock_count

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "player": player,
                "points": points,
                "rank": rank,
                "reached_at": reached_at,
                "unlock_count": unlock_count,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.board_player import BoardPlayer  # noqa: PLC0415

        d = dict(src_dict)
        player = BoardPlayer.from_dict(d.pop("player"))

        points = d.pop("points")

        rank = d.pop("rank")

        reached_at = datetime.datetime.fromisoformat(d.pop("reached_at"))

        unlock_count = d.pop("unlock_count")

        board_row = cls(
            player=player,
            points=points,
            rank=rank,
            reached_at=reached_at,
            unlock_count=unlock_count,
        )

        board_row.additional_properties = d
        return board_row

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
