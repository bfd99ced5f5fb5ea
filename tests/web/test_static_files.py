"""Static files as a deployment collects them."""

import json
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command
from pytest_django.fixtures import Settings

IMPORT = re.compile(r"""(?:from|import)\s*\(?\s*["'](\.{1,2}/[^"']+)["']""")
HASHED = re.compile(r"\.[0-9a-f]{12}\.js$")
# Neither our modules nor anything that they import.
OTHERS = [
    "vendor",
    "admin",
    "css",
    "fonts",
    "images",
    "*.min.js",
    "drf_spectacular_sidecar",
    "*.svg",
    "*.png",
    "*.woff2",
]


@pytest.fixture
def collected(tmp_path: Path, settings: Settings) -> dict[str, Path]:
    """Return our modules' files as the deployment's storage collects them, by the names they are found by."""
    settings.STATIC_ROOT = str(tmp_path)
    backend = {"BACKEND": "apps.web.static_files.StaticFiles"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": backend}
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=OTHERS)
    names = json.loads((tmp_path / "staticfiles.json").read_text())["paths"]
    return {name: tmp_path / hashed for name, hashed in names.items() if name.startswith("js/")}


def test_every_import_of_every_module_is_of_a_file_by_its_hashed_name(collected: dict[str, Path]) -> None:
    assert {"js/main.js", "js/client/laurel-client.js", "js/portal/achievement-form.js"} <= collected.keys()

    for name, served in collected.items():
        imports = IMPORT.findall(served.read_text())
        assert len(imports) == len(IMPORT.findall(Path(str(finders.find(name))).read_text()))
        unhashed = [path for path in imports if not HASHED.search(path)]
        missing = [path for path in imports if not (served.parent / path).is_file()]
        assert (name, unhashed, missing) == (name, [], [])
