# SPDX-License-Identifier: Apache-2.0
# The board's user space, from Debian's arm64 packages: a small initramfs, and Java on a disk of its own,
# of which only the parts that are used ever get read.

# Leaves: base.cpio
build_root() {
  local deb
  unpack "$busybox_list" host # the same busybox for this machine, because only it can say which names it has
  unpack "$busybox" busybox
  lay_busybox root busybox/usr/bin/busybox "$(host/usr/bin/busybox --list)"
  for deb in $root_debs; do
    unpack "$deb" packages --exclude='./usr/share' --exclude='*/gconv'
  done
  mkdir -p root/usr/lib/optee_armtz root/var/lib/optee-client/data/tee # where tee-supplicant finds applications and keeps data
  cp "$trusted"/*.ta root/usr/lib/optee_armtz
  ln -s usr/lib root/lib
  cp -a packages/usr/lib/. root/usr/lib
  cp packages/usr/sbin/tee-supplicant root/bin
  pack root >base.cpio
  rm -rf host busybox packages root
}

# Leaves: java.img, which holds java/ and its configuration etc/
build_java() {
  unpack "$jre" package --exclude='./usr/share' --exclude='*/legal' --exclude='*/man' --exclude='*/docs'
  mkdir disk
  mv package/usr/lib/jvm/java-25-openjdk-arm64 disk/java
  mv package/etc disk/etc
  # not JDK_JAVA_OPTIONS, because Java announces those on every start
  mv disk/java/bin/java disk/java/bin/java.real
  printf '#!/bin/sh\nexec /opt/java/bin/java.real %s "$@"\n' "$java_options" >disk/java/bin/java
  chmod 755 disk/java/bin/java
  mkfs.erofs --quiet --all-root java.img disk
  rm -rf package disk
}
