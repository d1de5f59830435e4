"""Edits that come into running containers, by the rules under `develop.watch`."""
import os

from harness import eventually, watching

PROJECT = """services:
  web:
    build: .
    command: sh -c 'echo started >> /starts; exec sleep 600'
    stop_signal: SIGKILL
    scale: 2
    develop:
      watch:
        - {path: src, action: sync, target: /srv/app, ignore: ["*.log", cache/]}
        - {path: settings.ini, action: sync+restart, target: /etc/app/settings.ini}
        - {path: schema, action: sync+exec, target: /srv/schema, exec: {command: [sh, -c, "cat /srv/schema/*.sql > /srv/loaded"]}}
        - {path: Dockerfile, action: rebuild}
        - {path: trigger, action: restart}
"""


def make(world):
    world.write("compose.yaml", PROJECT)
    world.write("Dockerfile", "FROM busybox\nCOPY src /srv/app\nCOPY settings.ini /etc/app/settings.ini\nRUN mkdir /srv/schema\n")
    world.write("src/main.py", "one\n")
    world.write("settings.ini", "a=1\n")
    world.write("schema/1.sql", "create\n")
    world.write("trigger/now", "")


def in_all(world, command):
    """What the command prints in each container of the service."""
    return [world.hoist("exec", "-T", "--index", str(i), "web", "sh", "-c", command, code=None).out for i in (1, 2)]


def seen(world, command, text):
    eventually(f"{command} gives {text!r}", lambda: in_all(world, command) == [text, text])


def test_edits_come_into_every_container(world):
    """What is written, renamed or removed here is so in each replica; what is ignored stays behind."""
    make(world)
    with watching(world, "watch", "--quiet") as said:
        eventually("all is watched", lambda: said().count("->") == 6)
        world.write("src/main.py", "two\n")
        world.write("src/pages/new.py", "new\n")
        world.write("src/noise.log", "noise\n")
        world.write("src/cache/x", "x\n")
        seen(world, "cat /srv/app/main.py /srv/app/pages/new.py", "two\nnew\n")
        os.rename(world.directory / "src/pages", world.directory / "src/views")
        (world.directory / "src/main.py").unlink()
        seen(world, "cd /srv/app; find . -type f | grep -v hoist", "./views/new.py\n")
        assert in_all(world, "wc -l < /starts") == ["1\n", "1\n"], "nothing was restarted"


def test_rules_restart_run_and_rebuild(world):
    """Each action does what it is called, once for what belongs together; the watch goes on in the new containers."""
    make(world)
    with watching(world, "watch", "--quiet") as said:
        eventually("all is watched", lambda: said().count("->") == 6)
        world.write("settings.ini", "a=2\n")
        seen(world, "cat /etc/app/settings.ini; wc -l < /starts", "a=2\n2\n")
        world.write("schema/2.sql", "alter\n")
        seen(world, "cat /srv/loaded", "create\nalter\n")
        world.write("trigger/now", "again")
        seen(world, "wc -l < /starts", "3\n")
        before = world.ids()
        world.write("Dockerfile", "FROM busybox\nCOPY src /srv/app\nCOPY settings.ini /etc/app/settings.ini\nENV BUILT=again\n")
        eventually("it was rebuilt", lambda: "watch: web: rebuilt" in said(), seconds=90)
        assert not set(before.values()) & set(world.ids().values()), "all containers are new"
        world.write("src/main.py", "three\n")
        seen(world, "cat /srv/app/main.py; echo $BUILT", "three\nagain\n")


def test_a_watch_outlives_what_goes_wrong(world):
    """A build that fails is told; a container that is killed and one that is made anew by others are watched again."""
    make(world)
    with watching(world, "watch", "--quiet") as said:
        eventually("all is watched", lambda: said().count("->") == 6)
        world.write("Dockerfile", "FROM busybox\nCOPY nowhere /srv/app\n")
        eventually("the failure", lambda: "nowhere" in said() and "goes on" in said(), seconds=90)
        world.write("Dockerfile", "FROM busybox\nCOPY src /srv/app\nCOPY settings.ini /etc/app/settings.ini\n")
        eventually("the mended build", lambda: "watch: web: rebuilt" in said(), seconds=90)
        world.hoist("kill", "web")
        world.write("src/main.py", "while it was down\n")
        world.hoist("start", "web")
        seen(world, "cat /srv/app/main.py", "while it was down\n")
        world.hoist("up", "-d", "--force-recreate")
        world.write("src/main.py", "made anew\n")
        seen(world, "cat /srv/app/main.py", "made anew\n")


def test_what_the_container_changed_is_left_alone(world):
    """A file that has changed there too is a conflict that is told; the container's is kept."""
    make(world)
    with watching(world, "watch", "--quiet") as said:
        eventually("all is watched", lambda: said().count("->") == 6)
        in_all(world, "echo mine > /srv/app/main.py")
        world.write("src/main.py", "yours\n")
        eventually("the conflict is told", lambda: "main.py: it has changed in the container too" in said())
        assert in_all(world, "cat /srv/app/main.py") == ["mine\n", "mine\n"]


def test_files_belong_to_the_user_of_the_container(world):
    """What is carried over belongs to the USER of the image, also where only its name is given."""
    world.write("compose.yaml", """services:
  web:
    build: .
    command: sleep 600
    stop_signal: SIGKILL
    develop:
      watch:
        - {path: src, action: sync, target: /home/app/src}
""")
    world.write("Dockerfile", "FROM busybox\nRUN echo app:x:4321:4321::/home/app:/bin/sh >> /etc/passwd\nUSER app\n")
    world.write("src/a", "a\n")
    with watching(world, "watch", "--quiet") as said:
        eventually("it is watched", lambda: "->" in said())
        world.write("src/b", "b\n")
        owners = lambda: world.hoist("exec", "-T", "web", "stat", "-c", "%U", "/home/app/src", "/home/app/src/a",
                                     "/home/app/src/b", code=None).out
        eventually("the owner", lambda: owners() == "app\napp\napp\n")
        world.hoist("exec", "-T", "web", "sh", "-c", "echo mine >> /home/app/src/b")


def test_a_container_that_takes_nothing_is_told(world):
    """A read-only container is named once; the others are watched."""
    world.write("compose.yaml", """services:
  web: &web
    image: busybox
    command: sleep 600
    stop_signal: SIGKILL
    develop: {watch: [{path: src, action: sync, target: /srv/app}]}
  fixed: {<<: *web, read_only: true}
""")
    world.write("src/a", "a\n")
    with watching(world, "watch") as said:
        eventually("it is told", lambda: "watch: fixed: the container is read-only" in said())
        eventually("the other is watched", lambda: "watch: web: src -> /srv/app" in said())
        world.write("src/a", "b\n")
        eventually("the edit", lambda: world.hoist("exec", "-T", "web", "cat", "/srv/app/a", code=None).out == "b\n")
        assert said().count("watch: fixed") == 1, said()


def test_up_with_a_watch(world):
    """up --watch shows the output and carries edits over; it stays when a rebuild ends every container."""
    make(world)
    with watching(world, "up", "--watch", "--build", "--quiet-build") as said:
        eventually("all is watched", lambda: said().count("->") == 6)
        world.write("src/main.py", "two\n")
        seen(world, "cat /srv/app/main.py", "two\n")
        world.write("trigger/now", "again")
        seen(world, "wc -l < /starts", "2\n")
        world.write("Dockerfile", "FROM busybox\nCOPY src /srv/app\nCOPY settings.ini /etc/app/settings.ini\nENV BUILT=again\n")
        eventually("it was rebuilt", lambda: "watch: web: rebuilt" in said(), seconds=90)
        seen(world, "echo $BUILT", "again\n")
    assert world.running() == [], "the interrupt has stopped the containers"


def test_nothing_to_watch(world):
    """A project without rules is told what to write; a path that is not there does not end the rest."""
    world.write("compose.yaml", "services: {a: {image: busybox}}\n")
    result = world.hoist("watch", code=2)
    assert "develop.watch" in result.err, result
    make(world)
    world.write("compose.yaml", PROJECT.replace("path: trigger", "path: nowhere"))
    with watching(world, "watch", "--quiet") as said:
        eventually("the rest is watched", lambda: said().count("->") == 6)
        assert "nowhere' to watch" in said(), said()
