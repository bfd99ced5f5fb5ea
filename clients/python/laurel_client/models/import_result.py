from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.changed_definition import ChangedDefinition


T = TypeVar("T", bound="ImportResult")


@_attrs_define
class ImportResult:
    """What an import did, or would do."""

    applied: bool
    """ False for a dry run. """
    changed: list[ChangedDefinition]
    created: list[str]
    """ Keys. """
    missing: list[str]
    """ Keys of the game's own that the document lacks; they are left alone. """
    points_after: int
    points_before: int
    points_budget: int
    unchanged: list[str]
    """ Keys. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        applied = self.applied

        changed = []
        for changed_item_data in self.changed:
            changed_item = changed_item_data.to_dict()
            changed.append(changed_item)

        created = self.created

        missing = self.missing

        points_after = self.points_after

        points_before = self.points_before

        points_budget = self.points_budget

        unchanged = self.unchanged

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "applied": applied,
                "changed": changed,
                "created": created,
                "missing": missing,
                "points_after": points_after,
                "points_before": points_before,
                "points_budget": points_budget,
                "unchanged": unchanged,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.changed_definition import ChangedDefinition  # noqa: PLC0415

        d = dict(src_dict)
        applied = d.pop("applied")

        changed = []
        _changed = d.pop("changed")
        for changed_item_data in _changed:
            changed_item = ChangedDefinition.from_dict(changed_item_data)

            changed.append(changed_item)

        created = cast(list[str], d.pop("created"))

        missing = cast(list[str], d.pop("missing"))

        points_after = d.pop("points_after")

        points_before = d.pop("points_before")

        points_budget = d.pop("points_budget")

        unchanged = cast(list[str], d.pop("unchanged"))

        import_result = cls(
            applied=applied,
            changed=changed,
            created=created,
            missing=missing,
            points_after=points_after,
            points_before=points_before,
            points_budget=points_budget,
            unchanged=unchanged,
        )

        import_result.additional_properties = d
        return import_result

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
