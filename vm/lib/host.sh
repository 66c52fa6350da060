# SPDX-License-Identifier: Apache-2.0
# What this machine offers: messages, missing tools, and the cache of everything downloaded or built.

cache=${XDG_CACHE_HOME:-$HOME/.cache}/dmaheap/vm
mkdir -p "$cache"/{built,download,lock,log}

say() { echo "vm: $*" >&2; }
fail() { echo "vm: $*" >&2; exit 125; }

# install_missing COMMAND=PACKAGE...: installs the packages whose commands (or files, when given with a slash) are missing.
install_missing() {
  local pair packages=()
  for pair in "$@"; do
    if [[ $pair == /* ]]; then [ -e "${pair%%=*}" ]; else command -v "${pair%%=*}" >/dev/null; fi || packages+=("${pair#*=}")
  done
  [ ${#packages[@]} -gt 0 ] || return 0
  [ "$(id -u)" = 0 ] || fail "missing here: run as root: apt-get install --no-install-recommends ${packages[*]}"
  say "installing ${packages[*]}"
  # a fresh machine may have no package lists yet, or stale ones: then refresh them and try once more
  with_lock apt sh -c 'apt-get install -y --no-install-recommends "$@" || { apt-get update && apt-get install -y --no-install-recommends "$@"; }' \
    apt "${packages[@]}" >"$cache/log/apt.log" 2>&1 </dev/null || fail "apt-get failed, see $cache/log/apt.log"
}

# with_lock NAME COMMAND...: runs COMMAND while no other run holds NAME.
with_lock() {
  (
    exec 9>"$cache/lock/$1"
    flock 9
    shift
    DEBIAN_FRONTEND=noninteractive "$@" 9>&-
  )
}

# digest STRING...: a short name for exactly these inputs. An argument that names a file stands for its content.
digest() {
  local input
  for input in "$@"; do
    if [ -f "$input" ]; then sha256sum <"$input"; else echo "= $input"; fi
  done | sha256sum | cut -c1-16
}

# built NAME DIGEST FUNCTION [HOW-LONG]: prints the cached folder NAME-DIGEST. When it is new, FUNCTION fills it, as the working directory;
# it appears under its name only when complete, so a run that dies half-way leaves nothing to trip over.
built() {
  local folder=$cache/built/$1-$2
  if [ ! -d "$folder" ]; then
    with_lock "$1-$2" fill_folder "$folder" "$3" "${4:-}" || fail "building $1 failed, see $cache/log/$1.log"
  fi
  echo "$folder"
}

fill_folder() { # FOLDER FUNCTION HOW-LONG
  [ ! -d "$1" ] || return 0 # another run was first
  local name started=$SECONDS status=0 builder pulse
  name=$(basename "${1%-*}")
  say "building $name${3:+ ($3)}"
  rm -rf "$1.part"
  mkdir "$1.part"
  # a separate shell, because `set -e` is off inside a function that someone tests with ||
  ( set -e; cd "$1.part"; "$2" ) >"$cache/log/$name.log" 2>&1 &
  builder=$!
  while sleep 60 >/dev/null 2>&1; do say "still building $name: $(tail -n 1 "$cache/log/$name.log" | cut -c1-100)"; done &
  pulse=$!
  wait "$builder" || status=1
  kill "$pulse"
  [ "$status" = 0 ] || return 1
  mv "$1.part" "$1"
  say "built $name in $((SECONDS - started)) s"
}
