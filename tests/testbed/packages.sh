#!/usr/bin/env bash
# The Debian 12 packages that this project needs, in one place.
#
#   packages.sh install GROUP...   install what is missing of the groups; quick when nothing is
#   packages.sh list GROUP...      print their names
#
# Groups: build (compile hoist), test (everything tests/run uses beside it), engine (a Docker engine),
# podman (an engine without a daemon), images (making base images without a registry).
set -euo pipefail

build=(g++ cmake ninja-build ccache libyaml-cpp-dev nlohmann-json3-dev nettle-dev
  libfmt-dev libboost-dev libxxhash-dev libzstd-dev zlib1g-dev)
engine=(docker.io iptables iproute2 curl ca-certificates)
podman=(podman netavark aardvark-dns iptables curl uidmap slirp4netns)
images=(busybox-static debootstrap python3-minimal curl)
test=(catch2 clang-14 clang-format-14 libclang-rt-14-dev git curl openssl python3 bash-completion zsh fish man-db mandoc
  docker-registry apache2-utils util-linux time)

usage() { sed -n '2,9p' "$0"; exit 2; }
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

names() {
  local group
  for group in "$@"; do
    case $group in
    build | engine | podman | images | test) local -n list=$group; printf '%s\n' "${list[@]}" ;;
    *) echo "packages.sh: unknown group '$group'" >&2; usage ;;
    esac
  done | sort -u
}

missing() {
  local name
  while read -r name; do
    dpkg-query -W -f '${db:Status-Status}\n' "$name" 2>/dev/null | grep -qx installed || echo "$name"
  done < <(names "$@")
}

[ $# -ge 2 ] || usage
verb=$1; shift
case $verb in
list) names "$@" ;;
install)
  names "$@" >/dev/null
  wanted=$(missing "$@")
  [ -n "$wanted" ] || exit 0
  echo "installing $(tr '\n' ' ' <<<"$wanted")" >&2
  log=$(mktemp)
  export DEBIAN_FRONTEND=noninteractive
  # shellcheck disable=SC2086  # one word per package
  { as_root apt-get update -q && as_root apt-get install -yq --no-install-recommends $wanted; } >"$log" 2>&1 </dev/null ||
    { tail -n 20 "$log" >&2; echo "packages.sh: apt could not install the packages; its output is in $log" >&2; exit 1; }
  rm -f "$log" ;;
*) usage ;;
esac
