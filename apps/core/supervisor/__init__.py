"""`manage.py run`: the whole of Laurel on one machine, each part a child process that is kept alive."""

from apps.core.supervisor.run import main as main
