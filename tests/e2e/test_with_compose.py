"""One stack, two programs: what Docker Compose starts hoist can handle, and the other way round."""
import base64
import contextlib
import hashlib
import http.server
import json
import os
import pathlib
import socket
import ssl
import subprocess
import threading
import urllib.error
import urllib.request

from harness import eventually, has

STACK = """
services:
  web: {image: busybox, command: "sh -c 'echo web is here; exec sleep 600'", depends_on: [db], stop_signal: SIGKILL}
  db: {image: busybox, command: sleep 600, stop_signal: SIGKILL, volumes: ["data:/data"]}
volumes: {data: }
"""


def test_compose_handles_a_hoist_stack(world):
    """ps, logs, up and down of Docker Compose on a stack that hoist started."""
    world.only_docker("the peer needs Docker")
    world.write("compose.yaml", STACK)
    world.hoist("up", "-d")
    before = world.ids()
    assert len(world.peer("ps", "-q").out.split()) == 2
    has(world.peer("logs", "web").out, "web is here")
    world.peer("up", "-d")
    assert world.ids() == before, "Docker Compose recreated containers"
    world.peer("down", "-v")
    world.nothing_left()


def test_hoist_handles_a_compose_stack(world):
    """ps, logs, up and down of hoist on a stack that Docker Compose started."""
    world.only_docker("the peer needs Docker")
    world.write("compose.yaml", STACK)
    world.peer("up", "-d")
    before = world.ids()
    assert len(world.hoist("ps", "-q").out.split()) == 2
    has(world.hoist("logs", "--no-color", "web").out, "web is here")
    world.hoist("up", "-d")
    assert world.ids() == before, "hoist recreated containers"
    world.hoist("down", "-v")
    world.nothing_left()
    assert world.volumes() == []


SHARING_STACK = """
services:
  vpn: {image: busybox, command: sleep 600, stop_signal: SIGKILL, volumes: [/shared]}
  web: {image: busybox, command: sleep 600, stop_signal: SIGKILL, network_mode: "service:vpn", environment: {LEVEL: "${LEVEL:-info}"}}
  job: {image: busybox, command: sleep 600, stop_signal: SIGKILL, pid: "service:web", volumes_from: ["vpn:ro"]}
"""


def test_services_that_share_move_too(world):
    """Hashes hold the ids of the containers whose namespaces and volumes are shared: a stack moves there and back."""
    world.only_docker("the peer needs Docker")
    world.environment["DOCKER_CONFIG"] = str(world.peer_config)
    world.write("compose.yaml", SHARING_STACK)
    for first, second in ((world.hoist, world.peer), (world.peer, world.hoist)):
        first("up", "-d")
        before = world.ids()
        second("up", "-d")
        first("up", "-d")
        assert world.ids() == before, "containers were recreated"
        first("down", "-v")
        world.nothing_left()


OLD_NAMES = """
services:
  web: {build: ., command: sleep 600, depends_on: [db], links: [db], stop_signal: SIGKILL}
  db: {image: busybox, command: "sh -c 'echo db is here; exec sleep 600'", stop_signal: SIGKILL}
"""


def test_old_names_are_those_of_compose(world):
    """With --compatibility, or its variable, names of containers and images have '_', as the peer makes them."""
    world.write("compose.yaml", OLD_NAMES)
    world.write("Dockerfile", "FROM busybox\n")
    names = [f"{world.project}_db_1", f"{world.project}_web_1"]
    world.hoist("--compatibility", "up", "-d")
    assert [c["Name"].strip("/") for c in world.containers()] == names
    has(world.container("web")["Config"]["Image"], f"{world.project}_web")  # Podman puts localhost/ before it
    has(world.hoist("logs", "--no-color", "db", COMPOSE_COMPATIBILITY="1").out, "db_1", "db is here")
    if world.is_docker:  # Podman has no links
        world.hoist("--compatibility", "exec", "-T", "web", "ping", "-c", "1", "db_1")
        before = world.ids()
        world.peer("--compatibility", "up", "-d")
        assert world.ids() == before, "Docker Compose recreated containers"
        world.peer("--compatibility", "down", "--rmi", "local")
        world.peer("--compatibility", "up", "-d")
        before = world.ids()
        assert sorted(name.strip("/") for name in before) == names
        world.hoist("up", "-d", COMPOSE_COMPATIBILITY="true")
        assert world.ids() == before, "hoist recreated containers"
    world.hoist("--compatibility", "down", "--rmi", "local")
    world.nothing_left()
    assert not world.api("GET", f"/images/{world.project}_web/json")


# What releases of Docker Compose write into their hashes in different ways.
TELLING_STACK = """
services:
  web:
    image: busybox
    command: sleep 600
    stop_signal: SIGKILL
    depends_on: {db: {condition: service_started}}
    env_file: [web.env]
    environment: {LEVEL: "${LEVEL:-info}"}
    volumes:
      - ./src:/src
      - {type: bind, source: ./long, target: /long}
      - {type: bind, source: ./long, target: /options, bind: {propagation: rprivate}}
      - data:/data
    networks: {front: {aliases: [site], priority: 10}, back: }
    secrets: [token]
    deploy: {resources: {limits: {memory: 64M}}}
  db:
    image: busybox
    command: sleep 600
    stop_signal: SIGKILL
    profiles: [full]
    healthcheck: {test: ["CMD", "true"], interval: 30s, start_period: 1m}
    networks: [back]
    ulimits: {nofile: {soft: 100, hard: 200}}
networks: {front: , back: {labels: {a: b}}}
volumes: {data: {labels: {c: d}}}
secrets: {token: {file: ./token}}
"""


def telling(world):
    """The project with its files; the engine's programs are those of the peer for both of us."""
    world.only_docker("the peer needs Docker")
    world.environment.update(DOCKER_CONFIG=str(world.peer_config), COMPOSE_PROFILES="full")
    world.write("compose.yaml", TELLING_STACK)
    for path, text in (("web.env", "A=b\n"), ("token", "x"), ("src/a", ""), ("long/a", "")):
        world.write(path, text)


def test_a_stack_moves_to_compose_and_back(world):
    """What hoist made, Docker Compose keeps, and hoist after it: containers have the hashes of the installed release."""
    telling(world)
    world.hoist("up", "-d")
    before = world.ids()
    world.peer("up", "-d")
    assert world.ids() == before, "Docker Compose recreated containers"
    has(world.hoist("up", "-d").err, "is up to date")
    assert world.ids() == before
    world.peer("down", "-v")
    world.nothing_left()


def test_a_stack_moves_to_hoist_and_back(world):
    """What Docker Compose made, hoist keeps; one changed attribute recreates one service, in both programs."""
    telling(world)
    world.peer("up", "-d")
    before = world.ids()
    has(world.hoist("up", "-d").err, "is up to date")
    assert world.ids() == before, "hoist recreated containers"
    for level, program in (("debug", world.hoist), ("trace", world.peer)):
        world.environment["LEVEL"] = level
        program("up", "-d")
        now = world.ids()
        assert [name for name in now if now[name] != before.get(name)] == [f"/{world.project}-web-1"], f"{before} -> {now}"
        before = now
    world.hoist("down", "-v")
    world.nothing_left()


@contextlib.contextmanager
def git_server(world, files):
    """A real repository with these files, behind a git daemon on loopback. Gives its address."""
    source, served = world.directory / "source", world.directory / "served"
    for path, text in files.items():
        world.write(f"source/{path}", text)
    git = ["git", "-c", "init.defaultBranch=main", "-c", "user.name=e2e", "-c", "user.email=e2e@localhost"]
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "files"]):
        world.run([*git, "-C", source, *words])
    world.run([*git, "clone", "-q", "--bare", source, served / "shop.git"])
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    daemon = subprocess.Popen(["git", "daemon", "--export-all", f"--base-path={served}", "--listen=127.0.0.1", f"--port={port}"],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, process_group=0)
    address = f"git://127.0.0.1:{port}/shop.git"
    try:
        eventually("the daemon", lambda: world.run(["git", "ls-remote", address], code=None).code == 0)
        yield address
    finally:
        daemon.terminate()
        daemon.wait(10)


def test_files_in_a_git_repository(world):
    """-f, include and extends read files of a repository, as Docker Compose does; kept, and refused with --offline."""
    world.only_docker("the peer needs Docker")
    files = {"compose.yaml": "name: far\nservices: {web: {image: busybox, build: ., volumes: ['./src:/src'], env_file: a.env}}\n",
             "a.env": "A=1\n",
             "deep/compose.yaml": "services: {inner: {image: busybox, volumes: ['./y:/y']}, base: {image: b, volumes: ['./z:/z']}}\n"}
    with git_server(world, files) as address:
        world.write("compose.yaml", f"""
include: ["{address}#:deep"]
services: {{own: {{extends: {{file: "{address}#main:deep/compose.yaml", service: base}}}}}}
""")
        for words in (["-f", address], []):
            ours = world.hoist(*words, "config", "--format", "json").out
            theirs = world.peer(*words, "config", "--format", "json").out
            assert without_defaults(ours) == without_defaults(theirs), f"{ours}\n{theirs}"
        has(world.hoist("-f", f"{address}#none", "config", code=2).err, "has no 'none'")
        # From a hook of another repository: that one is left alone.
        world.run(["git", "init", "-q", world.directory / "own"])
        world.hoist("-f", address, "config", "-q", GIT_DIR=str(world.directory / "own/.git"), XDG_CACHE_HOME=str(world.directory / "cache"))
        assert world.run(["git", "-C", world.directory / "own", "rev-parse", "-q", "--verify", "HEAD"], code=None).code != 0
        has(world.hoist("--offline", "config", code=2).err, "compose.yaml:2:", "--offline")
        commit = world.run(["git", "-C", world.directory / "source", "rev-parse", "HEAD"]).out.strip()
    world.hoist("--offline", "-f", f"{address}#{commit}", "config", "-q")
    has(world.hoist("-f", address, "config", code=1).err, "cannot be reached")


def without_defaults(text):
    """What 2.40 still writes out: the newest release leaves `create_host_path: true` away."""
    return json.loads(text.replace('"create_host_path": true', ""))


PROVIDER = """#!/bin/sh
echo "$@" >>"$LOG"
case "$2 $4" in
"metadata ") [ -z "$METADATA" ] || echo "$METADATA" ;;
--project-name=*" "*)
  case $3 in
  up)
    echo '{"type": "info", "message": "preparing"}'
    [ -z "$FAIL" ] || { echo '{"type": "error", "message": "no money left"}'; exit 1; }
    echo '{"type": "setenv", "message": "URL=mysql://far"}'
    [ -n "$PEER" ] || echo '{"type": "rawsetenv", "message": "TOKEN=t0"}' ;;
  esac ;;
esac
"""

PROVIDED = """
services:
  app: {image: busybox, command: sleep 600, stop_signal: SIGKILL, depends_on: [data-base]}
  data-base:
    provider: {type: acme, options: {size: 256, type: [mysql, mariadb]}}
"""


def test_a_service_of_a_provider(world):
    """The provider gets the words that Docker Compose gives it; what it tells is in the environment of its dependants."""
    world.write("compose.yaml", PROVIDED)
    world.write("bin/acme", PROVIDER)
    (world.directory / "bin/acme").chmod(0o755)
    log = world.directory / "log"
    world.environment.update(PATH=f"{world.directory}/bin:{os.environ['PATH']}", LOG=str(log))

    def asked():
        words = sorted(line for line in log.read_text().splitlines() if "metadata" not in line)
        log.write_text("")
        return words

    failed = world.hoist("up", "-d", code=1, FAIL="1").err
    has(failed, "compose.yaml:", "provider 'acme' of service 'data-base': no money left")
    assert world.running() == []
    asked()
    world.hoist("up", "-d")
    ours = asked()
    has(ours[0], f"compose --project-name={world.project} up --size=256 --type=mysql --type=mariadb data-base")
    has(world.hoist("exec", "-T", "app", "env").out, "DATA-BASE_URL=mysql://far", "TOKEN=t0")
    assert world.running() == ["app"]
    world.hoist("up", "-d")
    assert len(asked()) == 1
    world.hoist("stop")
    assert asked() == []
    world.hoist("start")
    world.hoist("stop", METADATA='{"description": "d", "up": {"parameters": []}, "down": {}, "stop": {}}')
    assert asked() == [f"compose --project-name={world.project} stop data-base"]
    world.hoist("down")
    assert asked() == [f"compose --project-name={world.project} down --size=256 --type=mysql --type=mariadb data-base"]
    world.nothing_left()
    if world.is_docker:  # the peer needs it
        world.peer("up", "-d", PEER="1")  # 2.40 does not know `rawsetenv`
        # It keeps no order among the options.
        theirs = asked()
        assert [sorted(line.split()) for line in theirs] == [sorted(line.split()) for line in ours], theirs
        world.peer("down")
    world.write("compose.yaml", PROVIDED.replace("acme", "nobody"))
    has(world.hoist("up", "-d", code=1).err, "compose.yaml:", "there is no provider 'nobody'", "docker-nobody")


MODEL_PLUGIN = """#!/bin/sh
case "$1" in
docker-cli-plugin-metadata) echo '{"SchemaVersion": "0.1.0", "Vendor": "test", "Version": "v1.0.6"}'; exit ;;
esac
echo "$@" >>"$LOG"
case "$1" in
status) [ -z "$FAIL" ] || { echo 'it does not run'; exit 1; }; echo '{"running": true, "endpoint": "http://models/v1/"}' ;;
ls) echo '[{"id": "x", "tags": ["ai/there"]}]' ;;
esac
"""

MODELLED = """
services:
  app: {image: busybox, command: sleep 600, stop_signal: SIGKILL, models: [big-llm, there]}
  bot: {image: busybox, command: sleep 600, stop_signal: SIGKILL, models: {there: {model_var: NAME, endpoint_var: WHERE}}}
models:
  big-llm: {model: ai/new, context_size: 4096, runtime_flags: [--top-k, "1"]}
  there: {model: ai/there}
  idle: {model: ai/idle}
"""


def test_models_of_services(world):
    """Docker's plugin gets the words that Docker Compose gives it; the services get the variables, and stay as they are."""
    world.write("compose.yaml", MODELLED)
    world.write("config/cli-plugins/docker-model", MODEL_PLUGIN)
    (world.directory / "config/cli-plugins/docker-model").chmod(0o755)
    log = world.directory / "log"
    world.environment.update(DOCKER_CONFIG=str(world.directory / "config"), LOG=str(log))

    def asked():
        words = sorted(log.read_text().splitlines())
        log.write_text("")
        return words

    has(world.hoist("up", "-d", code=1, FAIL="1").err, "'docker model status' says: it does not run")
    assert world.running() == []
    asked()
    world.hoist("up", "-d")
    ours = asked()
    assert ours == ["configure --context-size 4096 ai/new -- --top-k 1", "configure ai/there", "ls --json", "ls --json",
                    "pull ai/new", "status --json"], ours
    has(world.hoist("exec", "-T", "app", "env").out, "BIG_LLM_MODEL=ai/new", "BIG_LLM_URL=http://models/v1/", "THERE_MODEL=ai/there")
    has(world.hoist("exec", "-T", "bot", "env").out, "NAME=ai/there", "WHERE=http://models/v1/")
    if world.is_docker:  # the peer needs it
        made = {name: world.container(name)["Id"] for name in ("app", "bot")}
        (world.directory / "config/cli-plugins/docker-compose").symlink_to(
            pathlib.Path(world.peer_config) / "cli-plugins/docker-compose")
        asked()
        world.run(["docker", "compose", "up", "-d"])
        # It asks what is there once for all, and 2.40 knows no flags of the program that runs a model.
        assert asked() == sorted(set(ours)), ours
        assert made == {name: world.container(name)["Id"] for name in ("app", "bot")}
        world.hoist("up", "-d")
        assert made == {name: world.container(name)["Id"] for name in ("app", "bot")}
    world.hoist("down")
    (world.directory / "config/cli-plugins/docker-model").unlink()
    has(world.hoist("up", "-d", code=1).err, "'models' need the plugin 'model' of Docker")


def test_the_api_socket_in_a_container(world):
    """The engine's socket and this machine's credentials are where Docker Compose puts them, and the stack stays as it is."""
    world.only_docker("the socket is that of Docker")
    world.write("compose.yaml", "services: {web: {image: busybox, command: sleep 600, stop_signal: SIGKILL, use_api_socket: true}}\n")
    world.write("config/config.json", json.dumps({"auths": {"registry.example": {"auth": "dTpw"}}}))
    mine = str(world.directory / "config")
    world.hoist("up", "-d", DOCKER_CONFIG=mine)
    ours = world.container("web")
    shown = world.hoist("exec", "-T", "web", "sh", "-c", "test -S /var/run/docker.sock && cat $DOCKER_CONFIG/config.json").out
    assert json.loads(shown) == {"auths": {"registry.example": {"auth": "dTpw"}}}, shown
    assert "dTpw" not in str(ours)
    world.hoist("down")
    world.peer("up", "-d")
    theirs = world.container("web")
    for part in ("Env", "Image"):
        assert ours["Config"][part] == theirs["Config"][part]
    assert [m["Source"] for m in ours["Mounts"]] == [m["Source"] for m in theirs["Mounts"]]
    has(world.hoist("up", "-d", DOCKER_CONFIG=world.peer_config).err, "is up to date")
    world.peer("down")


class Registry:
    """The test bed's registry behind TLS, with a certificate that only who is told of it trusts."""

    def __init__(self, world):
        engine = pathlib.Path(__file__).resolve().parents[1] / "testbed" / "engine.sh"
        lines = dict(line.split("=", 1) for line in world.run([engine, "registry"]).out.splitlines())
        self.inner = f"http://{lines['REGISTRY']}"
        self.login = base64.b64encode(f"{lines['REGISTRY_USER']}:{lines['REGISTRY_PASSWORD']}".encode()).decode()
        self.certificate = str(world.directory / "tls.pem")
        world.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
                   "subjectAltName=IP:127.0.0.1", "-keyout", self.certificate + ".key", "-out", self.certificate])
        inner = self.inner

        class Front(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                headers = {k: v for k, v in self.headers.items() if k.lower() in ("accept", "authorization")}
                request = urllib.request.Request(inner + self.path, headers=headers, method=self.command)
                try:
                    answer = urllib.request.urlopen(request)
                except urllib.error.HTTPError as refusal:
                    answer = refusal
                body = answer.read()
                self.send_response(answer.status)
                for key, value in answer.headers.items():
                    if key.lower() not in ("connection", "transfer-encoding"):
                        self.send_header(key, value)
                self.end_headers()
                self.wfile.write(body)

            do_HEAD = do_GET

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Front)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.certificate + ".key")
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.address = f"127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def send(self, method, url, data=None, kind="application/octet-stream"):
        request = urllib.request.Request(url if "://" in url else self.inner + url, data=data, method=method,
                                         headers={"Authorization": "Basic " + self.login, "Content-Type": kind})
        return urllib.request.urlopen(request)

    def blob(self, name, data):
        digest = "sha256:" + hashlib.sha256(data).hexdigest()
        place = self.send("POST", f"/v2/{name}/blobs/uploads/", b"").headers["Location"]
        self.send("PUT", f"{place}{'&' if '?' in place else '?'}digest={digest}", data)
        return digest

    def publish(self, name, files):
        """What `docker compose publish` makes of files: (media type, content, annotations)."""
        kind = "application/vnd.oci.image.manifest.v1+json"
        layers = [{"mediaType": f"application/vnd.docker.compose.{type}", "digest": self.blob(name, text.encode()),
                   "size": len(text.encode()), "annotations": {f"com.docker.compose.{k}": v for k, v in notes.items()}}
                  for type, text, notes in files]
        config = {"mediaType": "application/vnd.oci.empty.v1+json", "digest": self.blob(name, b"{}"), "size": 2}
        manifest = {"schemaVersion": 2, "mediaType": kind, "artifactType": "application/vnd.docker.compose.project",
                    "config": config, "layers": layers}
        self.send("PUT", f"/v2/{name}/manifests/1", json.dumps(manifest).encode(), kind)


def test_files_in_a_registry(world):
    """-f, include and extends read an artifact of a registry with TLS and a login, as Docker Compose does."""
    world.only_docker("the peer needs Docker")
    registry = Registry(world)
    registry.publish("e2e/app", [
        ("file+yaml", "services:\n  web: {image: busybox, env_file: a.env}\n  low: {extends: {file: low.yaml, service: low}}\n", {"file": "compose.yaml"}),
        ("file+yaml", "services: {low: {image: busybox, command: sleep 7}}\n", {"extends": "true", "file": "low.yaml"}),
        ("envfile", "A=1\n", {"envfile": "a.env"})])
    reference = f"oci://{registry.address}/e2e/app:1"
    logins = json.dumps({"auths": {registry.address: {"auth": registry.login}}})
    world.write("config/config.json", logins)
    (world.directory / "config/cli-plugins").symlink_to(pathlib.Path(world.peer_config) / "cli-plugins")
    known = {"SSL_CERT_FILE": registry.certificate, "CURL_CA_BUNDLE": registry.certificate, "DOCKER_CONFIG": str(world.directory / "config")}
    world.write("compose.yaml", f"include: ['{reference}']\nservices: {{own: {{extends: {{file: '{reference}', service: web}}}}}}\n")
    world.environment["XDG_CACHE_HOME"] = str(world.directory / "cache")
    for words in (["-f", reference], []):
        ours = world.hoist(*words, "config", "--format", "json", **known).out
        theirs = world.run(["docker", "compose", *words, "config", "--format", "json"], **known).out
        assert without_defaults(ours) == without_defaults(theirs), f"{ours}\n{theirs}"
    has(world.hoist("-f", reference, "config", code=1, DOCKER_CONFIG=known["DOCKER_CONFIG"]).err, "certificate")
    world.write("nobody/config.json", "{}")
    has(world.hoist("-f", reference, "config", code=1, **{**known, "DOCKER_CONFIG": str(world.directory / "nobody")}).err,
        "wants a login", f"docker login {registry.address}")
    has(world.hoist("-f", f"{reference}-none", "config", code=1, **known).err, "manifest unknown")
    has(world.hoist("--offline", "config", code=2, **known).err, "compose.yaml:1:", "--offline")
    plain = world.run(["sh", "-c", f"'{world.hoist_path}' --insecure-registry {registry.inner[7:]} -f oci://{registry.inner[7:]}/e2e/app:1 config -q"],
                      code=None, DOCKER_CONFIG=known["DOCKER_CONFIG"])
    has(plain.err, "wants a login")
