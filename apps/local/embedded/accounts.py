"""The user that the embedded PostgreSQL runs as when we are root, and folders that user can reach."""

import os
import pwd
import secrets
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

from apps.local.programs import OsUser

# For files below a private home folder such as /root, which an unprivileged user can't reach.
SHARED_FOLDER = Path("/var/lib/laurel")


def account_for(folder: Path) -> OsUser | None:
    """Return the required owner of the folder when we are root (its current owner, or `nobody`), else None."""
    if os.geteuid() != 0:
        return None
    with suppress(FileNotFoundError):
        owner = folder.stat()
        if owner.st_uid != 0:
            return OsUser(owner.st_uid, owner.st_gid)
    nobody = pwd.getpwnam("nobody")
    return OsUser(nobody.pw_uid, nobody.pw_gid)


def settle(folder: Path, account: OsUser | None) -> Path:
    """Create a private folder for the account and return its real path.

    Where the account can't traverse to `folder`, the real one is in SHARED_FOLDER and `folder` a symlink to it, by
    which the next start finds it.
    """
    if folder.exists():
        return folder.resolve()
    # A dangling symlink.
    folder.unlink(missing_ok=True)
    if account is None or can_enter(folder.parent, account):
        _make_private(folder, account)
        return folder.resolve()
    shared = SHARED_FOLDER / secrets.token_hex(8)
    SHARED_FOLDER.mkdir(parents=True, exist_ok=True, mode=0o755)
    shared.mkdir(mode=0o755)
    _make_private(shared / folder.name, account)
    folder.symlink_to(shared / folder.name)
    return shared / folder.name


def reachable_copies(folders: list[Path], binary: Path, account: OsUser | None, name: str) -> Path:
    """Return the folder with these folders, or with copies of them where the account can run `binary`."""
    origin = folders[0].parent
    if account is None or _can_run([str(origin / binary), "--version"], account):
        return origin
    copies = SHARED_FOLDER / name
    if not copies.exists():
        SHARED_FOLDER.mkdir(parents=True, exist_ok=True, mode=0o755)
        fresh = SHARED_FOLDER / f"{name}.{os.getpid()}"
        for folder in filter(Path.exists, folders):
            shutil.copytree(folder, fresh / folder.name, ignore=shutil.ignore_patterns("include", "*.a", "*.py*"))
        # A concurrent copy by someone else is identical.
        with suppress(OSError):
            fresh.rename(copies)
        shutil.rmtree(fresh, ignore_errors=True)
    return copies


def can_enter(folder: Path, account: OsUser) -> bool:
    return _can_run(["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)], account)


def _can_run(command: list[str], account: OsUser) -> bool:
    try:
        run = subprocess.run(
            command, user=account.uid, group=account.gid, extra_groups=[], cwd="/", capture_output=True, check=False
        )
    except OSError:
        return False
    return run.returncode == 0


def _make_private(folder: Path, account: OsUser | None) -> None:
    folder.mkdir(mode=0o700)
    if account:
        os.chown(folder, account.uid, account.gid)
