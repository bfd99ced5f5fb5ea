"""What tests of the players' pages share."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from apps.demo import art, pictures


@pytest.fixture
def quick_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make every icon, cover and avatar of the demo one flat picture: drawing all 506 takes 6 s."""
    flat = art.to_png('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0h1v1H0z"/></svg>', 256)
    monkeypatch.setattr("apps.demo.pictures.to_png", lambda svg, width: flat)
    # In this process, where that flat picture and the test's own folder are known.
    monkeypatch.setattr("apps.demo.pictures.make_pool", lambda: ThreadPoolExecutor(1))
    pictures._locked_icon.cache_clear()
