"""Only the differences from production."""

from achievements_site.settings import *  # noqa: F403
from achievements_site.settings import CACHES, STORAGES

# Static files come straight from their folders, not from a collected manifest.
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True
# Argon2 takes 50 ms a password on purpose.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# The machine may be busy with two suites at once.
REDIS_TIMEOUT_SECONDS = 1.0
for _cache in CACHES.values():
    _cache["OPTIONS"] |= dict.fromkeys(("SOCKET_TIMEOUT", "SOCKET_CONNECT_TIMEOUT"), REDIS_TIMEOUT_SECONDS)
