from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.increment_report_request import IncrementReportRequest
    from ..models.reveal_report_request import RevealReportRequest
    from ..models.set_at_least_report_request import SetAtLeastReportRequest
    from ..models.unlock_verb_report_request import UnlockVerbReportRequest


T = TypeVar("T", bound="ProgressBatchRequest")


@_attrs_define
class ProgressBatchRequest:
    """Many reports at once."""

    reports: list[IncrementReportRequest | RevealReportRequest | SetAtLeastReportRequest | UnlockVerbReportRequest]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.increment_report_request import IncrementReportRequest  # noqa: PLC0415
        from ..models.reveal_report_request import RevealReportRequest  # noqa: PLC0415
        from ..models.set_at_least_report_request import SetAtLeastReportRequest  # noqa: PLC0415

        reports = []
        for reports_item_data in self.reports:
            reports_item: dict[str, Any]
            if isinstance(reports_item_data, IncrementReportRequest):
                reports_item = reports_item_data.to_dict()
            elif isinstance(reports_item_data, SetAtLeastReportRequest):
                reports_item = reports_item_data.to_dict()
            elif isinstance(reports_item_data, RevealReportRequest):
                reports_item = reports_item_data.to_dict()
            else:
                reports_item = reports_item_data.to_dict()

            reports.append(reports_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "reports": reports,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.increment_report_request import IncrementReportRequest  # noqa: PLC0415
        from ..models.reveal_report_request import RevealReportRequest  # noqa: PLC0415
        from ..models.set_at_least_report_request import SetAtLeastReportRequest  # noqa: PLC0415
        from ..models.unlock_verb_report_request import UnlockVerbReportRequest  # noqa: PLC0415

        d = dict(src_dict)
        reports = []
        _reports = d.pop("reports")
        for reports_item_data in _reports:

            def _parse_reports_item(
                data: object,
            ) -> IncrementReportRequest | RevealReportRequest | SetAtLeastReportRequest | UnlockVerbReportRequest:
                try:
                    if not isinstance(data, dict):
                        raise TypeError()
                    componentsschemas_progress_batch_item_request_type_0 = IncrementReportRequest.from_dict(data)

                    return componentsschemas_progress_batch_item_request_type_0
                except (TypeError, ValueError, AttributeError, KeyError):
                    pass
                try:
                    if not isinstance(data, dict):
                        raise TypeError()
                    componentsschemas_progress_batch_item_request_type_1 = SetAtLeastReportRequest.from_dict(data)

                    return componentsschemas_progress_batch_item_request_type_1
                except (TypeError, ValueError, AttributeError, KeyError):
                    pass
                try:
                    if not isinstance(data, dict):
                        raise TypeError()
                    componentsschemas_progress_batch_item_request_type_2 = RevealReportRequest.from_dict(data)

                    return componentsschemas_progress_batch_item_request_type_2
                except (TypeError, ValueError, AttributeError, KeyError):
                    pass
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_progress_batch_item_request_type_3 = UnlockVerbReportRequest.from_dict(data)

                return componentsschemas_progress_batch_item_request_type_3

            reports_item = _parse_reports_item(reports_item_data)

            reports.append(reports_item)

        progress_batch_request = cls(
            reports=reports,
        )

        progress_batch_request.additional_properties = d
        return progress_batch_request

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
