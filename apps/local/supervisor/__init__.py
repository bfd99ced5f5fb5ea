"""`manage.py run`: all of Laurel on one machine, each part a supervised child process."""

from apps.local.supervisor.run import main as main
