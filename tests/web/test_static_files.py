"""Static files as a deployment collects them."""

import re
from pathlib import Path

from apps.web.static_files import StaticFiles
from tests.supervised import CHECKOUT

IMPORT = re.compile(r'from "(\.[^"]+)"')


def test_modules_import_each_other_by_their_hashed_names(tmp_path: Path) -> None:
    storage = StaticFiles(location=tmp_path, base_url="/static/")
    sources = {f"js/{path.name}": path for path in (CHECKOUT / "static/js").glob("*.js")}
    sources |= {f"js/client/{path.name}": path for path in (CHECKOUT / "clients/js/src").iterdir()}
    (tmp_path / "js/client").mkdir(parents=True)
    for name, source in sources.items():
        (tmp_path / name).write_bytes(source.read_bytes())

    list(storage.post_process({name: (storage, name) for name in sources}))

    for name, count in {"main": 4, "notifications": 3, "live-fragment": 2, "client/laurel-client": 2}.items():
        module = Path(storage.path(storage.stored_name(f"js/{name}.js")))
        imported = IMPORT.findall(module.read_text())
        assert len(imported) == count
        for path in imported:
            assert re.search(r"\.[0-9a-f]{12}\.js$", path)
            assert (module.parent / path).is_file()
