"""Signals, and what goes on while something else happens to the same services."""
import contextlib
import os
import signal
import subprocess
import termios

from harness import eventually, has

STACK = """
services:
  web:
    image: busybox
    command: ["sh", "-c", "trap 'exit 0' TERM; echo started as $$HOSTNAME; while :; do sleep 0.1; done"]
    networks: {default: {aliases: [site]}}
  db:
    image: busybox
    command: ["sh", "-c", "echo db is here; exec sleep 600"]
    stop_signal: SIGKILL
"""


class Beside:
    """The program running beside the scenario, its output read as it comes."""

    def __init__(self, world, *words):
        self.world = world
        self.log = world.directory / "beside.log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen([world.hoist_path, *words], cwd=world.directory, env=world.environment,
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def text(self):
        return self.log.read_text()

    def shows(self, text, times=1):
        eventually(f"'{text}' {times} times in {self.log}", lambda: self.text().count(text) >= times)

    def signal(self, number):
        self.process.send_signal(number)
        return self.process.wait(30)


def assert_shown_once_for_each_start(world, text):
    """Of two starts. Podman goes on following for a moment after an end, so that the second may be there twice."""
    assert text.count("started as") in ((2,) if world.is_docker else (2, 3)), text


def test_logs_follow_goes_on_over_a_restart(world):
    """logs -f shows what a restarted service prints, each line once, and ends when nothing runs any more."""
    world.write("compose.yaml", STACK)
    world.hoist("up", "-d")
    with Beside(world, "logs", "-f", "--no-color", "web") as logs:
        logs.shows("started as")
        world.hoist("restart", "web")
        logs.shows("started as", times=2)
        world.hoist("stop")
        assert logs.process.wait(30) == 0, logs.text()
        assert_shown_once_for_each_start(world, logs.text())
        assert "db is here" not in logs.text()


def test_a_foreground_up_goes_on_over_a_restart(world):
    """A service that is restarted under a foreground up goes on being shown; Ctrl-C then stops all."""
    world.write("compose.yaml", STACK)
    with Beside(world, "up", "--no-color") as up:
        up.shows("started as")
        up.shows("db is here")
        world.hoist("restart", "web")
        up.shows("started as", times=2)
        assert up.process.poll() is None
        assert up.signal(signal.SIGINT) == 130, up.text()
    assert world.running() == []
    assert_shown_once_for_each_start(world, up.text())


def test_run_with_aliases(world):
    """A one-off answers to its service's names with --use-aliases, and to none without."""
    world.write("compose.yaml", STACK)
    world.hoist("up", "-d", "db")
    names = ["exec", "-T", "db", "nslookup"]
    for option, answers in (("--use-aliases", True), (None, False)):
        one_off = world.hoist("run", "-d", *filter(None, [option]), "--name", f"{world.project}-one-off", "web").out.strip()
        eventually("the one-off", lambda: world.api("GET", f"/containers/{one_off}/json")["State"]["Running"])
        for name in ("web", "site"):
            assert (world.hoist(*names, name, code=None).code == 0) == answers, f"{option}: {name}"
        world.api("DELETE", f"/containers/{one_off}?force=1")


def test_run_under_an_interrupt(world):
    """Ctrl-C reaches the command of run; with --rm nothing of it is left, and the code is the command's own."""
    world.write("compose.yaml", STACK)
    with Beside(world, "run", "--rm", "-T", "web", "sh", "-c", "trap 'exit 130' INT; echo ready; while :; do sleep 0.1; done") as run:
        run.shows("ready")
        assert run.signal(signal.SIGINT) == 130, run.text()
    assert world.containers() == []


def test_run_ended_while_it_makes_its_container(world):
    """SIGTERM at any moment of run --rm, and a second one if the command is deaf to it: no container stays behind."""
    world.write("compose.yaml", STACK)
    for moment in (0.05, 0.1, 0.2, 0.4):
        with Beside(world, "run", "--rm", "-T", "db") as run:
            for patience in (moment, 5):
                with contextlib.suppress(subprocess.TimeoutExpired):
                    run.process.wait(patience)
                run.process.send_signal(signal.SIGTERM)
            assert run.process.wait(30) != 0, run.text()
        assert world.containers() == [], run.text()


def test_run_that_goes_on_under_an_interrupt_is_ended_by_the_second(world):
    """A command that does not end by Ctrl-C: the second one ends it, and nothing is left."""
    world.write("compose.yaml", STACK)
    with Beside(world, "run", "--rm", "-T", "web", "sh", "-c", "trap 'echo heard' INT; echo ready; while :; do sleep 0.1; done") as run:
        run.shows("ready")
        run.process.send_signal(signal.SIGINT)
        run.shows("heard")  # signals that come together are one
        assert run.signal(signal.SIGINT) == 130, run.text()
    assert world.containers() == []


def test_the_terminal_is_left_as_it_was(world):
    """exec on a terminal ended by SIGTERM or SIGHUP: the terminal reads lines and echoes again."""
    world.write("compose.yaml", STACK)
    world.hoist("up", "-d", "db")
    for number in (signal.SIGTERM, signal.SIGHUP):
        terminal = world.terminal("exec", "db", "sh")
        terminal.read_until("#")
        assert not is_ordinary(terminal), "the terminal is not raw while the shell runs"
        os.kill(terminal.pid, number)
        eventually("the terminal as it was", lambda: is_ordinary(terminal))
        assert terminal.wait() == 130


def test_interrupt_while_an_image_is_built(world):
    """Ctrl-C during a build ends at once with 130; no container is made, and the next up does the whole work."""
    world.write("Dockerfile", "FROM busybox\nARG SECONDS=0\nRUN echo building now; sleep $SECONDS\nCMD sleep 600\n")
    world.write("compose.yaml", "services: {a: {build: {context: ., args: {SECONDS: '${SECONDS:-0}'}}, stop_signal: SIGKILL}}\n")
    world.environment["SECONDS"] = "120"
    with Beside(world, "--progress", "plain", "up") as up:
        up.shows("building now")
        assert up.signal(signal.SIGINT) == 130, up.text()
    assert world.containers() == [] and world.networks() == []
    has(up.text(), "interrupted")
    world.environment["SECONDS"] = "0"
    world.hoist("up", "-d")
    assert world.running() == ["a"]


def test_two_downs_at_once(world):
    """Two downs at the same moment: both succeed, nothing is left."""
    world.write("compose.yaml", STACK)
    world.hoist("up", "-d")
    with Beside(world, "down") as one:
        world.hoist("down")
        assert one.process.wait(120) == 0, one.text()
    world.nothing_left()


def test_up_while_down_runs(world):
    """An up that meets a down: it succeeds or says why in words, and the next one does the rest."""
    world.write("compose.yaml", STACK)
    world.hoist("up", "-d")
    with Beside(world, "down", "-t", "1") as down:
        up = world.hoist("up", "-d", code=None)
        assert down.process.wait(60) in (0, 1), down.text()
    assert up.code in (0, 1) and "internal" not in up.err and "internal" not in down.text(), f"{up}\n{down.text()}"
    world.hoist("up", "-d")
    assert world.running() == ["db", "web"]
    world.hoist("down")
    world.nothing_left()


def is_ordinary(terminal):
    """Whether the terminal echoes and hands over lines, as it does before and after a program that wants every key."""
    local = termios.tcgetattr(terminal.fd)[3]
    return bool(local & termios.ICANON and local & termios.ECHO and local & termios.ISIG)
