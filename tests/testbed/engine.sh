#!/usr/bin/env bash
# Engines, base images, a registry and the peer to compare with, all from Debian's own packages.
#
#   engine.sh up         a Docker engine on /var/run/docker.sock: the one that answers there already, or
#                        Debian's docker.io (20.10, API 1.41)
#   engine.sh newest     Debian sid's engine (28.5, API 1.51), unpacked, not installed, beside the other one
#   engine.sh podman     Podman's Docker-compatible API (4.3), with a storage of its own
#   engine.sh base       busybox:latest and debian:bookworm-slim in the engine that DOCKER_HOST names
#   engine.sh compose    Docker Compose 2.40 and buildx, unpacked as plugins of a Docker config of their own
#   engine.sh registry   Debian's docker-registry on 127.0.0.1 with a login
#   engine.sh down       stop and remove what the verbs above started
#
# `up`, `newest` and `podman` print DOCKER_HOST=..., `compose` prints PEER_CONFIG=... (a DOCKER_CONFIG), `registry`
# REGISTRY=, REGISTRY_USER= and REGISTRY_PASSWORD= lines; all can be eval'ed. What it is doing goes to stderr.
# Every verb can be repeated and is quick when its work is done. Needs root.
#
# State: /run/hoist-testbed (sockets, pids, logs), /var/lib/hoist-testbed (engines' data), /var/cache/hoist-testbed
# (downloads and base images; HOIST_TESTBED_CACHE names another place).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=${HOIST_TESTBED_CACHE:-/var/cache/hoist-testbed}
run=/run/hoist-testbed
data=/var/lib/hoist-testbed
registry_address=127.0.0.1:5055
newest_bridge=hoist-tb0
newest_range=172.30.0.0/16

say() { echo "testbed: $*" >&2; }
fail() { echo "testbed: $*" >&2; exit 1; }
packages() { "$here/packages.sh" install "$@"; }

# The Debian mirror that this machine's apt uses.
mirror() { apt-get indextargets --format '$(REPO_URI)' 'Codename: bookworm' | head -n 1; }

answers() { curl -sf --max-time 2 --unix-socket "$1" http://engine/_ping >/dev/null 2>&1; }

# await_engine SOCKET LOG: until the engine answers, 30 seconds at most.
await_engine() {
  local _
  for _ in $(seq 150); do ! answers "$1" || return 0; sleep 0.2; done
  tail -n 5 "$2" >&2 || true
  fail "no engine answers on $1; its log is $2"
}

# start NAME COMMAND...: in a session of its own, with $run/NAME.log and $run/NAME.pid.
start() {
  local name=$1; shift
  # In a directory that stays: Podman can start no container once its own is gone.
  (cd / && exec setsid "$@") >"$run/$name.log" 2>&1 </dev/null 9>&- &
  echo $! >"$run/$name.pid"
}

alive() { [ -f "$run/$1.pid" ] && kill -0 "$(cat "$run/$1.pid")" 2>/dev/null; }

stop() {
  local pid _
  [ -f "$run/$1.pid" ] || return 0
  pid=$(cat "$run/$1.pid")
  kill "$pid" 2>/dev/null || true
  for _ in $(seq 150); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
  kill -9 "$pid" 2>/dev/null || true
  rm -f "$run/$1.pid"
}

# unpack_sid DIRECTORY PACKAGE...: packages of Debian sid, unpacked and not installed.
unpack_sid() {
  local into=$1 package options; shift
  mkdir -p "$cache/lists/partial" "$into.part"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(mirror) sid main" >"$cache/sid.list"
  options=(-o "Dir::Etc::sourcelist=$cache/sid.list" -o Dir::Etc::sourceparts=/dev/null
    -o "Dir::State::Lists=$cache/lists" -o APT::Sandbox::User=root)
  apt-get "${options[@]}" update -q >/dev/null
  (cd "$cache" && apt-get "${options[@]}" download -q "$@" >/dev/null)
  for package in "$@"; do dpkg -x "$(ls -t "$cache/${package}"_*.deb | head -n 1)" "$into.part"; done
  rm -rf "$into"; mv "$into.part" "$into"
}

docker_20() {
  local socket=/var/run/docker.sock
  if ! answers "$socket"; then
    packages engine
    if [ -d /run/systemd/system ]; then
      say "starting the docker service"
      systemctl start docker
    elif ! alive dockerd; then
      say "starting dockerd"
      start dockerd dockerd
    fi
    await_engine "$socket" "$run/dockerd.log"
  fi
  echo "DOCKER_HOST=unix://$socket"
}

# The newest engine has a bridge and an address range of its own and leaves the tables of the firewall to the other
# engine (starting, an engine empties the chains that all engines name alike): the rules it needs are set here.
newest_rules() {   # newest_rules add|delete
  local action=$1 state rule table chain
  for rule in "nat POSTROUTING -s $newest_range ! -d $newest_range -j MASQUERADE" \
    "filter FORWARD -s $newest_range -j ACCEPT" "filter FORWARD -d $newest_range -j ACCEPT"; do
    # shellcheck disable=SC2086  # the rule's words
    set -- $rule
    table=$1 chain=$2; shift 2
    if iptables -w -t "$table" -C "$chain" "$@" 2>/dev/null; then state=present; else state=absent; fi
    case $action-$state in
    add-absent) iptables -w -t "$table" -I "$chain" "$@" ;;
    delete-present) iptables -w -t "$table" -D "$chain" "$@" ;;
    esac
  done
}

docker_newest() {
  local socket=$run/newest.sock root=$cache/newest
  if ! answers "$socket"; then
    packages engine
    if [ ! -x "$root/usr/sbin/dockerd" ]; then
      say "fetching the newest Docker engine from Debian sid"
      unpack_sid "$root" docker.io
    fi
    ln -sf "$(command -v docker-init || command -v tini || echo /bin/false)" "$root/usr/sbin/docker-init"
    if [ ! -d "/sys/class/net/$newest_bridge" ]; then
      ip link add "$newest_bridge" type bridge
      ip addr add 172.30.0.1/24 dev "$newest_bridge"
      ip link set "$newest_bridge" up
    fi
    sysctl -qw net.ipv4.ip_forward=1
    newest_rules add
    say "starting the newest dockerd"
    PATH=$root/usr/sbin:$root/usr/bin:$PATH start newest dockerd --data-root "$data/newest" --exec-root "$run/newest" \
      --pidfile "$run/newest-own.pid" --host "unix://$socket" --bridge "$newest_bridge" --iptables=false --ip6tables=false \
      --default-address-pool "base=172.30.128.0/17,size=24" --containerd-namespace hoist-testbed \
      --containerd-plugins-namespace hoist-testbed-plugins
    await_engine "$socket" "$run/newest.log"
  fi
  echo "DOCKER_HOST=unix://$socket"
}

# crun starts nothing on a machine of cgroup v1 that has controllers left in a tree of v2 beside it: those get a place of
# their own in v1, as all others there have.
settle_cgroups() {
  local place=/sys/fs/cgroup controller
  [ -s $place/unified/cgroup.controllers ] || return 0
  for controller in $(cat $place/unified/cgroup.controllers); do
    mkdir -p "$place/$controller"
    mount -t cgroup -o "$controller" cgroup "$place/$controller"
  done
}

podman_service() {
  local socket=$run/podman.sock
  if ! answers "$socket"; then
    packages podman
    settle_cgroups
    printf 'unqualified-search-registries = ["docker.io"]\n[[registry]]\nlocation = "%s"\ninsecure = true\n' \
      "$registry_address" >"$run/registries.conf"
    # Podman asks for higher limits than a machine without CAP_SYS_RESOURCE may give.
    printf '[containers]\ndefault_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]\n' >"$run/containers.conf"
    say "starting Podman's API service"
    CONTAINERS_CONF=$run/containers.conf CONTAINERS_REGISTRIES_CONF=$run/registries.conf start podman podman --root "$data/podman" --runroot "$run/podman" \
      system service --time=0 "unix://$socket"
    await_engine "$socket" "$run/podman.log"
  fi
  echo "DOCKER_HOST=unix://$socket"
}

# load_image NAME ARCHIVE: into the engine that DOCKER_HOST names, unless it has an image of that name.
load_image() {
  local socket=${DOCKER_HOST:-unix:///var/run/docker.sock} answer
  case $socket in unix://*) socket=${socket#unix://} ;; *) fail "base images can be loaded over a unix:// DOCKER_HOST only" ;; esac
  answers "$socket" || fail "no engine answers on $socket; start one with: $0 up"
  ! curl -sf --unix-socket "$socket" "http://engine/v1.41/images/$1/json" >/dev/null || return 0
  say "loading image $1"
  answer=$(curl -s --unix-socket "$socket" -H 'Content-Type: application/x-tar' -H 'Expect:' -T "$2" -X POST \
    "http://engine/v1.41/images/load")
  curl -sf --unix-socket "$socket" "http://engine/v1.41/images/$1/json" >/dev/null || fail "image $1 could not be loaded: $answer"
}

make_busybox() {
  local root applet
  root=$(mktemp -d)
  mkdir -p "$root/bin" "$root/etc" "$root/tmp" "$root/root" "$root/var/www"
  cp /bin/busybox "$root/bin/"
  for applet in $(/bin/busybox --list); do [ "$applet" = busybox ] || ln -s busybox "$root/bin/$applet"; done
  printf 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n' >"$root/etc/passwd"
  printf 'root:x:0:\nnogroup:x:65534:\n' >"$root/etc/group"
  chmod 1777 "$root/tmp"; chmod 755 "$root"
  tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -C "$root" -cf "$cache/busybox-root.tar" .
  rm -rf "$root"
  python3 "$here/image_archive.py" "$cache/busybox-root.tar" docker.io/library/busybox:latest "$cache/busybox.tar.part" sh
  mv "$cache/busybox.tar.part" "$cache/busybox.tar"; rm "$cache/busybox-root.tar"
}

make_debian() {
  local root proxy=
  root=$(mktemp -d)
  eval "$(apt-config shell proxy Acquire::http::Proxy)"
  http_proxy=${proxy:-${http_proxy:-}} debootstrap --variant=minbase bookworm "$root" "$(mirror)" >"$run/debootstrap.log" 2>&1 ||
    fail "debootstrap failed; its log is $run/debootstrap.log"
  rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/* "$root"/var/log/*.log \
    "$root"/usr/share/{doc,man,locale,info}/*
  echo 'Acquire::Languages "none";' >"$root/etc/apt/apt.conf.d/90image"
  [ -z "$proxy" ] || echo "Acquire::http::Proxy \"$proxy\";" >>"$root/etc/apt/apt.conf.d/90image"
  chmod 755 "$root"
  tar --sort=name --numeric-owner --one-file-system -C "$root" -cf "$cache/debian-root.tar" .
  rm -rf "$root"
  python3 "$here/image_archive.py" "$cache/debian-root.tar" docker.io/library/debian:bookworm-slim "$cache/debian.tar.part" bash
  mv "$cache/debian.tar.part" "$cache/debian.tar"; rm "$cache/debian-root.tar"
}

base_images() {
  packages images
  if [ ! -s "$cache/busybox.tar" ]; then
    say "making image busybox:latest"
    make_busybox
  fi
  load_image busybox:latest "$cache/busybox.tar"
  if [ ! -s "$cache/debian.tar" ]; then
    say "making image debian:bookworm-slim with debootstrap (once, about a minute)"
    make_debian
  fi
  load_image debian:bookworm-slim "$cache/debian.tar"
}

compose_peer() {
  local plugins=$cache/peer/cli-plugins
  packages engine
  if [ ! -x "$plugins/docker-compose" ]; then
    say "fetching Docker Compose from Debian sid"
    unpack_sid "$cache/peer-packages" docker-compose docker-buildx
    mkdir -p "$plugins"
    cp "$cache"/peer-packages/usr/libexec/docker/cli-plugins/* "$plugins/"
  fi
  echo "PEER_CONFIG=$cache/peer"
}

registry() {
  local user=hoist password=correct-horse
  if ! curl -s --max-time 2 -o /dev/null "http://$registry_address/v2/"; then
    packages test
    mkdir -p "$data/registry"
    htpasswd -Bbn "$user" "$password" >"$run/htpasswd"
    cat >"$run/registry.yml" <<CONFIG
version: 0.1
log: {level: warn}
storage: {filesystem: {rootdirectory: $data/registry}, delete: {enabled: true}}
http: {addr: "$registry_address"}
auth: {htpasswd: {realm: testbed, path: $run/htpasswd}}
CONFIG
    say "starting a registry on $registry_address"
    start registry docker-registry serve "$run/registry.yml"
    local _
    for _ in $(seq 100); do
      ! curl -s --max-time 2 -o /dev/null "http://$registry_address/v2/" || break
      sleep 0.1
    done
    alive registry || { tail -n 5 "$run/registry.log" >&2; fail "the registry did not start"; }
  fi
  printf 'REGISTRY=%s\nREGISTRY_USER=%s\nREGISTRY_PASSWORD=%s\n' "$registry_address" "$user" "$password"
}

# Containers would outlive their engine: they go first.
remove_containers() {
  local socket=$1 id
  answers "$socket" || return 0
  for id in $(curl -sf --unix-socket "$socket" 'http://engine/v1.41/containers/json?all=1' |
    python3 -c 'import json,sys; print(*[c["Id"] for c in json.load(sys.stdin)])' || true); do
    curl -sf --max-time 30 --unix-socket "$socket" -X DELETE "http://engine/v1.41/containers/$id?force=1&v=1" >/dev/null || true
  done
}

down() {
  [ -d "$run" ] || return 0
  ! alive newest || remove_containers "$run/newest.sock"
  ! alive podman || remove_containers "$run/podman.sock"
  ! alive dockerd || remove_containers /var/run/docker.sock
  local name
  for name in registry podman newest dockerd; do stop "$name"; done
  if [ -d "/sys/class/net/$newest_bridge" ]; then
    newest_rules delete
    ip link del "$newest_bridge" || true
  fi
  awk -v r="$run/" -v d="$data/" 'index($2, r) == 1 || index($2, d) == 1 {print $2}' /proc/mounts | sort -r |
    xargs -r -n1 umount -l 2>/dev/null || true
  rm -rf "$run" "$data/registry"
}

verb=${1:-}
case $verb in
up | newest | podman | base | compose | registry | down) ;;
*) sed -n '2,21p' "$0"; exit 2 ;;
esac
[ "$(id -u)" = 0 ] || exec sudo --preserve-env=DOCKER_HOST,HOIST_TESTBED_CACHE "$0" "$@"
mkdir -p "$run" "$data" "$cache"
command -v curl >/dev/null || packages engine
exec 9>"$run.lock"; flock 9
case $verb in
up) docker_20 ;;
newest) docker_newest ;;
podman) podman_service ;;
base) base_images ;;
compose) compose_peer ;;
registry) registry ;;
down) down ;;
esac
