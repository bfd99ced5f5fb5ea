"""Channels' communicators, which drive an application in this process."""

import sys
from types import ModuleType
from unittest.mock import patch

# Its package requires daphne, another server, for a test case that we have no use for.
_daphne = ModuleType("daphne.testing")
_daphne.DaphneProcess = object  # type: ignore[attr-defined]
with patch.dict(sys.modules, {"daphne": ModuleType("daphne"), "daphne.testing": _daphne}):
    from channels.testing import ApplicationCommunicator, WebsocketCommunicator

__all__ = ["ApplicationCommunicator", "WebsocketCommunicator"]
