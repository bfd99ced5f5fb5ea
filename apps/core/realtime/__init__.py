"""Live connections: a channel layer, and its consumers."""
