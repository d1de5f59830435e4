"""Where no engine answers: hoist starts Podman by itself."""
import contextlib
import os
import pathlib
import subprocess

from harness import has

TESTBED = pathlib.Path(__file__).resolve().parents[1] / "testbed"
STACK = """
services:
  web: {image: busybox, command: ["sh", "-c", "echo web is here; exec sleep 600"], depends_on: [db], stop_signal: SIGKILL}
  db: {image: busybox, command: sleep 600, stop_signal: SIGKILL}
"""
# Empty places for engines' sockets, and for Podman's state and images: nothing that runs here is seen or touched.
HIDE = """
set -e
for place in /run /dev/shm /var/lib/containers; do mkdir -p "$place"; mount -t tmpfs none "$place"; done
[ -L /var/run ] || mount -t tmpfs none /var/run
echo "$$"
exec cat
"""
# The same for a user that only this view has, with what Podman needs of a machine that is set up for people: ranges of
# ids, a network device and a tree of mounts that others may use. The program and its project are put where the user can
# read them.
USER = 47110
HIDE_FROM_USER = HIDE.replace("echo \"$$\"\nexec cat\n", """
mount -t tmpfs none /home  # not below /run, which Podman hides from its own network helpers
mkdir -p /home/hoist-user /run/etc /run/user/$USER_ID
cp "$HOIST" "$STACK" /home/hoist-user
chown -R $USER_ID:$USER_ID /home/hoist-user /run/user/$USER_ID
chmod 700 /run/user/$USER_ID
cp /etc/passwd /etc/group /run/etc
echo "hoist-user:x:$USER_ID:$USER_ID::/home/hoist-user:/bin/sh" >>/run/etc/passwd
echo "hoist-user:x:$USER_ID:" >>/run/etc/group
for ranges in subuid subgid; do touch /etc/$ranges; echo hoist-user:1879048192:65536 >/run/etc/$ranges; done
for file in passwd group subuid subgid; do mount --bind /run/etc/$file /etc/$file; done
mknod -m 666 /run/tun c 10 200
mount --bind /run/tun /dev/net/tun
mount --make-rshared /
echo "$$"
exec cat
""")
END_ALL_OF_USER = """
for process in /proc/[0-9]*; do
  [ "$(stat -c %u "$process")" != {user} ] || kill -9 "${{process#/proc/}}"
done
"""
# Ends this view's Podman services, which is all that hoist leaves there on purpose; prints one line for each.
END_SERVICES = """
own=$(readlink /proc/self/ns/mnt)
for process in /proc/[0-9]*; do
  [ "$(readlink "$process/ns/mnt")" = "$own" ] || continue
  tr '\\0' ' ' <"$process/cmdline" | grep -q '^podman system service' || continue
  echo "${process#/proc/}"
  kill "${process#/proc/}"
done
"""


def as_root(*words, **environment):
    """A command line that runs as root with these variables added."""
    sudo = [] if os.geteuid() == 0 else ["sudo"]
    return [*sudo, "env", "-u", "DOCKER_HOST", "-u", "DOCKER_CONTEXT", *(f"{k}={v}" for k, v in environment.items()), *words]


@contextlib.contextmanager
def machine_without_engine(view=HIDE, **settings):
    """A view of this machine in which no engine has a socket. Gives the pid whose mount namespace it is."""
    holder = subprocess.Popen(as_root("unshare", "--mount", "--propagation", "private", "sh", "-c", view, **settings),
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        pid = holder.stdout.readline().strip()
        assert pid, "there is no mount namespace to be had: this scenario needs root's rights"
        yield pid
    finally:
        holder.stdin.close()
        holder.wait(10)


def test_podman_is_started_when_no_engine_answers(world):
    """Without any engine's socket: version, up, ps, exec, logs and down with the Podman that hoist starts."""
    world.run([TESTBED / "packages.sh", "install", "podman"], seconds=600)
    world.write("compose.yaml", STACK)
    home = world.directory / "home"
    home.mkdir()
    settings = {"COMPOSE_PROJECT_NAME": world.project, "HOME": home, "NO_COLOR": "1", "DOCKER_CONFIG": home}
    with machine_without_engine() as pid:
        def inside(*words, **options):
            enter = ["nsenter", f"--target={pid}", "--mount", f"--wd={world.directory}"]
            return world.run(as_root(*enter, *words, **settings), **options)

        def hoist(*words, **options):
            return inside(world.hoist_path, *words, **options)

        try:
            has(hoist("version", "--engine").out, "Podman", "/run/hoist/podman.sock", "started by hoist")
            give_busybox(world, inside, "/run/hoist/podman.sock")
            from_up_to_down(hoist)
        finally:
            hoist("down", code=None)
            ended = inside("sh", "-c", END_SERVICES).out.split()
        assert len(ended) == 1, f"one service of Podman should run, ended: {ended}"


def test_podman_is_started_for_a_user_without_rights(world):
    """The same for a user who is not root: Podman without root, on a socket of the user's own."""
    world.run([TESTBED / "packages.sh", "install", "podman"], seconds=600)
    world.write("compose.yaml", STACK)
    settings = {"COMPOSE_PROJECT_NAME": world.project, "HOME": "/home/hoist-user", "NO_COLOR": "1",
                "XDG_RUNTIME_DIR": f"/run/user/{USER}"}
    view = {"HOIST": world.hoist_path, "STACK": world.directory / "compose.yaml", "USER_ID": USER}
    with machine_without_engine(HIDE_FROM_USER, **view) as pid:
        def inside(*words, **options):
            enter = ["nsenter", f"--target={pid}", "--mount", "--wdns=/home/hoist-user"]
            return world.run(as_root(*enter, *words, **settings), **options)

        def hoist(*words, **options):
            return inside("setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups", "/home/hoist-user/hoist", *words,
                          **options)

        try:
            socket = f"/run/user/{USER}/hoist/podman.sock"
            has(hoist("version", "--engine").out, "Podman", socket, "started by hoist")
            give_busybox(world, inside, socket)
            from_up_to_down(hoist)
        finally:
            hoist("down", code=None)
            # Podman's service and the process that keeps its namespaces: all that the user has.
            inside("sh", "-c", END_ALL_OF_USER.format(user=USER), code=None)


def from_up_to_down(hoist):
    """A project's life with the engine that hoist has started."""
    hoist("up", "-d")
    assert sorted(hoist("ps", "--services").out.split()) == ["db", "web"]
    assert hoist("exec", "-T", "web", "sh", "-c", "echo in the container; exit 3", code=3).out == "in the container\n"
    assert hoist("run", "--rm", "-T", "--no-deps", "web", "sh", "-c", "exit 4", code=4).out == ""
    has(hoist("logs", "--no-color", "web").out, "web is here")
    hoist("down")
    assert hoist("ps", "-a", "-q").out == ""


def give_busybox(world, inside, socket):
    """Copies the image from the engine under test; the one in there has no registry either."""
    archive = world.directory / "busybox.tar"
    with archive.open("wb") as file:
        file.write(world.answer("GET", "/images/busybox:latest/get"))
    loaded = inside("curl", "-sf", "--unix-socket", socket, "-H", "Content-Type: application/x-tar",
                    "-T", archive, "-X", "POST", "http://engine/v1.41/images/load")
    has(loaded.out, "busybox")
