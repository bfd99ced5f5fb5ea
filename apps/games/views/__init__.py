"""The API of games: for everyone, and for the studios that make them."""
