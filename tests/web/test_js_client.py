"""The package for npm is what our own pages run, and says the same as the server."""

import json
import re
from pathlib import Path

import pytest

from apps.core.realtime.close_codes import ENDINGS, CloseCode

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGE, PAGES = ROOT / "clients" / "js", ROOT / "static" / "js"
MODULES = ("laurel-client.js", "laurel-connection.js")


@pytest.mark.parametrize("name", MODULES)
def test_the_package_holds_the_modules_of_our_pages(name: str) -> None:
    # After a change: cp static/js/laurel-*.js clients/js/
    assert (PACKAGE / name).read_text() == (PAGES / name).read_text()


def test_everything_the_package_names_is_there() -> None:
    package = json.loads((PACKAGE / "package.json").read_text())
    files = {*package["files"], package["main"], package["types"], *package["exports"]["."].values()}

    assert {name for name in files if not (PACKAGE / name).exists()} == set()
    assert set(MODULES) < set(package["files"])
    assert package["license"] == "Apache-2.0"
    assert (PACKAGE / "LICENSE").read_text() == (ROOT / "LICENSE").read_text()


def test_the_client_knows_the_servers_close_codes() -> None:
    source = (PAGES / "laurel-connection.js").read_text()
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
