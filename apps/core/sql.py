"""Reading the .sql files that stand beside an app's code."""

from pathlib import Path


def read_sql(app: str, name: str, **names: str) -> str:
    """Return apps/<app>/sql/<name>.sql with each __NAME__ in it replaced; names are constants of ours, never input."""
    text = (Path(__file__).resolve().parent.parent / app / "sql" / f"{name}.sql").read_text()
    for placeholder, value in names.items():
        text = text.replace(f"__{placeholder.upper()}__", value)
    return text
