"""The daily email: what a player wants by email and has not read, at 18:00 where they live."""
