# SPDX-License-Identifier: Apache-2.0
# The guest's file system. It is several cpio archives in a row, which the kernel unpacks over one another: the cached base
# (busybox, Java, modules) and, made anew for every run, what changes: the application, shared folders and the command.

# pack FOLDER: the folder as a cpio archive, owned by root whoever packs it.
pack() {
  (cd "$1" && find . -mindepth 1 -print0 | LC_ALL=C sort -z | cpio -0 -o -H newc -R 0:0 --quiet)
}

# lay_busybox FOLDER BUSYBOX NAMES: one link for each name that busybox answers to.
lay_busybox() {
  local name
  mkdir -p "$1"/{bin,dev,etc,home,opt,proc,root,run,sys,tmp,usr}
  ln -s ../bin "$1/usr/bin"
  ln -s bin "$1/sbin"
  ln -s ../bin "$1/usr/sbin"
  cp "$2" "$1/bin/busybox"
  chmod 755 "$1/bin/busybox"
  for name in $3; do
    [ "$name" = busybox ] || ln -s busybox "$1/bin/$name"
  done
}

# job_archive FOLDER COMMAND...: the archive of this run, gathered in FOLDER.
job_archive() {
  local folder=$1 share target word
  shift
  mkdir -p "$folder/job"
  cp "$vm/lib/guest-init" "$folder/init"
  cp "$vm/$system/guest-setup" "$folder/job/setup"
  chmod 755 "$folder/init"
  printf 'user=%s\nsystem=%s\nmodules=%s\n' "$user" "$system" "$modules" >"$folder/job/settings"
  printf 'exec ' >"$folder/job/command"
  for word in "$@"; do # single quotes keep everything but themselves
    printf "'%s' " "${word//\'/\'\\\'\'}"
  done >>"$folder/job/command"
  for share in "${shares[@]}"; do
    target=$folder/${share#*=}
    mkdir -p "$target"
    cp -a -- "${share%%=*}/." "$target"
    rm -f "$target/start.aot" # what this machine's Java recorded is of no use to the guest's
  done
  pack "$folder"
}
