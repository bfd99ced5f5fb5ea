from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.batch_error import BatchError
    from ..models.rarity_of_unlock import RarityOfUnlock


T = TypeVar("T", bound="UnlockResult")


@_attrs_define
class UnlockResult:
    """What became of one item: the members of an unlock's answer, or `error`."""

    index: int
    """ Its place in the batch, from 0. """
    status: int
    """ As a request of its own would have been answered. """
    achievement_id: UUID | Unset = UNSET
    error: BatchError | Unset = UNSET
    """ Why one item of a batch was refused. """
    player_id: UUID | Unset = UNSET
    points: int | Unset = UNSET
    rarity: None | RarityOfUnlock | Unset = UNSET
    unlocked: bool | Unset = UNSET
    unlocked_at: datetime.datetime | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.rarity_of_unlock import RarityOfUnlock  # noqa: PLC0415

        index = self.index

        status = self.status

        achievement_id: str | Unset = UNSET
        if not isinstance(self.achievement_id, Unset):
            achievement_id = str(self.achievement_id)

        error: dict[str, Any] | Unset = UNSET
        if not isinstance(self.error, Unset):
            error = self.error.to_dict()

        player_id: str | Unset = UNSET
        if not isinstance(self.player_id, Unset):
            player_id = str(self.player_id)

        points = self.points

        rarity: dict[str, Any] | None | Unset
        if isinstance(self.rarity, Unset):
            rarity = UNSET
        elif isinstance(self.rarity, RarityOfUnlock):
            rarity = self.rarity.to_dict()
        else:
            rarity = self.rarity

        unlocked = self.unlocked

        unlocked_at: str | Unset = UNSET
        if not isinstance(self.unlocked_at, Unset):
            unlocked_at = self.unlocked_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "index": index,
                "status": status,
            }
        )
        if achievement_id is not UNSET:
            field_dict["achievement_id"] = achievement_id
        if error is not UNSET:
            field_dict["error"] = error
        if player_id is not UNSET:
            field_dict["player_id"] = player_id
        if points is not UNSET:
            field_dict["points"] = points
        if rarity is not UNSET:
            field_dict["rarity"] = rarity
        if unlocked is not UNSET:
            field_dict["unlocked"] = unlocked
        if unlocked_at is not UNSET:
            field_dict["unlocked_at"] = unlocked_at

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.batch_error import BatchError  # noqa: PLC0415
        from ..models.rarity_of_unlock import RarityOfUnlock  # noqa: PLC0415

        d = dict(src_dict)
        index = d.pop("index")

        status = d.pop("status")

        _achievement_id = d.pop("achievement_id", UNSET)
        achievement_id: UUID | Unset
        if isinstance(_achievement_id, Unset):
            achievement_id = UNSET
        else:
            achievement_id = UUID(_achievement_id)

        _error = d.pop("error", UNSET)
        error: BatchError | Unset
        if isinstance(_error, Unset):
            error = UNSET
        else:
            error = BatchError.from_dict(_error)

        _player_id = d.pop("player_id", UNSET)
        player_id: UUID | Unset
        if isinstance(_player_id, Unset):
            player_id = UNSET
        else:
            player_id = UUID(_player_id)

        points = d.pop("points", UNSET)

        def _parse_rarity(data: object) -> None | RarityOfUnlock | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                rarity_type_0 = RarityOfUnlock.from_dict(data)

                return rarity_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | RarityOfUnlock | Unset, data)

        rarity = _parse_rarity(d.pop("rarity", UNSET))

        unlocked = d.pop("unlocked", UNSET)

        _unlocked_at = d.pop("unlocked_at", UNSET)
        unlocked_at: datetime.datetime | Unset
        if isinstance(_unlocked_at, Unset):
            unlocked_at = UNSET
        else:
            unlocked_at = datetime.datetime.fromisoformat(_unlocked_at)

        unlock_result = cls(
            index=index,
            status=status,
            achievement_id=achievement_id,
            error=error,
            player_id=player_id,
            points=points,
            rarity=rarity,
            unlocked=unlocked,
            unlocked_at=unlocked_at,
        )

        unlock_result.additional_properties = d
        return unlock_result

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
