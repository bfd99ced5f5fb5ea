from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.achievement_entry import AchievementEntry
    from ..models.game_of_unlock import GameOfUnlock


T = TypeVar("T", bound="ProgressEntry")


@_attrs_define
class ProgressEntry:
    """An achievement under way."""

    achievement: AchievementEntry
    """ An achievement. A hidden one that the viewer has neither earned nor been shown has null for what it is. """
    game: GameOfUnlock
    """ The game of an unlock. """
    steps: int
    target: int
    updated_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        achievement = self.achievement.to_dict()

        game = self.game.to_dict()

        steps = self.steps

        target = self.target

        updated_at = self.updated_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "achievement": achievement,
                "game": game,
                "steps": steps,
                "target": target,
                "updated_at": updated_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.achievement_entry import AchievementEntry  # noqa: PLC0415
        from ..models.game_of_unlock import GameOfUnlock  # noqa: PLC0415

        d = dict(src_dict)
        achievement = AchievementEntry.from_dict(d.pop("achievement"))

        game = GameOfUnlock.from_dict(d.pop("game"))

        steps = d.pop("steps")

        target = d.pop("target")

        updated_at = datetime.datetime.fromisoformat(d.pop("updated_at"))

        progress_entry = cls(
            achievement=achievement,
            game=game,
            steps=steps,
            target=target,
            updated_at=updated_at,
        )

        progress_entry.additional_properties = d
        return progress_entry

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
