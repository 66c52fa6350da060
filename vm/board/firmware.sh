# SPDX-License-Identifier: Apache-2.0
# The board's firmware: TF-A starts OP-TEE in the secure world and U-Boot in the normal one, which loads the kernel.

# OP-TEE with a static secure data path: the last 4 MiB of its own secure RAM become the pool of the kernel's
# heap protected,secure-video. Of the variants that QEMU can run, only this one really keeps the normal world out.
# Leaves: tee-*.bin and the kit to build trusted applications with, ta-kit/
build_optee() {
  local patch
  mkdir source
  tar -C source --strip-components=1 -xf "$optee_source"
  tar -xf "$optee_patches"
  grep -v '^#' debian/patches/series | while read -r patch; do patch -d source -p1 <"debian/patches/$patch"; done
  nice make -C source -j"$jobs" O="$PWD/out" CROSS_COMPILE=aarch64-linux-gnu- PYTHON3=/usr/bin/python3 \
    PLATFORM=vexpress-qemu_armv8a CFG_ARM64_core=y CFG_ARM_GICV3=y CFG_USER_TA_TARGETS=ta_arm64 \
    CFG_TEE_CORE_LOG_LEVEL=2 CFG_SECURE_DATA_PATH=y
  mv out/core/tee-header_v2.bin out/core/tee-pager_v2.bin out/core/tee-pageable_v2.bin .
  mv out/export-ta_arm64 ta-kit
  rm -rf source debian out
}

# Leaves: NAME.ta for the trusted application in vm/board/ta
build_ta() {
  cp -r "$vm/board/ta" source
  make -C source CROSS_COMPILE=aarch64-linux-gnu- PYTHON3=/usr/bin/python3 TA_DEV_KIT_DIR="$optee/ta-kit" O="$PWD/out"
  mv out/*.ta .
  rm -rf source out
}

# Leaves: firmware.bin, what QEMU takes as -bios
build_firmware() {
  mkdir source
  unpack "$uboot_deb" package
  tar -C source --strip-components=1 -xf "$tfa_source"
  # U-Boot as packaged would put the kernel over the memory that OP-TEE shares with it (0x42000000), and wait two seconds.
  # Its default environment is text: a change of the same length needs no rebuild.
  LC_ALL=C sed -e 's/kernel_addr_r=0x40400000/kernel_addr_r=0x50000000/' -e 's/bootdelay=2/bootdelay=0/' \
    package/usr/lib/u-boot/qemu_arm64/u-boot.bin >u-boot.bin
  grep -aq 'kernel_addr_r=0x50000000' u-boot.bin
  nice make -C source -j"$jobs" CROSS_COMPILE=aarch64-linux-gnu- PLAT=qemu DEBUG=0 SPD=opteed \
    QEMU_USE_GIC_DRIVER=QEMU_GICV3 BL32_RAM_LOCATION=tdram BL32="$optee/tee-header_v2.bin" \
    BL32_EXTRA1="$optee/tee-pager_v2.bin" BL32_EXTRA2="$optee/tee-pageable_v2.bin" BL33="$PWD/u-boot.bin" all fip
  cp source/build/qemu/release/bl1.bin firmware.bin
  truncate -s 256K firmware.bin # where BL1 expects the package of the other stages
  cat source/build/qemu/release/fip.bin >>firmware.bin
  rm -rf source package u-boot.bin
}

# The board's device tree: QEMU's own plus two things. It depends on the firmware and on the sizes given to QEMU.
# Leaves: board.dtb
build_tree() {
  # without -bios QEMU describes a GPIO controller that is not there once secure firmware runs
  "${machine_base[@]/gic-version=3/gic-version=3,dumpdtb=qemu.dtb}" -nodefaults -display none -nic none -smp "$cpus" -m "$memory" -bios "$firmware/firmware.bin"
  {
    dtc -q -I dtb -O dts qemu.dtb
    cat "$vm/board/extra.dts"
  } >board.dts
  dtc -q -I dts -O dtb -o board.dtb board.dts
}
