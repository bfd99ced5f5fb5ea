"""Sessions while Redis is away."""

from typing import Any

import pytest
from django.conf import settings
from django.core.cache import caches
from django.test import Client

from apps.core.redis import RedisError
from tests.factories import make_account

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_visitor_is_anonymous_without_redis_and_logged_in_again_afterwards(monkeypatch: Any) -> None:
    client = Client()
    client.force_login(make_account(password="correct horse battery"))
    key = client.cookies[settings.SESSION_COOKIE_NAME].value

    def refuse(*args: Any, **options: Any) -> Any:
        raise RedisError("away")

    with monkeypatch.context() as patch:
        for operation in ("get", "set", "touch", "add"):
            patch.setattr(caches["sessions"]._cache, operation, refuse)
        away = client.get("/accounts/password/change/")

    assert away.status_code == 302
    assert client.cookies[settings.SESSION_COOKIE_NAME].value == key
    assert client.get("/accounts/password/change/").status_code == 200
