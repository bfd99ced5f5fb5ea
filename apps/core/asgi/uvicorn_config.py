"""uvicorn's options, in one place for everything that starts one."""

from typing import Any

from django.conf import settings

from apps.core.asgi.http_protocol import HTTPProtocol
from apps.core.asgi.websocket import WebSocketProtocol


def application() -> str:
    """Return what is served, the settings' ASGI_APPLICATION, in uvicorn's terms."""
    module, _, name = settings.ASGI_APPLICATION.rpartition(".")
    return f"{module}:{name}"


def server_options() -> dict[str, Any]:
    """Return uvicorn's options apart from host and port."""
    return {
        "loop": "uvloop",
        "http": HTTPProtocol,
        "ws": WebSocketProtocol,
        # Uvicorn would trust forwarded headers from anyone on this machine; apps.core.http.ip_addresses reads them.
        "proxy_headers": False,
        # Balancers keep idle connections for 60 s; if the client closes first, it never meets a closed connection.
        "timeout_keep_alive": settings.KEEP_ALIVE_SECONDS,
        # How long clients may reuse the connection.
        "headers": [("keep-alive", f"timeout={settings.KEEP_ALIVE_SECONDS}")],
        # 33 to 39 KB a connection; with deflate 90 to 129.
        "ws_per_message_deflate": False,
        "ws_max_size": 65536,
        # Clients send heartbeats themselves; this finds listeners that are gone. Each 20 s, the default, it was a third
        # of the cost of 10,000 idle sockets.
        "ws_ping_interval": 50.0,
        # Django has configured logging by then; uvicorn's own would use another format.
        "log_config": None,
        "log_level": "warning",
        "access_log": False,
        "server_header": False,
    }
