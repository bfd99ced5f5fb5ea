from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="MemberChange")


@_attrs_define
class MemberChange:
    """One member that changes."""

    after: Any | None
    before: Any | None
    member: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        after: Any | None
        after = self.after

        before: Any | None
        before = self.before

        member = self.member

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "after": after,
                "before": before,
                "member": member,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_after(data: object) -> Any | None:
            if data is None:
                return data
            return cast(Any | None, data)

        after = _parse_after(d.pop("after"))

        def _parse_before(data: object) -> Any | None:
            if data is None:
                return data
            return cast(Any | None, data)

        before = _parse_before(d.pop("before"))

        member = d.pop("member")

        member_change = cls(
            after=after,
            before=before,
            member=member,
        )

        member_change.additional_properties = d
        return member_change

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
