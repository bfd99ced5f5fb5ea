"""What players are told of events."""
