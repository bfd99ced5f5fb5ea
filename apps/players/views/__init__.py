"""Players over HTTP."""
