"""Serializer fields that parse ids, times and days by the rules of apps.core.parsing.values."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from rest_framework import serializers

from apps.core.parsing.names import normal, normal_text, problem_with_name, problem_with_text
from apps.core.parsing.sentences import NOT_A_DAY, NOT_A_MOMENT, NOT_A_UUID
from apps.core.parsing.values import read_date, read_moment, read_uuid


class IdField(serializers.UUIDField):
    """An id."""

    def to_internal_value(self, data: object) -> UUID:
        if (found := read_uuid(data)) is None:
            raise serializers.ValidationError(NOT_A_UUID, "invalid")
        return found


class MomentField(serializers.DateTimeField):
    """A time, converted to UTC."""

    def to_internal_value(self, value: object) -> datetime:
        if (found := read_moment(value)) is None:
            raise serializers.ValidationError(NOT_A_MOMENT, "invalid")
        return found


def number_field(max_value: int = 2**31 - 1) -> serializers.IntegerField:
    """Return the field of a player's, game's or achievement's number in answers; see `number_of` in core/models.py."""
    return serializers.IntegerField(
        min_value=1, max_value=max_value, help_text="Beside the id, for what knows integers only. Never changes."
    )


class NameField(serializers.CharField):
    """A name; see apps.core.parsing.names."""

    def to_internal_value(self, data: Any) -> str:
        name = normal(super().to_internal_value(data))
        if name and (problem := problem_with_name(name)):
            raise serializers.ValidationError(problem, "invalid")
        return name


class TextField(serializers.CharField):
    """A text that may have lines; see apps.core.parsing.names."""

    def to_internal_value(self, data: Any) -> str:
        text = normal_text(super().to_internal_value(data))
        if problem := problem_with_text(text):
            raise serializers.ValidationError(problem, "invalid")
        if not text and not self.allow_blank:
            self.fail("blank")
        return text


class DayField(serializers.DateField):
    """A day."""

    def to_internal_value(self, value: Any) -> date:
        if (found := read_date(value)) is None:
            raise serializers.ValidationError(NOT_A_DAY, "invalid")
        return found


class _IdFormField(forms.Field):
    def to_python(self, value: object) -> UUID | None:
        if value in self.empty_values:
            return None
        if (found := read_uuid(value)) is None:
            raise ValidationError(NOT_A_UUID, code="invalid")
        return found


class _MomentFormField(forms.Field):
    def to_python(self, value: object) -> datetime | None:
        if value in self.empty_values:
            return None
        if (found := read_moment(value)) is None:
            raise ValidationError(NOT_A_MOMENT, code="invalid")
        return found


class IdFilter(django_filters.UUIDFilter):
    field_class = _IdFormField


class MomentFilter(django_filters.Filter):
    field_class = _MomentFormField
