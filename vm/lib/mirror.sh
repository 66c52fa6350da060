# SPDX-License-Identifier: Apache-2.0
# Packages of Debian's mirror, each checked from Debian's signature down to the last byte:
# keyring -> InRelease -> index -> package.

keyring=/usr/share/keyrings/debian-archive-keyring.gpg
index_days=7 # how long an index is believed before it is fetched again

# The mirror is the one that this machine's own apt sources name for its own release.
debian_mirror() {
  local codename
  codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
  apt-get indextargets --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' |
    awk -v codename="$codename" '$2 == "main" && ($1 == codename || $1 ~ /^(stable|testing|unstable|sid)$/) { print $3; exit }' | grep . ||
    fail "the apt sources of this machine name no Debian mirror"
}

fetch() { # URL FILE
  curl -sSfL --retry 3 --connect-timeout 20 -o "$2" "$1"
}

# verified_index SUITE PATH: prints the file that holds dists/SUITE/PATH.
verified_index() {
  local suite=$1 path=$2 file mirror part
  file=$cache/download/$suite-${path//\//_}
  if [ -z "$(find "$file" -mtime "-$index_days" 2>/dev/null)" ]; then
    install_missing curl=curl gpgv=gpgv "$keyring=debian-archive-keyring"
    mirror=$(debian_mirror)
    part=$(mktemp -d "$cache/download/part.XXXXXX")
    if fetch "${mirror%/}/dists/$suite/InRelease" "$part/InRelease" && fetch "${mirror%/}/dists/$suite/$path" "$part/index"; then
      # gpgv --output gives only what is really signed; one good signature will do, as the file carries several
      gpgv --keyring "$keyring" --status-fd 3 --output "$part/Release" "$part/InRelease" 3>"$part/status" 2>/dev/null || true
      if grep -q 'VALIDSIG' "$part/status" && ! grep -q 'BADSIG' "$part/status"; then :; else
        fail "the signature of Debian's $suite does not verify with $keyring"
      fi
      awk -v path="$path" '/^SHA256:/ { on = 1; next } /^[^ ]/ { on = 0 } on && $3 == path { print $1 "  index"; found = 1 } END { exit !found }' \
        "$part/Release" >"$part/sum" || fail "Debian's $suite has no $path"
      (cd "$part" && sha256sum --quiet -c sum) >&2 || fail "the index $path of $suite is not the signed one"
      mv "$part/index" "$file"
    elif [ -f "$file" ]; then
      say "cannot refresh the index of $suite, using the one from $(date -r "$file" +%F)"
    else
      fail "cannot fetch the index of $suite"
    fi
    rm -rf "$part"
  fi
  echo "$file"
}

# find_packages SUITE ARCH REGEX: prints NAME VERSION SHA256 PATH of each package whose whole name matches REGEX, the newest last.
# The answer, which may be empty, is kept beside the index, because reading a big index takes a second.
find_packages() {
  local index answer
  index=$(verified_index "$1" "main/binary-$2/Packages.xz") || exit
  answer=$index.all.$(digest "$3")
  if [ ! "$answer" -nt "$index" ]; then
    xz -dc "$index" | awk -v regex="^($3)\$" 'BEGIN { RS = ""; FS = "\n" }
        { name = substr($1, 10); if (name !~ regex) next
          for (i = 2; i <= NF; i++) { split($i, field, ": "); value[field[1]] = field[2] }
          print name, value["Version"], value["SHA256"], value["Filename"] }' |
      sort -V >"$answer.$$"
    mv "$answer.$$" "$answer"
  fi
  cat "$answer"
}

# fetch_source SUITE PACKAGE REGEX: prints the verified local file whose name matches REGEX of that source package.
fetch_source() {
  local index found
  index=$(verified_index "$1" main/source/Sources.xz) || exit
  found=$index.$(digest "$2" "$3")
  if [ ! "$found" -nt "$index" ]; then
    xz -dc "$index" | awk -v package="$2" -v regex="$3" 'BEGIN { RS = ""; FS = "\n" }
        substr($1, 10) == package {
          for (i = 2; i <= NF; i++) {
            if ($i ~ /^Directory: /) folder = substr($i, 12)
            sums = $i ~ /^ / ? sums : $i == "Checksums-Sha256:" || $i == "Checksums-Sha256: "
            if (sums && split($i, part, " ") == 3 && part[3] ~ regex) { sum = part[1]; name = part[3] }
          }
          print sum, folder "/" name
        }' | sort -k2,2V | tail -1 | grep . >"$found.$$" || fail "Debian's $1 has no source package $2 with $3"
    mv "$found.$$" "$found"
  fi
  # shellcheck disable=SC2046 # two words: the sum and the path
  fetch_checked $(cat "$found")
}

# fetch_checked SHA256 PATH: prints the local file with the mirror's PATH.
fetch_checked() {
  try_fetch "$@" || fail "cannot fetch ${2##*/} from the mirror"
}

# try_fetch SHA256 PATH: the same, but fails alone when the mirror does not have the file. It may stand before ||.
try_fetch() {
  local file=$cache/download/${1:0:16}-${2##*/} mirror
  if [ ! -f "$file" ]; then
    install_missing curl=curl || exit
    mirror=$(debian_mirror) || exit
    fetch "${mirror%/}/$2" "$file.$$" || return 1
    echo "$1  $file.$$" | sha256sum --quiet -c >&2 || { rm -f "$file.$$"; fail "${2##*/} is not the file that Debian signed"; }
    mv "$file.$$" "$file"
  fi
  touch "$file"
  echo "$file"
}

# fetch_package SUITE ARCH REGEX: prints the verified .deb of the newest package whose whole name matches REGEX. If the mirror has
# replaced it since the index was read, the index is read again, once.
fetch_package() {
  local found sum path
  found=$(newest_package "$@") || exit
  read -r sum path <<<"$found"
  try_fetch "$sum" "$path" && return
  say "the mirror has no ${path##*/} any more, reading its index again"
  touch -d "@$(($(date +%s) - (index_days + 1) * 86400))" "$cache/download/$1-main_binary-$2_Packages.xz"
  found=$(newest_package "$@") || exit
  read -r sum path <<<"$found"
  fetch_checked "$sum" "$path"
}

newest_package() {
  local found
  found=$(find_packages "$@" | tail -n 1) || exit
  [ -n "$found" ] || fail "Debian's $1 has no package $3 for $2"
  cut -d' ' -f3,4 <<<"$found"
}

# unpack DEB FOLDER [TAR ARGUMENT...]: what of the package is wanted, all if nothing is said.
unpack() {
  local deb=$1 folder=$2
  shift 2
  mkdir -p "$folder"
  dpkg-deb --fsys-tarfile "$deb" | tar -C "$folder" -x "$@"
}
