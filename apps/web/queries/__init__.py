"""Reads for the players' pages, as frozen dataclasses."""
