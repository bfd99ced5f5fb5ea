"""Keeps templates as functions: the cached loader, which turns each template's nodes into them once."""

from functools import cached_property
from pathlib import Path
from typing import Any

from django import forms
from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest
from django.template import Context, Origin
from django.template.backends.base import BaseEngine
from django.template.base import Template
from django.template.loaders import cached

# Registers the makers of its nodes.
from apps.core.rendering import components  # noqa: F401
from apps.core.rendering.nodes import CompiledNodeList


class Loader(cached.Loader):
    """Django's cached loader; with DEBUG its templates stay as they are, for the error page's sake."""

    def get_template(self, template_name: str, skip: list[Origin] | None = None) -> Template:
        template: Template = super().get_template(template_name, skip)
        is_plain = not isinstance(template.nodelist, CompiledNodeList)
        if is_plain and not (self.engine.debug or self.engine.string_if_invalid):
            template.nodelist = CompiledNodeList(template.nodelist, self.engine)
        return template


class FormRenderer(DjangoTemplates):
    """Django's, whose templates of fields are kept as functions, too, and looked for once."""

    def __init__(self) -> None:
        self._found: dict[str, Template] = {}

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        template = self._found.get(template_name)
        if template is None:
            found: Any = self.engine.get_template(template_name)
            template = self._found[template_name] = found.template
        if not isinstance(template.nodelist, CompiledNodeList):
            return str(super().render(template_name, context, request))
        shown = Context(context)
        shown.template = template
        return template.nodelist.render(shown).strip()

    @cached_property
    def engine(self) -> BaseEngine:
        loaders = ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"]
        return self.backend(
            {
                "APP_DIRS": False,
                "DIRS": [Path(forms.__file__).parent / "templates"],
                "NAME": "djangoforms",
                "OPTIONS": {"loaders": [("apps.core.rendering.loader.Loader", loaders)]},
            }
        )
