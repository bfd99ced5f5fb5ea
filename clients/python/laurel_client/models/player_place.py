from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.board import Board
    from ..models.board_player import BoardPlayer
    from ..models.board_row import BoardRow


T = TypeVar("T", bound="PlayerPlace")


@_attrs_define
class PlayerPlace:
    """Where a player stands on a board."""

    board: Board
    """ Which board it is. """
    degraded: bool
    """ Read from the slower store for want of the fast one; as right. """
    neighbours: list[BoardRow]
    """ The rows around them, their own included. """
    percentile: float
    """ Share of the board's players at or below them, 0 to 100. """
    player: BoardPlayer
    """ A player as boards show them. """
    points: int
    points_to_next_rank: int | None
    """ Null for the first. """
    rank: int
    """ 1 is the best. """
    reached_at: datetime.datetime
    """ When they came to these points; of equals the first is ahead. """
    total_players: int
    unlock_count: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        board = self.board.to_dict()

        degraded = self.degraded

        neighbours = []
        for neighbours_item_data in self.neighbours:
            neighbours_item = neighbours_item_data.to_dict()
            neighbours.append(neighbours_item)

        percentile = self.percentile

        player = self.player.to_dict()

        points = self.points

        points_to_next_rank: int | None
        points_to_next_rank = self.points_to_next_rank

        rank = self.rank

        reached_at = self.reached_at.isoformat()

        total_players = self.total_players

        unlock_count = self.unlock_count

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "board": board,
                "degraded": degraded,
                "neighbours": neighbours,
                "percentile": percentile,
                "player": player,
                "points": points,
                "points_to_next_rank": points_to_next_rank,
                "rank": rank,
                "reached_at": reached_at,
                "total_players": total_players,
                "unlock_count": unlock_count,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.board import Board  # noqa: PLC0415
        from ..models.board_player import BoardPlayer  # noqa: PLC0415
        from ..models.board_row import BoardRow  # noqa: PLC0415

        d = dict(src_dict)
        board = Board.from_dict(d.pop("board"))

        degraded = d.pop("degraded")

        neighbours = []
        _neighbours = d.pop("neighbours")
        for neighbours_item_data in _neighbours:
            neighbours_item = BoardRow.from_dict(neighbours_item_data)

            neighbours.append(neighbours_item)

        percentile = d.pop("percentile")

        player = BoardPlayer.from_dict(d.pop("player"))

        points = d.pop("points")

        def _parse_points_to_next_rank(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        points_to_next_rank = _parse_points_to_next_rank(d.pop("points_to_next_rank"))

        rank = d.pop("rank")

        reached_at = datetime.datetime.fromisoformat(d.pop("reached_at"))

        total_players = d.pop("total_players")

        unlock_count = d.pop("unlock_count")

        player_place = cls(
            board=board,
            degraded=degraded,
            neighbours=neighbours,
            percentile=percentile,
            player=player,
            points=points,
            points_to_next_rank=points_to_next_rank,
            rank=rank,
            reached_at=reached_at,
            total_players=total_players,
            unlock_count=unlock_count,
        )

        player_place.additional_properties = d
        return player_place

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
