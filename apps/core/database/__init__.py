"""Django's PostgreSQL back end with bounded waits, and a breaker for outages."""
