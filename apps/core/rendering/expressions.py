"""Reads what a template's expressions stand for, with what can be known beforehand settled when a template loads.

Whatever is unusual (a method, an item of a dictionary that is missing, a context's own attributes) goes to Django's
Variable, which then does all of it.
"""

import operator
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from html import escape
from typing import Any
from uuid import UUID

from django.conf import settings
from django.template import Context
from django.template.base import FilterExpression, Variable, VariableDoesNotExist, render_value_in_context
from django.template.context import BaseContext
from django.template.defaultfilters import date
from django.template.defaulttags import TemplateLiteral
from django.utils.functional import SimpleLazyObject, empty
from django.utils.safestring import SafeData, SafeString, mark_safe
from django.utils.timezone import template_localtime  # type: ignore[attr-defined] # the stubs lack it

# What templates are given, of whatever type.
Value = Any
Reader = Callable[[Context], Value]

# Types whose objects have attributes alone, neither items nor calls; noted as they are met.
_PLAIN: set[type] = set()
# Types of what is mostly shown, which are neither lazy nor called.
_SHOWN = frozenset({str, SafeString, int, bool, float, type(None), UUID, datetime, list, tuple, dict})
# For a variable that must be there.
_RAISE = object()
_NEEDS_ESCAPING = re.compile("[&<>\"']")
_COMPARISONS: Mapping[str, Callable[[Value, Value], object]] = {
    "in": lambda item, items: item in items,
    "not_in": lambda item, items: item not in items,
    "is": operator.is_,
    "is_not": operator.is_not,
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}


class Constant:
    """Reads what is always the same."""

    __slots__ = ("value",)

    def __init__(self, value: Value) -> None:
        self.value = value

    def __call__(self, context: Context) -> Value:
        return self.value


@lru_cache(maxsize=10_000)
def _date_in(zone: object, value: Value, *given: Value) -> Value:
    """Return what the filter `date` does; the same moment in another zone, which equals it, has another text."""
    return date(value, *given)


# A profile has 140 dates, a fifth of what rendering it took.
_REMEMBERED: Mapping[Callable[..., Value], Callable[..., Value]] = {
    date: lambda value, *given: _date_in(getattr(value, "tzinfo", None), value, *given)
}


def reader_of(expression: FilterExpression, *, missing: Value = "") -> Reader:
    """Return what resolves an expression; `missing` stands for a variable that there is not."""
    read = variable_of(expression.var, missing) if expression.is_var else Constant(expression.var)
    for function, arguments in expression.filters:
        read = _filtered(read, function, arguments)
    return read


def variable_of(variable: Variable, missing: Value = _RAISE) -> Reader:
    """Return what resolves a variable. Without something for a missing one it raises VariableDoesNotExist."""
    if variable.lookups is None or variable.translate:
        return variable.resolve
    first, *rest = variable.lookups

    def read(context: Context) -> Value:
        for scope in reversed(context.dicts):
            if first in scope:
                try:
                    return _at(scope[first], rest)
                except Exception:  # noqa: BLE001 - Django knows which of them stand for nothing
                    break
        return _unusual(variable, context, missing)

    return read


def _at(found: Value, path: list[str]) -> Value:
    """Return what is found along a path. Raises: TypeError where Django may find another thing, and what it meets."""
    for bit in path:
        kind = type(found)
        if kind in _PLAIN:
            found = getattr(found, bit)
        elif kind is dict and bit in found:
            found = found[bit]
        else:
            found = _attribute(_looked_into(found), bit)
    return found if type(found) in _SHOWN else _looked_into(found)


def _looked_into(found: Value) -> Value:
    """Return what a lazy object stands for, or a function returns. Raises: as _called."""
    kind = type(found)
    if kind is SimpleLazyObject:
        return _looked_into(_inside(found))
    if callable(found):
        return _called(found)
    if not hasattr(kind, "__getitem__"):
        _PLAIN.add(kind)
    return found


def _called(found: Value) -> Value:
    """Return what a function returns. Raises: TypeError where templates don't call it; whatever it raises."""
    if getattr(found, "do_not_call_in_templates", False) or getattr(found, "alters_data", False):
        raise TypeError
    return found()


def _inside(found: Value) -> Value:
    """Return what a lazy object stands for: each look at it would pass through several calls."""
    inner = found.__dict__["_wrapped"]
    if inner is empty:
        found._setup()  # noqa: SLF001 - as each of its methods does
        inner = found.__dict__["_wrapped"]
    return inner


def _unusual(variable: Variable, context: Context, missing: Value) -> Value:
    """Return what Django finds, from the beginning."""
    try:
        return variable.resolve(context)
    except VariableDoesNotExist:
        if missing is _RAISE:
            raise
        return missing


def _attribute(found: Value, bit: str) -> Value:
    """Return an item, or an attribute where there is none. Raises: TypeError where more may be meant, and others."""
    kind = type(found)
    items = getattr(kind, "__getitem__", None)
    if items is None or (items is tuple.__getitem__ and not bit.isdigit()):
        return getattr(found, bit)
    if bit.isdigit() or issubclass(kind, BaseContext):
        raise TypeError
    try:
        return found[bit]
    except (TypeError, AttributeError, KeyError, ValueError, IndexError):
        return getattr(found, bit)


def _filtered(read: Reader, function: Callable[..., Value], arguments: list[tuple[bool, Value]]) -> Reader:
    """Return what applies a filter to what `read` returns."""
    values = [variable_of(value) if is_variable else Constant(mark_safe(value)) for is_variable, value in arguments]  # noqa: S308 - Django's own rule: what a template says is safe
    is_local = getattr(function, "expects_localtime", False)
    is_safe, needs_autoescape = getattr(function, "is_safe", False), getattr(function, "needs_autoescape", False)
    call = _REMEMBERED.get(function, function)

    def apply(context: Context) -> Value:
        value = read(context)
        given = [argument(context) for argument in values]
        if is_local:
            value = template_localtime(value, context.use_tz)
        options = {"autoescape": context.autoescape} if needs_autoescape else {}
        found = call(value, *given, **options)
        return mark_safe(found) if is_safe and isinstance(value, SafeData) else found  # noqa: S308 - as above

    return apply


def condition_of(token: Value) -> Reader:
    """Return what evaluates the condition of an `if`; whatever fails in it is false."""
    if isinstance(token, TemplateLiteral):
        # The stubs have other tokens' values.
        return reader_of(token.value, missing=None)  # type: ignore[arg-type]
    first = condition_of(token.first)
    second = first if token.second is None else condition_of(token.second)
    evaluate = _operation(token.id, first, second)

    def read(context: Context) -> Value:
        try:
            return evaluate(context)
        except Exception:  # noqa: BLE001 - as Django's operators have it
            return False

    return read


def _operation(name: str, first: Reader, second: Reader) -> Reader:
    if name == "not":
        return lambda context: not first(context)
    if name == "and":
        return lambda context: first(context) and second(context)
    if name == "or":
        return lambda context: first(context) or second(context)
    compare = _COMPARISONS[name.replace(" ", "_")]
    return lambda context: compare(first(context), second(context))


def text_of(value: Value, context: Context) -> str:
    """Return a value as a page shows it: escaped, unless it is safe."""
    kind = type(value)
    if kind is SafeString:
        return value  # type: ignore[no-any-return]
    if kind is str and context.autoescape:
        return escape(value) if _NEEDS_ESCAPING.search(value) else value
    if kind is int and not settings.USE_THOUSAND_SEPARATOR:
        return str(value)
    return render_value_in_context(value, context)
