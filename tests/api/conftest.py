"""Lets tests import laurel_client, the Python client that no checkout holds."""

import sys

from tests.api.client import generated
from tests.supervised import CHECKOUT

sys.path.insert(0, str(generated(CHECKOUT / ".pytest_cache/laurel-client")))
