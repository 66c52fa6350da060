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

# built NAME DIGEST FUNCTION [HOW-LONG]: prints the cached folder NAME-DIGEST. When it is new, FUNCTION fills it, as the working
# directory; it appears under its name only when complete, so a run that dies half-way leaves nothing to trip over.
# Neither this nor its callers may stand before || or in a condition: that would switch `set -e` off inside FUNCTION.
built() {
  local folder=$cache/built/$1-$2
  [ -d "$folder" ] || with_lock "$1-$2" fill_folder "$folder" "$3" "${4:-}"
  touch "$folder"
  echo "$folder"
}

# Runs in the subshell of with_lock, to which its trap and its variables belong.
fill_folder() { # FOLDER FUNCTION HOW-LONG
  [ ! -d "$1" ] || return 0 # another run was first
  filling=$(basename "${1%-*}")
  local log=$cache/log/$filling.log started=$SECONDS
  say "building $filling${3:+ ($3)}"
  # what nobody used for a month was made from packages or files that have changed since
  find "$cache/built" "$cache/download" -mindepth 1 -maxdepth 1 -mtime +30 -exec rm -rf {} +
  rm -rf "$1.part"
  mkdir "$1.part"
  while sleep 60 >/dev/null 2>&1; do say "still building $filling: $(tail -n 1 "$log" | cut -c1-100)"; done &
  pulse=$!
  trap 'kill "$pulse"; [ -z "$filling" ] || fail "building $filling failed, see $cache/log/$filling.log"' EXIT
  (cd "$1.part" || exit; "$2") >"$log" 2>&1
  mv "$1.part" "$1"
  say "built $filling in $((SECONDS - started)) s"
  filling=''
}
