"""Django's PostgreSQL back end with an end to every wait, and a breaker for a server that is away."""
