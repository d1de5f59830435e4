"""Completion in real shells: each finds the installed script by itself, and what it then offers is looked at."""
import pathlib

from harness import NotForThisEngine

STACK = """
services:
  web: {image: busybox, profiles: [tools]}
  worker: {image: busybox, profiles: [jobs, tools]}
  db: {image: busybox}
"""
OTHER = "services: {elsewhere: {image: busybox}}\n"

# Completes the words that follow, as bash does at TAB. bash cuts words at '=' before it asks.
BASH = """
. /usr/share/bash-completion/bash_completion
_completion_loader hoist
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
$(complete -p hoist | sed 's/.*-F \\([^ ]*\\).*/\\1/') 2>/dev/null
printf '%s\\n' "${COMPREPLY[@]}"
"""
# Types a line into an interactive zsh, asks for completions and prints what compadd was given and found to match.
ZSH = """
zmodload zsh/zpty
zpty shell zsh -f -i
await() { local piece; REPLY=; while zpty -r shell piece "*$1*"; do REPLY+=$piece; [[ $REPLY == *$1* ]] && return; done }
zpty -w shell "PS1=; fpath=(${(q)1} \\$fpath); autoload -Uz compinit; compinit -u -d ${(q)HOME}/zcompdump"
zpty -w shell 'compadd() { [[ "${@[1,(i)(-|--)]}" == *-(O|A|D)\\ * ]] && { builtin compadd "$@"; return }
local -a hits; builtin compadd -A hits "$@"; print -rl -- "<<"${^hits}">>" }
offer() { _main_complete; compstate[insert]= compstate[list]=; print "<<""end>>" }
zle -C offer complete-word offer; bindkey "^T" offer; print rea""dy'
await ready
zpty -w -n shell "$2"$'\\C-T'
await '<<end>>'
print -r -- ${(q-)REPLY} >&2
print -r -- $REPLY | tr -d '\\r' | grep -o '<<[^>]*>>' | grep -v '<<end>>' | sed 's/^<<//; s/>>$//'
zpty -d shell
"""


def in_bash(world, share, *words):
    cut = [part for word in words for part in ([*word.partition("=")] if "=" in word else [word])]
    if cut[-1] == "" and words[-1].endswith("="):
        cut.pop()
    done = world.run(["bash", "--norc", "-c", BASH, "bash", "hoist", *cut], XDG_DATA_DIRS=f"{share}:/usr/share",
                     PATH=path_with(world))
    return done.out.split("\n")[:-1]


def in_zsh(world, share, *words):
    done = world.run(["zsh", "-f", "-c", ZSH, "zsh", share / "zsh" / "site-functions", " ".join(["hoist", *words])],
                     PATH=path_with(world), code=None)
    return done.out.split("\n")[:-1]


def in_fish(world, share, *words):
    done = world.run(["fish", "-c", 'complete -C "$argv"', "hoist", *words], XDG_DATA_DIRS=f"{share}:/usr/share",
                     XDG_CONFIG_HOME=world.directory / ".config", PATH=path_with(world))
    return [line.split("\t")[0] for line in done.out.split("\n")[:-1]]


def path_with(world):
    return f"{pathlib.Path(world.hoist_path).parent}:/usr/bin:/bin"


def after_equals(word):
    """bash puts only what comes after its last cut in place."""
    return word.rpartition("=")[2]


def offered(world, shell, *words):
    """What `shell` offers for the last of the words."""
    share = pathlib.Path(world.hoist_path).parents[1] / "share"
    found = {"bash": in_bash, "zsh": in_zsh, "fish": in_fish}[shell](world, share, *words)
    return {after_equals(word).rstrip("/") for word in found if word}


def check_shell(world, shell):
    if world.engine != "docker20":
        raise NotForThisEngine("completion asks no engine: once is enough")
    world.write("compose.yaml", STACK)
    world.write("other.yaml", OTHER)
    world.write("sub/settings.env", "")

    def exactly(expected, *words):
        assert offered(world, shell, *words) == expected, f"{shell}: {words} gave {offered(world, shell, *words)}"

    def among(expected, *words):
        assert expected <= offered(world, shell, *words), f"{shell}: {words} gave {offered(world, shell, *words)}"

    among({"up", "logs", "down", "exec"}, "")                                   # commands
    exactly({"logs"}, "lo")
    assert "__complete" not in offered(world, shell, "")
    exactly({"web", "worker", "db"}, "logs", "")                                # services of every profile
    exactly({"web", "worker"}, "logs", "-f", "w")                               # -f of logs takes no value
    exactly({"web", "worker", "db"}, "up", "-d", "db", "")
    exactly({"elsewhere"}, "-f", "other.yaml", "logs", "")                      # of another file, both spellings
    exactly({"elsewhere"}, "--file=other.yaml", "logs", "")
    exactly({"jobs", "tools"}, "--profile", "")                                 # profiles
    exactly({"tools"}, "--profile", "t")
    among({"--follow", "--tail", "--help"}, "logs", "--")                       # options
    exactly({"--no-color"}, "logs", "--no-c")
    among({"--file", "--profile"}, "--")
    exactly({"auto", "tty", "plain", "json", "quiet"}, "--progress", "")        # values, both spellings
    exactly({"plain"}, "--progress=p")
    exactly({"table", "json"}, "ps", "--format", "")
    among({"compose.yaml", "other.yaml"}, "-f", "")                             # files, directories
    exactly({"other.yaml"}, "--file=o")
    exactly({"sub"}, "--project-directory", "")
    exactly({"bash", "zsh", "fish"}, "completion", "")
    exactly(set(), "exec", "web", "")                                           # another program's words
    exactly(set(), "-f", "missing.yaml", "logs", "")


def test_completion_in_bash(world):
    """bash: commands, options, their values, services, profiles, files."""
    check_shell(world, "bash")


def test_completion_in_zsh(world):
    """zsh: the same."""
    check_shell(world, "zsh")


def test_completion_in_fish(world):
    """fish: the same."""
    check_shell(world, "fish")


def test_manual_page(world):
    """The manual page is where man finds it and has nothing that groff or mandoc complain about."""
    if world.engine != "docker20":
        raise NotForThisEngine("a page asks no engine: once is enough")
    page = pathlib.Path(world.hoist_path).parents[1] / "share" / "man" / "man1" / "hoist.1"
    shown = world.run(["man", "--warnings", "hoist"], MANPATH=page.parents[1], MANWIDTH="80", LC_ALL="C.UTF-8")
    assert shown.err == "", shown
    assert "hoist logs" in shown.out and "EXIT STATUS" in shown.out, shown
    lint = world.run(["mandoc", "-Tlint", "-Wwarning", page], code=None)
    # The page has no date: two builds of one source are the same.
    assert [line for line in lint.out.splitlines() if "missing date" not in line] == [], lint
