# SPDX-License-Identifier: Apache-2.0
# The board's own small kernel, from Debian's source package. Debian's arm64 kernel has no heaps at all.

# Leaves: Image
build_kernel() {
  local make=(nice make -C source O="$PWD/out" ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu- KBUILD_BUILD_USER=dmaheap KBUILD_BUILD_HOST=board)
  local line
  unpack "$linux_source" package --wildcards './usr/src/*.tar.xz'
  mkdir source
  tar -C source --strip-components=1 -xJf package/usr/src/linux-source-*.tar.xz
  "${make[@]}" -s allnoconfig
  (cd out && ../source/scripts/kconfig/merge_config.sh -m -O . .config "$vm/board/kernel.config")
  "${make[@]}" -s olddefconfig
  while read -r line; do # an option that lost a dependency is dropped in silence
    grep -qx "$line" out/.config || { echo "the kernel's configuration refuses $line" >&2; return 1; }
  done < <(grep '^CONFIG' "$vm/board/kernel.config")
  "${make[@]}" -j"$jobs" Image
  mv out/arch/arm64/boot/Image .
  rm -rf package source out
}
