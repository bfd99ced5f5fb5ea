"""What the players' pages show, as frozen dataclasses."""
