"""A project's life: up, look at it, change it, take it down."""
import base64
import json
import os
import pathlib
import signal
import subprocess
import time

from harness import eventually, fetch, free_port, has, watching

TWO = """
services:
  web:
    image: busybox
    command: ["sh", "-c", "echo web is here; exec sleep 600"]
    depends_on: [db]
    stop_signal: SIGKILL
  db:
    image: busybox
    command: ["sh", "-c", "echo db is here; exec sleep 600"]
    stop_signal: SIGKILL
    volumes: [/keep]
"""


def thorough(scenario):
    scenario.thorough = True
    return scenario


def test_hello_from_up_to_down(world):
    """The first example comes up, shows an edit of its page at once, and goes without a trace."""
    world.example("hello")
    port = free_port()
    world.hoist("up", "-d", HELLO_PORT=str(port))
    page = eventually("the page", lambda: fetch(port, "/cgi-bin/index.cgi"))
    has(page, "Hello from two containers", "visited 1 times")
    edited = (world.directory / "page/index.html").read_text().replace("two containers", "an edit")
    world.write("page/index.html", edited)
    has(fetch(port, "/cgi-bin/index.cgi"), "Hello from an edit", "visited 2 times")
    has(world.hoist("logs", "--no-color", HELLO_PORT=str(port)).out, "counter: visit 2")
    world.hoist("down", "-v", HELLO_PORT=str(port))
    world.nothing_left()
    assert world.volumes() == []


@thorough
def test_shop_from_up_to_down(world):
    """The second example: migration before API, data in the database, an edit of the API without a restart."""
    world.example("shop")
    port = free_port()
    shop = {"SHOP_PORT": str(port)}
    world.hoist("up", "-d", seconds=600, **shop)
    has(eventually("the items", lambda: fetch(port, "/api/items")), "apple", "cheese")
    assert world.container("migrate")["State"]["ExitCode"] == 0
    has(world.hoist("exec", "-T", "db", "psql", "shop", "-c", "SELECT count(*) FROM items", **shop).out, "3")
    handlers = (world.directory / "api/handlers.py").read_text()
    with watching(world, "watch", "--no-up", "api", **shop) as said:
        eventually("the API is watched", lambda: "api -> /app" in said())
        world.write("api/handlers.py", handlers.replace("welcome to the shop", "good evening"))
        eventually("it is carried over", lambda: "carried over handlers.py" in said())
        has(fetch(port, "/api/"), "good evening")
    before = world.ids()
    world.hoist("up", "-d", seconds=300, **shop)
    assert world.ids() == before
    has(world.hoist("run", "--rm", "-T", "psql", "-qtA", "-c", "SELECT name FROM items WHERE id = 1", **shop).out, "apple")
    world.hoist("down", "-v", **shop)
    world.nothing_left()


def test_second_up_changes_nothing(world):
    """An up-to-date project keeps its containers, and the program says so."""
    world.write("compose.yaml", TWO)
    world.hoist("up", "-d")
    before = world.ids()
    again = world.hoist("up", "-d")
    assert world.ids() == before
    has(again.err + again.out, "up to date")


def test_changed_service_is_recreated_with_its_reason(world):
    """A changed environment recreates that service; its anonymous volume keeps its content."""
    world.write("compose.yaml", TWO)
    world.hoist("up", "-d")
    world.hoist("exec", "-T", "db", "sh", "-c", "echo precious >/keep/note")
    before = world.ids()
    world.write("compose.yaml", TWO.replace("volumes: [/keep]", "volumes: [/keep]\n    environment: {A: b}"))
    result = world.hoist("--progress", "plain", "up", "-d")
    assert world.container("db")["Id"] not in before.values()
    assert world.hoist("exec", "-T", "db", "cat", "/keep/note").out == "precious\n"
    has(result.err, "because")


def test_failed_dependency_skips_its_dependents(world):
    """A one-shot service that fails keeps those that wait for it from starting; others start."""
    world.write("compose.yaml", """
services:
  job: {image: busybox, command: "sh -c 'exit 3'"}
  app: {image: busybox, command: sleep 600, stop_signal: SIGKILL, depends_on: {job: {condition: service_completed_successfully}}}
  other: {image: busybox, command: sleep 600, stop_signal: SIGKILL}
""")
    result = world.hoist("up", "-d", code=1)
    assert "app" not in world.running()
    has(result.err, "job", "3")


def test_wait_shows_how_a_container_died(world):
    """up --wait fails with the exit code and the last lines of a container that ends."""
    world.write("compose.yaml", "services: {bad: {image: busybox, command: \"sh -c 'echo last words; exit 7'\"}}\n")
    result = world.hoist("up", "-d", "--wait", code=1)
    has(result.err, "7", "last words")


def test_scale_up_and_down(world):
    """--scale changes how many containers a service has and keeps those that stay."""
    world.write("compose.yaml", "services: {w: {image: busybox, command: sleep 600, stop_signal: SIGKILL}}\n")
    world.hoist("up", "-d", "--scale", "w=3")
    three = world.ids()
    assert len(three) == 3
    world.hoist("up", "-d", "--scale", "w=1")
    assert set(world.ids().items()) < set(three.items()) and len(world.ids()) == 1


def test_orphans_are_reported_and_removed_on_request(world):
    """A container whose service is gone is named, and goes with --remove-orphans."""
    world.write("compose.yaml", TWO)
    world.hoist("up", "-d")
    world.write("compose.yaml", TWO.replace("  web:", "  site:"))
    has(world.hoist("up", "-d").err, "orphan", "web")
    assert len(world.containers("web")) == 1
    world.hoist("up", "-d", "--remove-orphans")
    assert world.containers("web") == []


def test_exit_codes_and_pipes_of_exec_and_run(world):
    """exec and run give the command's own exit code; -T passes standard input through."""
    world.write("compose.yaml", TWO)
    world.hoist("up", "-d", "db")
    assert world.hoist("exec", "-T", "db", "sh", "-c", "exit 42", code=42).out == ""
    assert world.hoist("exec", "-T", "db", "cat", stdin="through the pipe").out == "through the pipe"
    assert world.hoist("exec", "-T", "-e", "A=b c", "-w", "/tmp", "db", "sh", "-c", 'echo "$A" $PWD').out == "b c /tmp\n"
    assert "ran" in world.hoist("run", "--rm", "-T", "--no-deps", "web", "sh", "-c", "echo ran; exit 5", code=5).out
    assert len(world.containers("web")) == 0


@thorough
def test_a_terminal_in_a_container_follows_its_size(world):
    """exec on a terminal has the terminal's size, also after a change."""
    world.write("compose.yaml", TWO)
    world.hoist("up", "-d", "db")
    terminal = world.terminal("exec", "db", "sh")
    terminal.read_until("#")
    terminal.resize(33, 111)
    eventually("the new size", lambda: size_seen(terminal))
    terminal.write("exit 9\n")
    assert terminal.wait() == 9


def size_seen(terminal):
    terminal.write("stty size; echo do''ne\n")
    terminal.read_until("done")
    seen, terminal.seen = terminal.seen, ""
    return "33 111" in seen


@thorough
def test_interrupt_stops_gracefully_and_a_second_one_at_once(world):
    """Ctrl-C in a foreground up lets services end by themselves; a second one does not wait."""
    world.write("compose.yaml", """
services:
  polite: {image: busybox, command: ["sh", "-c", "trap 'echo goodbye; exit 0' TERM; echo ready; while :; do sleep 0.1; done"]}
""")
    terminal = world.terminal("up")
    terminal.read_until("ready")
    terminal.write("\x03")
    assert terminal.wait() == 130
    assert world.running() == [] and world.container("polite")["State"]["ExitCode"] == 0
    world.write("compose.yaml", """
services:
  deaf: {image: busybox, stop_grace_period: 60s, command: ["sh", "-c", "trap '' TERM; echo ready; while :; do sleep 0.1; done"]}
""")
    terminal = world.terminal("up", "--remove-orphans")
    terminal.read_until("ready")
    terminal.write("\x03")
    terminal.read_until("press Ctrl-C")
    terminal.write("\x03")
    assert terminal.wait(20) == 130


def test_two_ups_at_once(world):
    """Two people, or a person and an editor, type up at the same moment: both succeed, there is one of everything."""
    world.write("compose.yaml", TWO)
    for apart in (0, 0.02, 0.05, 0.09):
        both = []
        for _ in range(2):
            both.append(subprocess.Popen([world.hoist_path, "up", "-d"], cwd=world.directory, env=world.environment,
                                         stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True))
            time.sleep(apart)
        for process in both:
            errors = process.communicate(timeout=120)[1]
            assert process.returncode == 0, errors
        assert world.running() == ["db", "web"] and len(world.networks()) == 1
        world.hoist("down")
        world.nothing_left()


@thorough
def test_killed_up_is_finished_by_the_next(world):
    """After kill -9 in the middle of up, up finishes the job and down leaves nothing."""
    services = "".join(f"  s{n}: {{image: busybox, command: sleep 600, stop_signal: SIGKILL}}\n" for n in range(8))
    world.write("compose.yaml", "services:\n" + services)
    process = subprocess.Popen([world.hoist_path, "up", "-d"], cwd=world.directory, env=world.environment,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    eventually("a first container", world.containers)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    world.hoist("up", "-d")
    assert len(world.running()) == 8
    world.hoist("down")
    world.nothing_left()


def test_ps_and_config_as_data(world):
    """ps --format json, ps -q and config print what other programs can read."""
    world.write("compose.yaml", TWO)
    world.hoist("up", "-d")
    assert len(world.hoist("ps", "-q").out.split()) == 2
    has(world.hoist("ps", "--format", "json").out, '"Service":"db"')
    assert json.loads(world.hoist("config", "--format", "json").out)["services"]["web"]["image"] == "busybox"
    assert world.hoist("config", "--services").out.split() == ["db", "web"]


def test_profiles_and_standard_input(world):
    """A service of a profile starts only with it; -f - reads the file from standard input."""
    text = TWO + "  tool: {image: busybox, command: sleep 600, profiles: [tools], stop_signal: SIGKILL}\n"
    world.hoist("-f", "-", "up", "-d", stdin=text)
    assert world.running() == ["db", "web"]
    world.hoist("--profile", "tools", "-f", "-", "up", "-d", stdin=text)
    assert world.running() == ["db", "tool", "web"]


def test_dry_run_touches_nothing(world):
    """up --dry-run shows the steps and takes none."""
    world.write("compose.yaml", TWO)
    result = world.hoist("up", "-d", "--dry-run")
    assert world.containers() == [] and world.networks() == []
    has(result.out + result.err, "db", "because")


def test_progress_as_json_and_not_at_all(world):
    """--progress json gives one object a line, quiet nothing; standard output stays free for results."""
    world.write("compose.yaml", TWO)
    result = world.hoist("--progress", "json", "up", "-d")
    assert result.out == "" and [json.loads(line) for line in result.err.splitlines() if line.strip()]
    quiet = world.hoist("--progress", "quiet", "down")
    assert quiet.out == "" and quiet.err == ""


@thorough
def test_killed_up_is_cleared_by_down(world):
    """After kill -9 in the middle of up, down alone leaves nothing."""
    services = "".join(f"  s{n}: {{image: busybox, command: sleep 600, stop_signal: SIGKILL}}\n" for n in range(8))
    world.write("compose.yaml", "services:\n" + services)
    process = subprocess.Popen([world.hoist_path, "up", "-d"], cwd=world.directory, env=world.environment,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    eventually("a first container", world.containers)
    process.kill()
    process.wait()
    world.hoist("down")
    world.nothing_left()


def digests_of_the_registry(world, image, config):
    """config puts the digest to the image; the override file that it makes locks the project to it."""
    pinned = json.loads(world.hoist("config", "--resolve-image-digests", "--format", "json", DOCKER_CONFIG=config).out)
    reference = pinned["services"]["a"]["image"]
    assert reference.startswith(f"{image}@sha256:"), reference
    world.hoist("config", "--lock-image-digests", "-o", "lock.yaml", DOCKER_CONFIG=config)
    locked = world.hoist("-f", "compose.yaml", "-f", "lock.yaml", "config", "--images").out
    assert locked.strip() == reference, locked
    world.hoist("-f", "compose.yaml", "-f", "lock.yaml", "pull", DOCKER_CONFIG=config)
    world.write("missing.yaml", f"services: {{a: {{image: '{image}-missing'}}}}\n")
    has(world.hoist("-f", "missing.yaml", "config", "--resolve-image-digests", code=1, DOCKER_CONFIG=config).err,
        f"{image}-missing")


@thorough
def test_push_and_pull_with_a_login(world):
    """Push and pull against a registry that wants a login, which comes from Docker's own config."""
    engine = pathlib.Path(__file__).resolve().parents[1] / "testbed" / "engine.sh"
    lines = dict(line.split("=", 1) for line in world.run([engine, "registry"]).out.splitlines())
    address = lines["REGISTRY"]
    login = base64.b64encode(f"{lines['REGISTRY_USER']}:{lines['REGISTRY_PASSWORD']}".encode()).decode()
    world.write("docker/config.json", json.dumps({"auths": {address: {"auth": login}}}))
    world.write("nobody/config.json", "{}")
    image = f"{address}/{world.project}:1"
    world.write("Dockerfile", "FROM busybox\nCMD echo pulled\n")
    world.write("compose.yaml", f"services: {{a: {{build: ., image: '{image}'}}}}\n")
    config, nobody = str(world.directory / "docker"), str(world.directory / "nobody")
    world.hoist("build", DOCKER_CONFIG=config)
    refused = world.hoist("push", code=1, DOCKER_CONFIG=nobody)
    has(refused.err, image)
    world.hoist("push", DOCKER_CONFIG=config)
    if world.engine != "podman":  # its API does not ask registries
        digests_of_the_registry(world, image, config)
    world.api("DELETE", f"/images/{image}?force=1")
    world.write("compose.yaml", f"services: {{a: {{image: '{image}'}}}}\n")
    world.hoist("pull", DOCKER_CONFIG=config)
    has(world.hoist("run", "--rm", "-T", "a", DOCKER_CONFIG=config).out, "pulled")
    world.api("DELETE", f"/images/{image}?force=1")


HOOKS = """
services:
  web:
    image: busybox
    command: sleep 600
    stop_signal: SIGKILL
    volumes: ["./seen:/seen"]
    post_start:
      - {command: sh -c 'echo started $$WHO as $$(id -u) in $$PWD; echo start >>/seen/log', user: "1000", working_dir: /tmp, environment: {WHO: me}}
    pre_stop:
      - {command: "sh -c 'echo stop >>/seen/log; exit ${CODE:-0}'"}
"""


def test_hooks_are_run_in_their_places(world):
    """post_start after each start, pre_stop before each stop, by every command; one that fails is told with its place."""
    world.write("compose.yaml", HOOKS)
    world.write("seen/log", "")
    (world.directory / "seen").chmod(0o777)
    (world.directory / "seen/log").chmod(0o666)

    def seen():
        text = (world.directory / "seen/log").read_text().split()
        (world.directory / "seen/log").write_text("")
        return text

    has(world.hoist("up", "-d").err, "started me as 1000 in /tmp")
    assert seen() == ["start"]
    has(world.hoist("up", "-d").err, "is up to date")
    assert seen() == []
    world.hoist("restart", "-t", "1")
    assert seen() == ["stop", "start"]
    world.hoist("up", "-d", "--force-recreate")
    assert seen() == ["stop", "start"]
    world.hoist("stop")
    world.hoist("stop")
    assert seen() == ["stop"]
    world.hoist("start")
    assert seen() == ["start"]
    world.environment["CODE"] = "3"
    has(world.hoist("down", code=1).err, "compose.yaml:", "pre_stop of service 'web' has ended with code 3")
    assert world.running() == ["web"] and seen() == ["stop"]
    del world.environment["CODE"]
    world.hoist("down")
    assert seen() == ["stop"]
    world.nothing_left()
    world.write("compose.yaml", HOOKS.replace("echo start >>/seen/log", "exit 4"))
    has(world.hoist("up", "-d", code=1).err, "post_start of service 'web' has ended with code 4")


BEFORE = """
services:
  web:
    image: busybox
    command: sh -c 'cat /data/seen; sleep 600'
    stop_signal: SIGKILL
    environment: {WHO: web}
    volumes: ["data:/data"]
    pre_start:
      - {command: sh -c 'echo "$$WHO $$STEP $$(id -u)" >>/data/seen', environment: {STEP: first}}
      - {command: sh -c 'echo "$$WHO $$STEP $$(id -u)" >>/data/seen; exit $CODE', environment: {STEP: second}, image: "debian:bookworm-slim"}
  late:
    image: busybox
    command: sleep 600
    stop_signal: SIGKILL
    depends_on: [web]
volumes: {data: {}}
"""


def test_hooks_before_the_start(world):
    """They run to their end before the service starts, in containers of their own; one that fails stays and holds it back."""
    world.write("compose.yaml", BEFORE)
    world.environment["CODE"] = "7"
    failed = world.hoist("up", "-d", code=1).err
    has(failed, "pre_start-1", "exited (7)")
    assert world.running() == [], world.running()
    has(world.hoist("ps", "-a").out, "web-pre_start-1")
    assert "pre_start" not in world.hoist("ps").out
    world.environment["CODE"] = "0"
    world.hoist("up", "-d")
    assert world.running() == ["late", "web"]
    has(world.hoist("logs", "--no-log-prefix", "web").out, "web first 0\nweb second 0\nweb first 0\nweb second 0\n")
    assert "pre_start" not in world.hoist("ps", "-a").out
    has(world.hoist("up", "-d").err, "is up to date")
    world.hoist("stop")
    world.hoist("start", "web")
    has(world.hoist("exec", "-T", "web", "wc", "-l", "/data/seen").out, "6 /data/seen")
    world.hoist("down", "-v")
    world.nothing_left()
