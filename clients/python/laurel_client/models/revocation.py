from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.revocation_state_enum import RevocationStateEnum

T = TypeVar("T", bound="Revocation")


@_attrs_define
class Revocation:
    """A revocation; it stays in the list for ever."""

    achievement_id: None | UUID
    created_at: datetime.datetime
    id: UUID
    kept_count: int
    """ Earned anew before the restoring, and left as they are. """
    player_id: None | UUID
    reason: str
    restored_at: datetime.datetime | None
    restored_by: None | str
    restored_count: int
    revoked_by: str
    """ account:<id> or key:<id>. """
    state: RevocationStateEnum
    unlock_count: int
    """ Unlocks taken back so far. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        achievement_id: None | str
        if isinstance(self.achievement_id, UUID):
            achievement_id = str(self.achievement_id)
        else:
            achievement_id = self.achievement_id

        created_at = self.created_at.isoformat()

        id = str(self.id)

        kept_count = self.kept_count

        player_id: None | str
        if isinstance(self.player_id, UUID):
            player_id = str(self.player_id)
        else:
            player_id = self.player_id

        reason = self.reason

        restored_at: None | str
        if isinstance(self.restored_at, datetime.datetime):
            restored_at = self.restored_at.isoformat()
        else:
            restored_at = self.restored_at

        restored_by: None | str
        restored_by = self.restored_by

        restored_count = self.restored_count

        revoked_by = self.revoked_by

        state = self.state.value

        unlock_count = self.unlock_count

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "achievement_id": achievement_id,
                "created_at": created_at,
                "id": id,
                "kept_count": kept_count,
                "player_id": player_id,
                "reason": reason,
                "restored_at": restored_at,
                "restored_by": restored_by,
                "restored_count": restored_count,
                "revoked_by": revoked_by,
                "state": state,
                "unlock_count": unlock_count,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_achievement_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                achievement_id_type_0 = UUID(data)

                return achievement_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        achievement_id = _parse_achievement_id(d.pop("achievement_id"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        id = UUID(d.pop("id"))

        kept_count = d.pop("kept_count")

        def _parse_player_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                player_id_type_0 = UUID(data)

                return player_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        player_id = _parse_player_id(d.pop("player_id"))

        reason = d.pop("reason")

        def _parse_restored_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                restored_at_type_0 = datetime.datetime.fromisoformat(data)

                return restored_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        restored_at = _parse_restored_at(d.pop("restored_at"))

        def _parse_restored_by(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        restored_by = _parse_restored_by(d.pop("restored_by"))

        restored_count = d.pop("restored_count")

        revoked_by = d.pop("revoked_by")

        state = RevocationStateEnum(d.pop("state"))

        unlock_count = d.pop("unlock_count")

        revocation = cls(
            achievement_id=achievement_id,
            created_at=created_at,
            id=id,
            kept_count=kept_count,
            player_id=player_id,
            reason=reason,
            restored_at=restored_at,
            restored_by=restored_by,
            restored_count=restored_count,
            revoked_by=revoked_by,
            state=state,
            unlock_count=unlock_count,
        )

        revocation.additional_properties = d
        return revocation

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
