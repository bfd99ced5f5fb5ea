from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.unlock_report_request import UnlockReportRequest


T = TypeVar("T", bound="UnlockBatchRequest")


@_attrs_define
class UnlockBatchRequest:
    """Many unlocks at once."""

    unlocks: list[UnlockReportRequest]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        unlocks = []
        for unlocks_item_data in self.unlocks:
            unlocks_item = unlocks_item_data.to_dict()
            unlocks.append(unlocks_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "unlocks": unlocks,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.unlock_report_request import UnlockReportRequest  # noqa: PLC0415

        d = dict(src_dict)
        unlocks = []
        _unlocks = d.pop("unlocks")
        for unlocks_item_data in _unlocks:
            unlocks_item = UnlockReportRequest.from_dict(unlocks_item_data)

            unlocks.append(unlocks_item)

        unlock_batch_request = cls(
            unlocks=unlocks,
        )

        unlock_batch_request.additional_properties = d
        return unlock_batch_request

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
