"""The API of games, for everyone and for studios."""
