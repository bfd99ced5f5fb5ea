"""Static files as a deployment collects them."""

import re
from pathlib import Path

from apps.web.static_files import StaticFiles
from tests.supervised import CHECKOUT

IMPORT = re.compile(r'from "\./([^"]+)"')


def test_modules_import_each_other_by_their_hashed_names(tmp_path: Path) -> None:
    source, storage = CHECKOUT / "static/js", StaticFiles(location=tmp_path, base_url="/static/")
    (tmp_path / "js").mkdir()
    names = [path.name for path in source.glob("*.js")]
    for name in names:
        (tmp_path / "js" / name).write_bytes((source / name).read_bytes())

    list(storage.post_process({f"js/{name}": (storage, f"js/{name}") for name in names}))

    entry = Path(storage.path(storage.stored_name("js/main.js"))).read_text()
    imported = IMPORT.findall(entry)
    assert len(imported) == 4
    for name in imported:
        assert re.fullmatch(r"\w+\.[0-9a-f]{12}\.js", name)
        assert (tmp_path / "js" / name).is_file()
