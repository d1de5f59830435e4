"""Bad input and bad luck: what the person is told, and what stays untouched."""
import json
import socket

from harness import eventually, has


def test_all_errors_of_a_file_in_one_go(world):
    """Each problem comes with file, line and column; nothing is started."""
    world.write("compose.yaml", """services:
  web:
    image: busybox
    ports: ["80:notaport"]
    depends_on: [dbb]
  db:
    image: ${MISSING:?set MISSING first}
""")
    result = world.hoist("up", "-d", code=2)
    assert world.containers() == []
    has(result.err, "compose.yaml:4:", "compose.yaml:5:", "compose.yaml:7:", "dbb", "set MISSING first")


def test_a_terminal_shows_the_line(world):
    """A caret under the column, and nothing of the lines around it; programs get JSON and no caret."""
    world.write("compose.yaml", """services:
  web:
    environment: {PASSWORD: hush}
    image: busybox
    port: [80]
""")
    terminal = world.terminal("config")
    assert terminal.wait() == 2
    has(terminal.seen.replace("\r", ""), "     5 |     port: [80]\n       |     ^\n", "did you mean 'ports'?")
    assert "hush" not in terminal.seen, terminal.seen
    plain = world.hoist("config", "--format", "json", code=2)
    assert "^" not in plain.err, plain.err
    error = json.loads(plain.out)["errors"][0]
    assert (error["file"], error["line"], error["column"]) == ("compose.yaml", 5, 5), error
    assert error["path"] == "services.web.port", error


def test_explain_tells_who_said_it(world):
    """Included file, override and variable of .env: in the order in which they count."""
    world.write("inc/base.yaml", "services: {web: {image: 'busybox:1'}}\n")
    world.write("compose.yaml", "include: [inc/base.yaml]\n")
    world.write("compose.override.yaml", "services:\n  web:\n    image: busybox:${TAG}\n")
    world.write(".env", "TAG=latest\n")
    out = world.hoist("config", "--explain", "services.web.image").out
    has(out, "services.web.image: busybox:latest", "included at compose.yaml:1:11",
        "compose.override.yaml:3:12: replaced by busybox:latest", "TAG=latest from .env:1")
    assert out.index("inc/base.yaml:1:25") < out.index("compose.override.yaml"), out
    has(world.hoist("config", "--explain", "services.web.imgae", code=2).err, "did you mean 'image'?")


def test_missing_build_contexts_are_told_at_once(world):
    """Contexts and Dockerfiles that are not there: each with its place, before anything is built."""
    world.write("compose.yaml", """services:
  a: {image: busybox, command: sleep 600}
  b: {build: nowhere}
  c:
    build: {context: ., dockerfile: absent}
""")
    result = world.hoist("up", "-d", code=2)
    assert world.containers() == []
    has(result.err, "compose.yaml:3:", "nowhere", "compose.yaml:5:", "absent")


def test_no_engine(world):
    """What was tried and how to start an engine."""
    world.write("compose.yaml", "services: {a: {image: busybox}}\n")
    result = world.hoist("ps", code=1, DOCKER_HOST="unix:///nonexistent/engine.sock")
    has(result.err, "/nonexistent/engine.sock")


def test_port_taken_names_its_holder(world):
    """A port that this machine's process holds is named together with the process."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        world.write("compose.yaml", f"services: {{a: {{image: busybox, command: sleep 600, ports: ['127.0.0.1:{port}:80']}}}}\n")
        has(world.hoist("up", "-d", code=1).err, str(port), "python3")


def test_all_taken_ports_are_told_before_anything_is_made(world):
    """Ports held by a process and by another project's container: both in one error, and nothing is there yet."""
    world.write("other.yaml", "services: {holder: {image: busybox, command: sleep 600, stop_signal: SIGKILL, ports: ['127.0.0.1::80']}}\n")
    other = ["-p", f"{world.project}-other", "-f", "other.yaml"]
    world.hoist(*other, "up", "-d")
    try:
        theirs = world.hoist(*other, "port", "holder", "80").out.strip().rpartition(":")[2]
        with socket.socket() as holder:
            holder.bind(("127.0.0.1", 0))
            holder.listen()
            port = holder.getsockname()[1]
            world.write("compose.yaml", f"""
services:
  a: {{image: busybox, command: sleep 600, stop_signal: SIGKILL, ports: ['127.0.0.1:{port}:80']}}
  b: {{image: busybox, command: sleep 600, stop_signal: SIGKILL, ports: ['127.0.0.1:{theirs}:80']}}
""")
            told = world.hoist("up", "-d", code=1).err
            has(told, f"{port}/tcp by process", "python3", f"{theirs}/tcp by container", f"'{world.project}-other'")
            assert world.containers() == [] and world.networks() == []
            # What only looks like it is none: the same port of another address, and one that the service holds itself.
            world.write("compose.yaml", f"""
services:
  a: {{image: busybox, command: sleep 600, stop_signal: SIGKILL, ports: ['127.0.0.2:{port}:80']}}
""")
            world.hoist("up", "-d")
            world.hoist("up", "-d", "--force-recreate")
    finally:
        world.hoist(*other, "down", code=None)


def test_replicas_of_a_fixed_port_are_refused(world):
    """Two replicas that want the same port: the sibling is named, and nothing is made."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    world.write("compose.yaml", f"services: {{a: {{image: busybox, command: sleep 600, ports: ['127.0.0.1:{port}:80']}}}}\n")
    has(world.hoist("up", "-d", "--scale", "a=2", code=1).err, str(port), f"{world.project}-a-1", "started as well")
    assert world.containers() == []


def test_nothing_to_start_is_no_success(world):
    """No service at all, or all of them behind profiles."""
    world.write("compose.yaml", "services: {}\n")
    has(world.hoist("up", "-d", code=1).err, "no service to start")
    world.write("compose.yaml", "services: {a: {image: busybox, profiles: [debug]}}\n")
    has(world.hoist("up", "-d", code=1).err, "no service to start", "--profile debug")


def test_missing_image_names_image_and_service(world):
    """An image that no registry has: its name and the service that wants it."""
    world.write("compose.yaml", "services: {wanting: {image: '127.0.0.1:9/no/such:image'}}\n")
    has(world.hoist("up", "-d", code=1).err, "127.0.0.1:9/no/such:image", "wanting")


def test_build_error_is_shown(world):
    """A failing RUN shows its own output."""
    world.write("Dockerfile", "FROM busybox\nRUN echo this is why; exit 4\n")
    world.write("compose.yaml", "services: {a: {build: .}}\n")
    has(world.hoist("build", code=1).err, "this is why")


def test_dockerignore_keeps_files_out(world):
    """What .dockerignore names is not in the image."""
    world.write("Dockerfile", "FROM busybox\nCOPY . /context\nCMD ls /context\n")
    world.write(".dockerignore", "secret*\n")
    world.write("secret.txt", "x")
    world.write("open.txt", "x")
    world.write("compose.yaml", "services: {a: {build: .}}\n")
    out = world.hoist("run", "--rm", "-T", "a").out
    has(out, "open.txt")
    assert "secret" not in out


def test_a_linked_directory_keeps_the_name_that_the_shell_shows(world):
    """In a directory behind a symbolic link paths are the link's, as Docker Compose has them."""
    world.write("real/compose.yaml", "services: {a: {image: busybox, volumes: ['.:/here']}}\n")
    (world.directory / "link").symlink_to("real")
    has(world.run(["bash", "-c", f"cd link && {world.hoist_path} config"]).out, f"source: {world.directory}/link\n")


def test_what_a_file_says_cannot_steer_the_terminal(world):
    """Escape sequences of a file or a command line are not passed on in messages."""
    world.write("compose.yaml", 'services:\n  "a\\e[31mX\\e]0;title\\a": {image: x}\n')
    for words in (["config"], ["-p", "a\x1b[31m", "config"]):
        errors = world.hoist(*words, code=2).err
        assert "error:" in errors and "\x1b" not in errors and "\x07" not in errors, repr(errors)


def test_closed_streams_read_as_empty(world):
    """Without a standard input, as under some daemons, a command sees the end of its input at once."""
    world.write("compose.yaml", "services: {a: {image: busybox, command: sleep 600, stop_signal: SIGKILL}}\n")
    world.hoist("up", "-d")
    assert world.run(["bash", "-c", f"exec {world.hoist_path} exec -T a cat <&-"], seconds=60).out == ""


def test_a_one_off_goes_with_the_reader_of_its_output(world):
    """run --rm leaves nothing running when the output is not wanted any more."""
    world.write("compose.yaml", "services: {a: {image: busybox}}\n")
    assert world.run(["bash", "-c", f"{world.hoist_path} run --rm -T a yes | head -n 1"], seconds=60).out == "y\n"
    eventually("the one-off is gone", lambda: not world.containers())


def test_logs_of_one_container(world):
    """--index takes one container of a service; one that is not there is an error."""
    world.write("compose.yaml", "services: {a: {image: busybox, command: sh -c 'echo here', scale: 2}}\n")
    world.hoist("up", "-d", "--wait", code=None)
    assert eventually("a line", lambda: world.hoist("logs", "--index", "2", "a").out) == "a-2  | here\n"
    has(world.hoist("logs", "--index", "3", "a", code=1).err, "'a' has no container 3")
    world.hoist("logs", "--index", "1", code=2)


def test_logs_that_cannot_be_written_end(world):
    """A full disk behind standard output ends logs -f, with the reason."""
    world.write("compose.yaml", "services: {a: {image: busybox, command: sh -c 'echo here; exec sleep 600', stop_signal: SIGKILL}}\n")
    world.hoist("up", "-d")
    full = world.run(["sh", "-c", '"$0" logs -f >/dev/full', world.hoist_path], code=1, seconds=30)
    has(full.err, "could not be written", "No space left")


def test_unknown_command_and_service(world):
    """A slip of the finger gets a suggestion and exit code 2 or 1."""
    world.write("compose.yaml", "services: {database: {image: busybox}}\n")
    has(world.hoist("upp", code=2).err, "'up'")
    has(world.hoist("up", "-d", "databse", code=2).err, "database")
