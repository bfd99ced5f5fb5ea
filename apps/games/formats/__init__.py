"""Formats that achievement definitions come and go in, one file each."""
