# SPDX-License-Identifier: Apache-2.0
# One run of a guest: boots it, passes its output through as it comes, and judges how it ended.

# boot_and_run COMMAND...: needs what prepare_system set: kernel, base_initramfs, kernel_words, machine.
# Ends this script with the command's exit status. Output goes through virtio ports, which, unlike a serial line,
# are quick and change no byte.
boot_and_run() {
  local port pids=() status=0 reason log
  job_archive "$run/job" "$@" >"$run/job.cpio"
  cat "$base_initramfs" "$run/job.cpio" >"$run/initramfs"
  rm -rf "$run/job" "$run/job.cpio"

  local ports=(-device virtio-serial-pci)
  mkfifo "$run/out" "$run/err"
  for port in out err status kernel; do
    ports+=(-chardev "file,id=$port,path=$run/$port" -device "virtserialport,chardev=$port,name=$port")
  done
  cat "$run/out" & pids+=($!)
  cat "$run/err" >&2 & pids+=($!)

  timeout --kill-after=10 "$seconds" "${machine[@]}" -nodefaults -display none -no-reboot -nic none -smp "$cpus" -m "$memory" \
    -kernel "$kernel" -initrd "$run/initramfs" -append "$kernel_words quiet loglevel=4 panic=-1 rdinit=/init$append" \
    "${ports[@]}" </dev/null >"$run/qemu" 2>&1 &
  qemu=$!
  wait "$qemu" || status=$?
  qemu=''
  # If qemu never opened the pipes, their readers wait for ever: opening them once for writing lets them end.
  for port in out err; do : 1<>"$run/$port"; done
  wait "${pids[@]}" || true

  if [[ $(cat "$run/status" 2>/dev/null) =~ ^[0-9]+$ ]]; then
    exit "$(cat "$run/status")"
  fi
  if [ "$status" = 124 ] || [ "$status" = 137 ]; then
    status=124 reason="the guest did not finish within $seconds s"
  elif grep -aq 'Kernel panic' "$run/console" 2>/dev/null; then
    status=125 reason="the guest died: $(grep -am1 -o 'Kernel panic.*' "$run/console" | tr -d '\r')"
  else
    status=125 reason="the guest ended without reporting a status: $(tail -n 1 "$run/qemu")"
  fi
  log=$cache/log/$system-$(date +%Y%m%dT%H%M%S)-$$
  mkdir "$log"
  cp "$run"/*console "$run/qemu" "$run/kernel" "$log" 2>/dev/null || true
  say "$reason; its console is in $log"
  exit "$status"
}
