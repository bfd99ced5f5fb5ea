"""The package for npm is what our own pages run, and says the same as the server."""

import json
import re
from pathlib import Path

import pytest
from django.test import Client

from apps.core.realtime.socket_closing import CloseCode
from apps.notifications.connections.close_code_meanings import ENDINGS

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGE = ROOT / "clients" / "js"
MODULES = ("laurel-client.js", "laurel-connection.js")


@pytest.mark.parametrize("name", MODULES)
def test_our_pages_load_the_modules_of_the_package(client: Client, name: str) -> None:
    response = client.get(f"/static/js/client/{name}")

    assert response.status_code == 200
    assert b"".join(response.streaming_content) == (PACKAGE / "src" / name).read_bytes()


def test_everything_the_package_names_is_there() -> None:
    package = json.loads((PACKAGE / "package.json").read_text())
    files = {*package["files"], package["main"], package["types"], *package["exports"]["."].values()}

    assert {name for name in files if not (PACKAGE / name).exists()} == set()
    assert {path.name for path in (PACKAGE / "src").iterdir()} == set(MODULES)
    assert package["license"] == "Apache-2.0"
    assert (PACKAGE / "LICENSE").read_text() == (ROOT / "LICENSE").read_text()


def test_the_client_knows_the_servers_close_codes() -> None:
    source = (PACKAGE / "src/laurel-connection.js").read_text()
    named = re.search(r"CloseCode = Object.freeze\(\{(.*?)\}\)", source, re.DOTALL)
    final = re.search(r"FINAL_CODES = new Set\(\[(.*?)\]\)", source)
    declared = re.search(r"CloseCode: Readonly<\{(.*?)\}>", (PACKAGE / "laurel-client.d.ts").read_text(), re.DOTALL)
    assert named is not None
    assert final is not None
    assert declared is not None

    codes = {code.name: code.value for code in CloseCode}

    assert {name: int(code) for name, code in re.findall(r"(\w+): (\d+)", named[1])} == codes
    assert {name: int(code) for name, code in re.findall(r"(\w+): (\d+)", declared[1])} == codes
    assert {int(code) for code in final[1].split(",")} == {end.code for end in ENDINGS if end.is_final}


def test_every_close_code_is_explained_once() -> None:
    explained = [ending.code for ending in ENDINGS]

    assert len(set(explained)) == len(explained)
    assert {*CloseCode} < set(explained)
