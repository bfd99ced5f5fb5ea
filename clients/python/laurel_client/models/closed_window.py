from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.board import Board
    from ..models.board_row import BoardRow


T = TypeVar("T", bound="ClosedWindow")


@_attrs_define
class ClosedWindow:
    """A window that is over, with its first three."""

    board: Board
    """ Which board it is. """
    closed_at: datetime.datetime
    """ When its places were kept, an hour after its end. """
    leaders: list[BoardRow]
    total_players: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        board = self.board.to_dict()

        closed_at = self.closed_at.isoformat()

        leaders = []
        for leaders_item_data in self.leaders:
            leaders_item = leaders_item_data.to_dict()
            leaders.append(leaders_item)

        total_players = self.total_players

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "board": board,
                "closed_at": closed_at,
                "leaders": leaders,
                "total_players": total_players,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.board import Board  # noqa: PLC0415
        from ..models.board_row import BoardRow  # noqa: PLC0415

        d = dict(src_dict)
        board = Board.from_dict(d.pop("board"))

        closed_at = datetime.datetime.fromisoformat(d.pop("closed_at"))

        leaders = []
        _leaders = d.pop("leaders")
        for leaders_item_data in _leaders:
            leaders_item = BoardRow.from_dict(leaders_item_data)

            leaders.append(leaders_item)

        total_players = d.pop("total_players")

        closed_window = cls(
            board=board,
            closed_at=closed_at,
            leaders=leaders,
            total_players=total_players,
        )

        closed_window.additional_properties = d
        return closed_window

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
