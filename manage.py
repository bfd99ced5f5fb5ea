#!/usr/bin/env python
"""Command line of Laurel: `run` starts the whole product, everything else is Django's."""

import os
import signal
import sys

NOWHERE = {"DATABASE_URL": "postgres://nowhere/laurel", "REDIS_URL": "redis://nowhere/0", "SECRET_KEY": "help"}


def refuse_broken_arguments(arguments: list[str]) -> None:
    """End where one has bytes that are no UTF-8: neither the database nor a terminal could take it."""
    for argument in arguments:
        try:
            argument.encode()
        except UnicodeEncodeError:
            sys.exit(f"{argument!a} is not UTF-8. Nothing was done.")


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "achievements_site.settings")
    refuse_broken_arguments(sys.argv)
    if sys.argv[1:2] == ["run"]:
        # Servers must be up before settings can name them, so this one command starts ahead of Django.
        from apps.local.supervisor import main as run

        sys.exit(run(sys.argv[2:]))
    if sys.argv[1:2] == ["web-processes"]:
        # What `web` becomes where it is several: it serves nothing itself, and needs no Django.
        from apps.core.web_processes.parent import main as keep_web_processes

        sys.exit(keep_web_processes(sys.argv[2:]))
    if sys.argv[1:2] == ["help"] or not {"-h", "--help"}.isdisjoint(sys.argv):
        # Help talks to nobody, so it needs no server that runs, and leaves no key behind.
        for name, value in NOWHERE.items():
            os.environ.setdefault(name, value)
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    from apps.core.management.terminals import fit_for_people

    try:
        with fit_for_people(sys.argv):
            execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        # It says what is missing and what to do; where in our code that was found says no more.
        sys.exit(str(error))
    except KeyboardInterrupt:
        # Whoever pressed Ctrl-C knows why.
        sys.stderr.write("\nStopped.\n")
        sys.exit(128 + signal.SIGINT)


if __name__ == "__main__":
    main()
