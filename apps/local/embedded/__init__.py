"""PostgreSQL and Valkey from Python wheels, run as direct children on loopback ports."""
