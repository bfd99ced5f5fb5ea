"""The reason that an operator's decision is stored with, in commands."""

from argparse import ArgumentTypeError

from django.core.management.base import CommandParser

from apps.core.errors import InvalidError
from apps.core.parsing.decision_reasons import REASON_LENGTH_MAX, read_reason


def add_reason(parser: CommandParser) -> None:
    parser.add_argument(
        "--reason", type=_reason, required=True, help=f"stored with the decision, up to {REASON_LENGTH_MAX} characters"
    )


def _reason(text: str) -> str:
    try:
        return read_reason(text)
    except InvalidError as error:
        raise ArgumentTypeError(error.detail) from error
