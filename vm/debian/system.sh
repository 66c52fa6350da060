# SPDX-License-Identifier: Apache-2.0
# Debian's stock amd64 kernel. Nothing is compiled: the kernel and its modules come from Debian's packages, Java from this machine's JDK.

. "$project/.build/jdk.sh"
. "$vm/lib/java.sh"

known_series=(6.12 7.2 7.3)

prepare_system() {
  local busybox jdk base kernel_debs chosen version suite package
  [ "$(uname -m)" = x86_64 ] || fail "the system debian takes its Java from this machine, so it needs an x86-64 one"
  install_missing qemu-system-x86_64=qemu-system-x86 cpio=cpio modinfo=kmod xz=xz-utils mkfs.erofs=erofs-utils
  jdk=$(find_jdk 25) || exit 125
  chosen=$(choose_kernel) || exit
  read -r _ version suite package <<<"$chosen"
  say "linux $version"
  kernel_debs=$(fetch_kernel "$suite" "$package")
  busybox=$(fetch_package trixie amd64 busybox-static)
  base=$(built debian "$(digest "$kernel_debs" "$busybox" "$jdk" "$jdk/release" "$vm/lib/java.sh" "$vm/debian/system.sh" "$vm/lib/initramfs.sh")" build_base)
  kernel=$base/vmlinuz
  base_initramfs=$base/base.cpio
  kernel_words="console=ttyS0"
  # With a host thread per processor, qemu 7.2 lets one of them see half-patched kernel code: one boot in ten died with "Oops: int3".
  machine=(qemu-system-x86_64 -machine q35 -accel "tcg,thread=single" -cpu qemu64 -serial "file:$run/console"
    -drive "if=none,id=java,format=raw,readonly=on,file=$base/java.img" -device virtio-blk-pci,drive=java)
  : "${cpus:=1}"
}

archive_kernels() {
  local suite
  for suite in trixie trixie-backports; do
    find_packages "$suite" amd64 'linux-(image|binary)-[0-9]+[.][0-9]+[.][0-9]+[+]deb13-amd64' |
      awk -v suite="$suite" '
        { split($1, part, "-"); if (!(part[3] in package) || part[2] == "binary") package[part[3]] = $1 } # beside a binary, the image is empty
        END { for (version in package) { split(version, number, "."); print number[1] "." number[2], version "-amd64", suite, package[version] } }'
  done
}

# Prints the .deb files that hold the kernel SUITE PACKAGE and its modules.
fetch_kernel() {
  local name=${2//+/[+]}
  fetch_package "$1" amd64 "${name//./[.]}"
  # signed image and modules are packages of their own since 7.0
  [[ $2 != linux-binary-* ]] || fetch_package "$1" amd64 "linux-modules-${name#linux-binary-}"
}

# Leaves: vmlinuz, base.cpio, java.img
build_base() {
  local deb module number loaded=' ' java=$PWD/java
  for deb in $kernel_debs; do
    unpack "$deb" kernel --exclude=./usr/share
  done
  mv "$(find kernel -name 'vmlinuz*')" vmlinuz
  mkdir -p root/modules/{disk,devices}
  number=10
  # 6.12 looks for this checksum by its name only, so that no dependency is recorded
  [ -z "$(find kernel -name crc32c_generic.ko.xz)" ] || add_module disk crc32c_generic
  for module in virtio_blk erofs; do add_module disk "$module"; done
  for module in vgem vivid; do add_module devices "$module"; done
  unpack "$busybox" busybox
  lay_busybox root busybox/usr/bin/busybox "$(busybox/usr/bin/busybox --list)"
  "$jdk/bin/jlink" --add-modules "$java_modules" --strip-java-debug-attributes --no-header-files --no-man-pages --compress zip-0 \
    --add-options "$java_options" --generate-cds-archive --output java
  rm -rf java/legal java/lib/server/classes_nocoops.jsa # that archive is for heaps beyond 32 GiB
  add_libraries
  pack root >base.cpio
  mkfs.erofs --quiet --all-root java.img java
  rm -rf kernel busybox root java
}

# add_module GROUP NAME: puts the module into the guest after those that it depends on; the numbers are the order of loading.
add_module() {
  local group=$1 name=$2 file needed
  [[ $loaded != *" $name "* ]] || return 0
  file=$(find kernel -name "${name//[-_]/[-_]}.ko.xz")
  [ -n "$file" ] || { echo "no module $name" >&2; return 1; }
  loaded+="$name "
  for needed in $(modinfo -F depends "$file" | tr , ' '); do add_module "$group" "$needed"; done
  xz -dc "$file" >"root/modules/$group/$number-$name.ko"
  number=$((number + 1))
}

# The C library and whatever else Java links to, at the same paths as on this machine; and the C.UTF-8 locale,
# without which Java would take the words of its command line for ASCII.
add_libraries() {
  find "$java" -type f \( -name '*.so' -o -path '*/bin/*' \) -exec ldd {} \; 2>/dev/null |
    sed -n 's/.*\(=> \|\t\)\(\/[^ ]*\) (.*/\2/p' | grep -v "^$java" | sort -u | xargs cp -L --parents -t root
  ! [ -d /usr/lib/locale/C.utf8 ] || cp -r --parents /usr/lib/locale/C.utf8 root
}
