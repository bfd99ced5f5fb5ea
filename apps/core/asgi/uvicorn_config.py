"""How the web process serves: what uvicorn is told, in one place for everyone who starts one."""

from typing import Any

from django.conf import settings

from apps.core.asgi.http_protocol import HTTPProtocol
from apps.core.asgi.websocket import WebSocketProtocol

APPLICATION = "achievements_site.asgi:application"


def server_options() -> dict[str, Any]:
    """Return uvicorn's options beside host and port."""
    return {
        "loop": "uvloop",
        "http": HTTPProtocol,
        "ws": WebSocketProtocol,
        # Uvicorn would believe forwarded headers of anyone on this machine; apps.core.http.addresses reads them.
        "proxy_headers": False,
        # Balancers keep idle connections for 60 s, and a client that is the one to close never meets a closed door.
        "timeout_keep_alive": settings.KEEP_ALIVE_SECONDS,
        # As its name says to those who ask how long they may keep it.
        "headers": [("keep-alive", f"timeout={settings.KEEP_ALIVE_SECONDS}")],
        # 33 to 39 KB a connection; with deflate 90 to 129.
        "ws_per_message_deflate": False,
        "ws_max_size": 65536,
        # Clients beat by themselves; this finds those that only listen and are gone. Each 20 s, as by default, it was a
        # third of what 10,000 idle sockets cost.
        "ws_ping_interval": 50.0,
        # Django's logging, which is set up by then; uvicorn's own would write lines of another format.
        "log_config": None,
        "log_level": "warning",
        "access_log": False,
        "server_header": False,
    }
