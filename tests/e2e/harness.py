"""What the scenarios are written with: a project directory, the installed program, and the engine's own view."""
import contextlib
import fcntl
import http.client
import json
import os
import pathlib
import pty
import select
import shutil
import signal
import socket
import struct
import subprocess
import termios
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]


class NotForThisEngine(Exception):
    """What the scenario is about is not this engine's. The only reason to leave one out: all else is a failure."""


class Result:
    def __init__(self, argv, code, out, err):
        self.argv, self.code, self.out, self.err = argv, code, out, err

    def __str__(self):
        return f"$ {' '.join(self.argv)}\nexit {self.code}\n--- stdout\n{self.out}--- stderr\n{self.err}"


class EngineConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("engine", timeout=60)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(60)
        self.sock.connect(self.path)


class Terminal:
    """A program on a terminal of its own."""

    def __init__(self, argv, environment, directory):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(directory)
            os.execvpe(argv[0], argv, environment)
        self.seen = ""

    def read_until(self, text, seconds=30):
        deadline = time.monotonic() + seconds
        while text not in self.seen:
            left = deadline - time.monotonic()
            ready = left > 0 and select.select([self.fd], [], [], left)[0]
            assert ready, f"'{text}' did not appear within {seconds} s in:\n{self.seen}"
            try:
                data = os.read(self.fd, 65536)
            except OSError:
                data = b""
            assert data, f"the program ended before '{text}' appeared:\n{self.seen}"
            self.seen += data.decode(errors="replace")

    def write(self, text):
        os.write(self.fd, text.encode())

    def resize(self, rows, columns):
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def wait(self, seconds=30):
        """The exit code, once the program has ended."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if select.select([self.fd], [], [], 0.05)[0]:
                with contextlib.suppress(OSError):
                    self.seen += os.read(self.fd, 65536).decode(errors="replace")
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                return os.waitstatus_to_exitcode(status)
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        raise AssertionError(f"still running after {seconds} s; seen:\n{self.seen}")


class World:
    """One scenario's project: a directory, a name that nobody else has, and what may be done with it."""

    def __init__(self, name, options, scratch):
        self.engine, self.hoist_path, self.peer_config = options.engine, options.hoist, options.peer_config
        self.project = f"e2e-{os.getpid()}-{name.replace('_', '-')}"[:60].rstrip("-")
        self.directory = pathlib.Path(scratch) / name
        self.directory.mkdir(parents=True)
        self.history = []
        self.environment = dict(os.environ, COMPOSE_PROJECT_NAME=self.project, HOME=str(scratch), NO_COLOR="1", TERM="xterm")
        self.environment.pop("COMPOSE_FILE", None)

    @property
    def is_docker(self):
        return self.engine.startswith("docker")

    def only_docker(self, reason):
        if not self.is_docker:
            raise NotForThisEngine(reason)

    def write(self, path, text):
        target = self.directory / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
        return target

    def example(self, name):
        shutil.copytree(ROOT / "examples" / name, self.directory, dirs_exist_ok=True)

    def run(self, argv, code=0, stdin="", seconds=180, **environment):
        argv = [str(word) for word in argv]
        done = subprocess.run(argv, cwd=self.directory, input=stdin, capture_output=True, text=True, timeout=seconds,
                              errors="replace", env={**self.environment, **environment})
        result = Result(argv, done.returncode, done.stdout, done.stderr)
        self.history.append(result)
        assert code is None or result.code == code, f"expected exit code {code}:\n{result}"
        return result

    def hoist(self, *words, **options):
        return self.run([self.hoist_path, *words], **options)

    def peer(self, *words, **options):
        return self.run(["docker", "compose", *words], DOCKER_CONFIG=self.peer_config, **options)

    def terminal(self, *words):
        return Terminal([self.hoist_path, *words], self.environment, self.directory)

    def answer(self, method, target, body=None):
        host = self.environment.get("DOCKER_HOST", "unix:///var/run/docker.sock").removeprefix("unix://")
        connection = EngineConnection(host)
        connection.request(method, "/v1.41" + target, json.dumps(body) if body else None, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return body if answer.status < 300 else None

    def api(self, method, target):
        body = self.answer(method, target)
        return json.loads(body) if body else None

    def api_post(self, target, body=None):
        answer = self.answer("POST", target, body)
        assert answer is not None, f"the engine refuses POST {target}"
        return json.loads(answer) if answer else None

    def filters(self, *labels):
        wanted = [f"com.docker.compose.project={self.project}", *labels]
        return "filters=" + urllib.parse.quote(json.dumps({"label": wanted}))

    def containers(self, service=None):
        """The project's containers as the engine inspects them, in order of their names."""
        labels = [f"com.docker.compose.service={service}"] if service else []
        found = self.api("GET", "/containers/json?all=1&" + self.filters(*labels)) or []
        full = [self.api("GET", f"/containers/{c['Id']}/json") for c in found]
        return sorted((c for c in full if c), key=lambda c: c["Name"])

    def container(self, service):
        found = self.containers(service)
        assert len(found) == 1, f"expected one container of '{service}', found {[c['Name'] for c in found]}"
        return found[0]

    def ids(self):
        return {c["Name"]: c["Id"] for c in self.containers()}

    def running(self):
        return sorted(c["Config"]["Labels"]["com.docker.compose.service"] for c in self.containers() if c["State"]["Running"])

    def networks(self):
        return [n["Name"] for n in self.api("GET", "/networks?" + self.filters()) or []]

    def volumes(self):
        return [v["Name"] for v in (self.api("GET", "/volumes?" + self.filters()) or {}).get("Volumes") or []]

    def nothing_left(self):
        assert self.containers() == [], f"containers are left: {list(self.ids())}"
        assert self.networks() == [], f"networks are left: {self.networks()}"

    def clean(self):
        for container in self.containers():
            self.api("DELETE", f"/containers/{container['Id']}?force=1&v=1")
        for network in self.networks():
            self.api("DELETE", f"/networks/{network}")
        for volume in self.volumes():
            self.api("DELETE", f"/volumes/{volume}?force=1")
        for image in self.api("GET", "/images/json") or []:
            for tag in image.get("RepoTags") or []:
                if f"{self.project}-" in tag:
                    self.api("DELETE", f"/images/{tag}?force=1")

    def keep(self, directory, problem):
        """Leaves everything that explains a failure in `directory`."""
        directory.mkdir(parents=True, exist_ok=True)
        (directory / "problem.txt").write_text(problem)
        (directory / "commands.txt").write_text("\n\n".join(map(str, self.history)))
        (directory / "inspect.json").write_text(json.dumps(self.containers(), indent=1))
        for path in self.directory.glob("*.y*ml"):
            shutil.copy(path, directory)


def eventually(what, check, seconds=30):
    """Waits until check() gives something true, and returns that."""
    deadline = time.monotonic() + seconds
    while True:
        value = check()
        if value:
            return value
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.05)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def fetch(port, path="/"):
    """The body that 127.0.0.1:port answers with, or None."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.read().decode() if answer.status == 200 else None
    except OSError:
        return None
    finally:
        connection.close()


def has(text, *parts):
    for part in parts:
        assert part in text, f"'{part}' is not in:\n{text}"


@contextlib.contextmanager
def watching(world, *words, **environment):
    """The program in the background until it is interrupted; gives what it has said so far."""
    path = world.directory / ".said"
    with open(path, "wb") as said:
        process = subprocess.Popen([world.hoist_path, *words], cwd=world.directory, stdin=subprocess.DEVNULL, stdout=said,
                                   stderr=subprocess.STDOUT, env={**world.environment, **environment})
    try:
        yield lambda: path.read_text(errors="replace")
        assert process.poll() is None, f"it has ended by itself:\n{path.read_text()}"
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130, path.read_text()
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
