"""What documents point at exists: relative links, headings, and files and folders named in backticks."""

import re
import subprocess
import sys
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDERS = ("apps", "achievements_site", "clients", "deploy", "docs", "static", "templates", "tests")
SUFFIXES = (".html", ".js", ".json", ".jsonl", ".md", ".po", ".py", ".sql", ".toml", ".txt")

_fence = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_heading = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)
_link = re.compile(r"(?<!\!)\[[^\]]*\]\(([^)\s]+)\)|\!\[[^\]]*\]\(([^)\s]+)\)")
_code = re.compile(r"`([^`\n]+)`")
_path = re.compile(r"[\w.-]+(?:/[\w.-]+)*/?")
_elsewhere = re.compile(r"[a-z][a-z0-9+.-]*:")


def files() -> list[Path]:
    """Return the files of the checkout: those that git knows, and new ones that it doesn't ignore."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return sorted(path for path in (ROOT / name for name in names if name) if path.is_file())


def paths_of(found: Iterable[Path]) -> frozenset[str]:
    """Return these files and the folders that hold them, as seen from the root; folders end with a slash."""
    names = [path.relative_to(ROOT) for path in found]
    folders = (f"{folder.as_posix()}/" for name in names for folder in name.parents if folder.parts)
    return frozenset([*(name.as_posix() for name in names), *folders])


def broken_links(document: Path) -> Iterator[str]:
    """Yield relative links that lead nowhere, and links to headings that aren't there."""
    for match in _link.finditer(_fence.sub("", document.read_text())):
        link = match[1] or match[2]
        if _elsewhere.match(link) or link.startswith("/"):
            continue
        name, _, anchor = unquote(link).partition("#")
        target = document.parent / name if name else document
        if not target.exists() or (anchor and anchor not in anchors(target.read_text())):
            yield link


def anchors(text: str) -> set[str]:
    """Return the anchors that a document's headings get where it is shown."""
    found: set[str] = set()
    for heading in _heading.findall(_fence.sub("", text)):
        words = re.sub(r"[^\w\- ]", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)).lower()
        slug = words.replace(" ", "-")
        number = sum(1 for one in found if re.fullmatch(rf"{re.escape(slug)}(-\d+)?", one))
        found.add(f"{slug}-{number}" if number else slug)
    return found


def missing_paths(document: Path, there: Collection[str]) -> Iterator[str]:
    """Yield files and folders named in backticks that don't exist under this name or the end of it."""
    ends = {end for path in there for end in _ends_of(path)}
    for name in _code.findall(_fence.sub("", document.read_text())):
        if _is_path(name) and name not in ends and f"{name}/" not in ends:
            yield name


def _is_path(name: str) -> bool:
    if not _path.fullmatch(name) or name.startswith("."):
        return False
    return name.endswith((*SUFFIXES, "/")) or ("/" in name and name.partition("/")[0] in (*FOLDERS, *_apps()))


@cache
def _apps() -> tuple[str, ...]:
    return tuple(path.name for path in (ROOT / "apps").iterdir() if path.is_dir())


def _ends_of(path: str) -> Iterator[str]:
    parts = PurePosixPath(path).parts
    slash = "/" if path.endswith("/") else ""
    for first in range(len(parts)):
        yield "/".join(parts[first:]) + slash


def problems() -> list[str]:
    """Return what is wrong with the documents, a line each."""
    found = files()
    there = paths_of(found)
    return [
        f"{document.relative_to(ROOT)}: {problem}"
        for document in found
        if document.suffix == ".md"
        for problem in (
            *(f"the link {link} leads nowhere" for link in broken_links(document)),
            *(f"`{path}` does not exist" for path in missing_paths(document, there)),
        )
    ]


if __name__ == "__main__":
    lines = problems()
    sys.stdout.writelines(f"{line}\n" for line in lines)
    sys.exit(1 if lines else 0)
