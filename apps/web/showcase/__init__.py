"""The demo installation: original games, their art, and a community that plays them."""
