# SPDX-License-Identifier: Apache-2.0
# An arm64 board with a secure world: own kernel, TF-A, U-Boot and OP-TEE, all built from Debian's source packages.
# Each piece is built on its own and cached by what went into it; the kernel is the only slow one.

. "$vm/lib/java.sh"
. "$vm/board/kernel.sh"
. "$vm/board/firmware.sh"
. "$vm/board/root.sh"

known_series=(7.2)

archive_kernels() {
  find_packages trixie-backports arm64 'linux-source-[0-9]+[.][0-9]+' |
    awk '{ sub(/linux-source-/, "", $1); sub(/-.*/, "", $2); print $1, $2, "trixie-backports", "linux-source-" $1 }'
}

prepare_system() {
  [ "$modules" = yes ] || fail "the board's kernel has no modules: --no-modules is for debian"
  install_missing qemu-system-aarch64=qemu-system-arm aarch64-linux-gnu-gcc=gcc-aarch64-linux-gnu make=make patch=patch \
    bison=bison flex=flex bc=bc dtc=device-tree-compiler cpio=cpio xz=xz-utils mkfs.erofs=erofs-utils \
    /usr/include/openssl/ssl.h=libssl-dev /usr/aarch64-linux-gnu/include/stdio.h=libc6-dev-arm64-cross \
    /usr/lib/python3/dist-packages/elftools=python3-pyelftools /usr/lib/python3/dist-packages/cryptography=python3-cryptography
  : "${cpus:=2}"
  [ "$cpus" -le 4 ] || fail "the board has at most 4 processors: its OP-TEE is built for that many"
  jobs=$(nproc)
  fetch_parts

  optee=$(built board-optee "$(names "$optee_source" "$optee_patches" "$vm/board/firmware.sh")" build_optee "about 1 minute")
  trusted=$(built board-ta "$(names "$optee" "$vm"/board/ta/* "$vm/board/firmware.sh")" build_ta)
  firmware=$(built board-firmware "$(names "$optee" "$tfa_source" "$uboot_deb" "$vm/board/firmware.sh")" build_firmware)
  root=$(built board-root "$(names "$busybox" "$root_debs" "$trusted" "$vm/board/root.sh" "$vm/lib/initramfs.sh")" build_root)
  java=$(built board-java "$(names "$jre" "$vm/board/root.sh" "$java_options")" build_java)
  machine_base=(qemu-system-aarch64 -machine virt,secure=on,gic-version=3 -cpu cortex-a57)
  tree=$(built board-tree "$(names "$firmware" "$vm/board/extra.dts" "${machine_base[*]}" "$cpus" "$memory")" build_tree)
  kernel=$(built board-kernel "$(names "$linux_source" "$vm/board/kernel.config" "$vm/board/kernel.sh")" build_kernel "about 8 minutes")/Image

  base_initramfs=$root/base.cpio
  kernel_words="console=ttyAMA0"
  # the second serial line is the secure world's
  machine=("${machine_base[@]}" -bios "$firmware/firmware.bin" -dtb "$tree/board.dtb"
    -serial "file:$run/console" -serial "file:$run/secure-console"
    -drive "if=none,id=java,format=raw,readonly=on,file=$java/java.img" -device virtio-blk-pci,drive=java)
}

fetch_parts() {
  local chosen version suite package
  chosen=$(choose_kernel) || exit
  read -r _ version suite package <<<"$chosen"
  say "linux $version"
  linux_source=$(fetch_package "$suite" arm64 "${package//./[.]}")
  optee_source=$(fetch_source sid optee-os '[.]orig[.]tar[.]')
  optee_patches=$(fetch_source sid optee-os '[.]debian[.]tar[.]')
  tfa_source=$(fetch_source trixie arm-trusted-firmware '[.]orig[.]tar[.]')
  uboot_deb=$(fetch_package trixie arm64 u-boot-qemu)
  jre=$(fetch_package trixie arm64 openjdk-25-jre-headless)
  busybox=$(fetch_package trixie arm64 busybox-static)
  busybox_list=$(fetch_package trixie "$(dpkg --print-architecture)" busybox-static)
  root_debs=$(for package in libc6 libc-bin libgcc-s1 'libstdc[+][+]6' zlib1g libteec2 tee-supplicant; do
    fetch_package trixie arm64 "$package"
  done)
}

# names PATH...: a digest of our own files' contents, and of the names of everything in the cache, which tell the content.
names() {
  local path inputs=()
  for path in "$@"; do
    case $path in "$vm"/*) inputs+=("$path");; *) inputs+=("${path//"$cache"/cache}:");; esac
  done
  digest "${inputs[@]}"
}
