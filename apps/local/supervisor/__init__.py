"""`manage.py run`: the whole of Laurel on one machine, each part a child process that is kept alive."""

from apps.local.supervisor.run import main as main
