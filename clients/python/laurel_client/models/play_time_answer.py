from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="PlayTimeAnswer")


@_attrs_define
class PlayTimeAnswer:
    """What is counted of the session, and in all."""

    game_id: UUID
    player_id: UUID
    recorded: bool
    """ Whether this report added anything. """
    seconds: int
    session_id: str
    total_seconds: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        game_id = str(self.game_id)

        player_id = str(self.player_id)

        recorded = self.recorded

        seconds = self.seconds

        session_id = self.session_id

        total_seconds = self.total_seconds

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "game_id": game_id,
                "player_id": player_id,
                "recorded": recorded,
                "seconds": seconds,
                "session_id": session_id,
                "total_seconds": total_seconds,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        game_id = UUID(d.pop("game_id"))

        player_id = UUID(d.pop("player_id"))

        recorded = d.pop("recorded")

        seconds = d.pop("seconds")

        session_id = d.pop("session_id")

        total_seconds = d.pop("total_seconds")

        play_time_answer = cls(
            game_id=game_id,
            player_id=player_id,
            recorded=recorded,
            seconds=seconds,
            session_id=session_id,
            total_seconds=total_seconds,
        )

        play_time_answer.additional_properties = d
        return play_time_answer

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
