"""Checks whether the running web process is ready."""

from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException

from apps.local.supervisor.parts import Endpoint


@dataclass(frozen=True, slots=True)
class Readiness:
    is_ready: bool
    reason: str


def is_ready(endpoint: Endpoint) -> Readiness:
    """Request /readyz; the reason is its status and the start of its body."""
    # Its checks may take two seconds each, more on a busy machine.
    connection = HTTPConnection(endpoint.netloc, timeout=5)
    try:
        connection.request("GET", "/readyz", headers={"Accept": "application/json"})
        response = connection.getresponse()
        return Readiness(response.status == 200, f"{response.status} {response.read(500).decode(errors='replace')}")
    except ConnectionRefusedError:
        return Readiness(is_ready=False, reason="no connection yet, the web process is still starting")
    except (OSError, HTTPException) as error:
        return Readiness(is_ready=False, reason=str(error) or type(error).__name__)
    finally:
        connection.close()
