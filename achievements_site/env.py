"""Typed readers of environment variables that name the variable in their errors."""

import json
import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.core.exceptions import ImproperlyConfigured

from apps.core.web_processes.count import connections_each, read_web_processes, threads_each

BASE_DIR = Path(__file__).resolve().parent.parent


def laurel_home() -> Path:
    return Path(os.environ.get("LAUREL_HOME") or BASE_DIR / ".laurel").absolute()


def server_url(variable: str, key: str) -> str:
    """Return a server's URL: from the environment, or of the embedded one that `make run` started.

    Raises: ImproperlyConfigured when neither exists, saying what to do.
    """
    if url := os.environ.get(variable):
        return url
    try:
        servers = json.loads((laurel_home() / "servers.json").read_text())
        return str(servers[key])
    except (OSError, ValueError, KeyError):
        raise ImproperlyConfigured(
            f"{variable} is not set and no embedded server is running in {laurel_home()}. Start Laurel with `make run`,"
            f" set LAUREL_HOME to where it runs, or set {variable}."
        ) from None


def redis_database(url: str, number: int) -> str:
    """Return the same Redis URL with another database number."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"/{number}"))


def secret_key() -> str:
    """Return SECRET_KEY, or one generated once and stored in LAUREL_HOME (readable by its owner only)."""
    if key := os.environ.get("SECRET_KEY"):
        return key
    path = laurel_home() / "secret_key"
    try:
        return path.read_text()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text()
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text()


def web_processes() -> tuple[int, int, int]:
    """Return how many web processes one command runs, and the connections and threads of each by default.

    Raises: ImproperlyConfigured.
    """
    try:
        processes = read_web_processes(os.environ.get("WEB_PROCESSES", ""))
    except ValueError as error:
        raise ImproperlyConfigured(str(error)) from None
    return processes, connections_each(processes), threads_each(processes)
