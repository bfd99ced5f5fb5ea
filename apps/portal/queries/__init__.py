"""Reads for the portal's pages, as frozen dataclasses."""
