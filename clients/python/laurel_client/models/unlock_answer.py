from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.rarity_of_unlock import RarityOfUnlock


T = TypeVar("T", bound="UnlockAnswer")


@_attrs_define
class UnlockAnswer:
    """An unlock, new or repeated."""

    achievement_id: UUID
    player_id: UUID
    """ As it was named. """
    points: int
    """ As earned. """
    rarity: None | RarityOfUnlock
    """ Null while the game has under 20 players. """
    unlocked: bool
    """ Whether this report unlocked it. """
    unlocked_at: datetime.datetime
    """ When it was first earned. """
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

        unlocked = self.unlocked

        unlocked_at = self.unlocked_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "achievement_id": achievement_id,
                "player_id": player_id,
                "points": points,
                "rarity": rarity,
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

        unlocked = d.pop("unlocked")

        unlocked_at = datetime.datetime.fromisoformat(d.pop("unlocked_at"))

        unlock_answer = cls(
            achievement_id=achievement_id,
            player_id=player_id,
            points=points,
            rarity=rarity,
            unlocked=unlocked,
            unlocked_at=unlocked_at,
        )

        unlock_answer.additional_properties = d
        return unlock_answer

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
