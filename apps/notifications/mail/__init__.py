"""The daily mail: what a player wants to hear there and has not read, at 18:00 where they live."""
