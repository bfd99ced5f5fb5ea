"""Routes of the core app."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
