"""PostgreSQL and Valkey from Python wheels, run as child processes on loopback ports."""
