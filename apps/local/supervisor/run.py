"""Starts Laurel in order, keeps it running, and stops it within five seconds."""

import argparse
import os
import socket
import sys
from pathlib import Path

from apps.core.disk import is_full as disk_is_full
from apps.core.disk import says_full
from apps.core.parsing.values import read_port
from apps.core.web_processes.count import read_web_processes
from apps.local.embedded.postgres import Postgres
from apps.local.embedded.server import EmbeddedServer, EmbeddedServerError
from apps.local.embedded.valkey import Valkey
from apps.local.orphan_reaper import CHECKOUT, OrphanReaper
from apps.local.programs import Program
from apps.local.supervisor.console import RED, Console, ConsoleStep
from apps.local.supervisor.disk_watch import full_words
from apps.local.supervisor.fleet import Child, Fleet, Stopped, StopRequest
from apps.local.supervisor.greeting import greeting
from apps.local.supervisor.home import PROCESSES, Home, StartError
from apps.local.supervisor.leftovers import end_leftovers
from apps.local.supervisor.parts import Endpoint, application, preparation
from apps.local.supervisor.readiness import is_ready

# A web process that exits this often before it is ready won't recover by itself.
DEATHS_BEFORE_READY_MAX = 3
# Together under five seconds: the application stops first, then the servers have its last commits on disk.
# An idle Celery worker takes 2.3 s to stop.
APPLICATION_STOP_SECONDS = 3.0
SERVERS_STOP_SECONDS = 1.5
TEND_SECONDS = 0.1
SERVERS: dict[str, type[Postgres] | type[Valkey]] = {"DATABASE_URL": Postgres, "REDIS_URL": Valkey}


def main(arguments: list[str]) -> int:
    """Run until Ctrl-C; return the exit status."""
    console = Console()
    try:
        endpoint = _endpoint(arguments)
        _refuse_impossible_count()
        home = Home(Path(os.environ.get("LAUREL_HOME") or CHECKOUT / ".laurel").absolute())
        home.make()
        with home.held(endpoint.url):
            end_leftovers(home, console)
            _refuse_taken_port(endpoint)
            home.rotate_logs()
            return SupervisedRun(home, endpoint, console).run()
    except StartError as error:
        console.say(console.paint(RED, str(error)))
        return 1


class SupervisedRun:
    """One run of the stack."""

    def __init__(self, home: Home, endpoint: Endpoint, console: Console) -> None:
        self._home, self._endpoint, self._console = home, endpoint, console
        self._stop_request = StopRequest()
        self._reaper = OrphanReaper()
        self._fleet = Fleet(home, console, self._reaper, self._stop_request)
        self._servers: list[Child] = []
        self._application: list[Child] = []
        self._environment = {
            **os.environ,
            "PYTHONUNBUFFERED": "1",
            "LAUREL_HOME": str(home.path),
            "HOST": endpoint.host,
            "PORT": str(endpoint.port),
            "PUBLIC_URL": os.environ.get("PUBLIC_URL") or endpoint.url,
            # Pages reachable from this machine only show where emails are stored.
            "SHOW_MAIL_FOLDER": str(endpoint.is_loopback and not os.environ.get("EMAIL_URL")),
        }

    def run(self) -> int:
        self._stop_request.listen()
        status = 0
        try:
            self._start()
            self._fleet.wait_until(lambda: self._stop_request.is_made, pause=TEND_SECONDS)
        except Stopped:
            pass
        except (StartError, EmbeddedServerError, OSError) as error:
            # Ctrl-C in the terminal also interrupts what we waited for; then it isn't a failure.
            if not self._stop_request.is_made:
                status = 1
                self._console.say(self._console.paint(RED, self._explained(error)))
        finally:
            self._stop()
        return status

    def _explained(self, error: Exception) -> str:
        is_full = says_full(error) or disk_is_full(self._home.path)
        return f"{error}\n{full_words(self._home.path)}" if is_full else str(error)

    def _start(self) -> None:
        self._console.say(self._console.paint("1", "Laurel"))
        self._start_servers()
        self._prepare()
        web, relay, *rest = application(self._environment, self._home, self._endpoint)
        with self._console.step("Web, sockets and relay") as step:
            self._keep(self._application, web, relay)
            self._wait_until_ready(web, step)
        self._keep(self._application, *rest)
        self._home.write("demo.json", self._endpoint.rewritten(self._home.read("demo.json") or {}))
        self._console.say(greeting(self._home, self._endpoint, self._console))

    def _start_servers(self) -> None:
        urls: dict[str, object] = {}
        for variable, make in SERVERS.items():
            # A server named in the environment replaces the embedded one.
            if os.environ.get(variable):
                continue
            with self._console.step(make.title) as step:
                server = make(self._home.path)
                self._start_server(server, step)
                self._environment[variable] = server.url
                urls[variable.lower()] = server.url
                step.note = f"port {server.port}"
        self._home.write("servers.json", urls)

    def _start_server(self, server: EmbeddedServer, step: ConsoleStep) -> None:
        def make() -> Program:
            server.prepare()
            return server.program()

        child = Child(server.name, make)
        self._keep(self._servers, child)

        def is_decided() -> bool:
            step.waiting_for("it to take connections")
            return child.deaths > 0 or (child.process is not None and server.is_ready(child.process.pid))

        self._fleet.wait_until(is_decided)
        if child.deaths:
            raise StartError(f"{server.title} did not start; all it said is in {self._home.log(server.name)}")

    def _prepare(self) -> None:
        """Migrate, seed and collect in a process of its own, which shows its own steps."""
        sys.stdout.flush()
        status = self._fleet.run_once(preparation(self._environment))
        if status:
            raise StartError("Laurel is not ready to run; the reason is above.")

    def _wait_until_ready(self, web: Child, step: ConsoleStep) -> None:
        """Wait as long as the process lives: a busy machine takes minutes for what an idle one does in six seconds."""

        def is_decided() -> bool:
            readiness = is_ready(self._endpoint)
            step.waiting_for(f"/readyz: {readiness.reason}")
            return web.deaths >= DEATHS_BEFORE_READY_MAX or readiness.is_ready

        self._fleet.wait_until(is_decided, pause=TEND_SECONDS)
        if web.deaths >= DEATHS_BEFORE_READY_MAX:
            tail = "\n".join(f"    {line}" for line in self._fleet.last_words(web, 15))
            raise StartError(
                f"{self._endpoint.url}/readyz does not answer 200: {is_ready(self._endpoint).reason}\n"
                f"The end of {self._home.log('web')}:\n{tail}"
            )

    def _keep(self, children: list[Child], *started: Child) -> None:
        for child in started:
            children.append(child)
            self._fleet.start(child)

    def _stop(self) -> None:
        self._console.rewrite("")
        self._console.say("Stopping ...")
        self._fleet.stop(self._application, APPLICATION_STOP_SECONDS)
        self._fleet.stop(self._servers, SERVERS_STOP_SECONDS)
        self._home.remove("servers.json", PROCESSES)
        self._reaper.dismiss()
        self._console.say("Stopped.")


def _endpoint(arguments: list[str]) -> Endpoint:
    parser = argparse.ArgumentParser(prog="manage.py run", description="Run the whole of Laurel until Ctrl-C.")
    parser.add_argument("--host", default=os.environ.get("HOST") or "127.0.0.1", help="to listen on (HOST, 127.0.0.1)")
    parser.add_argument("--port", default=os.environ.get("PORT") or "8000", help="to listen on (PORT, 8000)")
    options = parser.parse_args(arguments)
    port = read_port(options.port)
    if port is None:
        raise StartError(f"PORT is {options.port!r}, which is no port. Give a number between 1 and 65535.")
    return Endpoint(options.host, port)


def _refuse_impossible_count() -> None:
    try:
        read_web_processes(os.environ.get("WEB_PROCESSES", ""))
    except ValueError as error:
        raise StartError(str(error)) from None


def _refuse_taken_port(endpoint: Endpoint) -> None:
    family = socket.AF_INET6 if ":" in endpoint.host else socket.AF_INET
    with socket.socket(family) as probe:
        # Like uvicorn: a predecessor's connections in TIME_WAIT don't count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((endpoint.host, endpoint.port))
        except OSError as error:
            raise StartError(
                f"Port {endpoint.port} of {endpoint.host} can't be used ({error.strerror}). "
                f"Choose another one: PORT={endpoint.port + 1} make run"
            ) from None
