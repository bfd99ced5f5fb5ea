from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.rarity_of_unlock import RarityOfUnlock


T = TypeVar("T", bound="ProgressAnswer")


@_attrs_define
class ProgressAnswer:
    """How far the player is now."""

    achievement_id: UUID
    player_id: UUID
    """ As it was named. """
    points: int
    """ As earned. """
    rarity: None | RarityOfUnlock
    """ Null while the game has under 20 players. """
    revealed: bool
    """ Whether the player may see its name and description. """
    steps: int | None
    """ Null for what is earned at once. """
    target: int | None
    """ Steps to go in all; null as steps. """
    unlocked: bool
    """ Whether this report reached the target and unlocked it. """
    unlocked_at: datetime.datetime | None
    """ When it was first earned, if it was. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.rarity_of_unlock import RarityOfUnlock  # noqa: PLC0415

        achievement_id = str(self.achievement_id)

        player_id = str(self.player_id)

        points = self.points

        rarity: dict[str, Any] | None
        if isinstance(self.rarity, RarityOfUnlock):
            rarity = self.rarity.to_dict()
        else:
            rarity = self.rarity

        revealed = self.revealed

        steps: int | None
        steps = self.steps

        target: int | None
        target = self.target

        unlocked = self.unlocked

        unlocked_at: None | str
        if isinstance(self.unlocked_at, datetime.datetime):
            unlocked_at = self.unlocked_at.isoformat()
        else:
            unlocked_at = self.unlocked_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "achievement_id": achievement_id,
                "player_id": player_id,
                "points": points,
                "rarity": rarity,
                "revealed": revealed,
                "steps": steps,
                "target": target,
                "unlocked": unlocked,
                "unlocked_at": unlocked_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.rarity_of_unlock import RarityOfUnlock  # noqa: PLC0415

        d = dict(src_dict)
        achievement_id = UUID(d.pop("achievement_id"))

        player_id = UUID(d.pop("player_id"))

        points = d.pop("points")

        def _parse_rarity(data: object) -> None | RarityOfUnlock:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                rarity_type_0 = RarityOfUnlock.from_dict(data)

                return rarity_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | RarityOfUnlock, data)

        rarity = _parse_rarity(d.pop("rarity"))

        revealed = d.pop("revealed")

        def _parse_steps(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        steps = _parse_steps(d.pop("steps"))

        def _parse_target(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        target = _parse_target(d.pop("target"))

        unlocked = d.pop("unlocked")

        def _parse_unlocked_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                unlocked_at_type_0 = datetime.datetime.fromisoformat(data)

                return unlocked_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        unlocked_at = _parse_unlocked_at(d.pop("unlocked_at"))

        progress_answer = cls(
            achievement_id=achievement_id,
            player_id=player_id,
            points=points,
            rarity=rarity,
            revealed=revealed,
            steps=steps,
            target=target,
            unlocked=unlocked,
            unlocked_at=unlocked_at,
        )

        progress_answer.additional_properties = d
        return progress_answer

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
