"""Announcements of studios to the players of a game: written once, sent in chunks, withdrawn before all have them."""
