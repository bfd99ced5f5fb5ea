"""Live connections: a channel layer, and the consumers that it serves."""
