"""Kinds of boards, one file each."""
