# SPDX-License-Identifier: Apache-2.0
# Which kernel a guest gets: the archive says what there is, a system which series of it are known to pass this project's tests.
#
# A system sets the array known_series, oldest first, and the function archive_kernels, which prints SERIES VERSION SUITE PACKAGE
# for each kernel that it could boot.

# newest_kernels: the same for the newest kernel of each series, oldest series first.
newest_kernels() {
  local kernels
  kernels=$(archive_kernels) || exit
  sort -V -k2,2 <<<"$kernels" | awk 'NF { if (!($1 in newest)) order[++n] = $1; newest[$1] = $0 } END { for (i = 1; i <= n; i++) print newest[order[i]] }'
}

# list_kernels: prints SERIES STATE VERSION for each known series, and for those of the archive that are newer. STATE is
# "known", "left" for one that the archive has no longer (with VERSION "-"), or "new".
list_kernels() {
  local kernels series found
  kernels=$(newest_kernels) || exit
  for series in "${known_series[@]}"; do
    found=$(awk -v series="$series" '$1 == series { print "known", $2 }' <<<"$kernels")
    echo "$series ${found:-left -}"
  done
  awk -v known="${known_series[-1]}" 'BEGIN { split(known, k, ".") }
      NF { split($1, s, "."); if (s[1] > k[1] || s[1] == k[1] && s[2] > k[2]) print $1, "new", $2 }' <<<"$kernels"
}

# choose_kernel: prints SERIES VERSION SUITE PACKAGE of the wanted series, or of the newest known one when none is wanted.
choose_kernel() {
  local kernels series found=''
  kernels=$(newest_kernels) || exit
  if [ -n "$kernel_series" ]; then
    found=$(awk -v series="$kernel_series" '$1 == series' <<<"$kernels")
    [ -n "$found" ] || fail "Debian's archive has no linux $kernel_series for $system; it has: $(cut -d' ' -f2 <<<"$kernels" | paste -sd' ')"
  else
    for series in "${known_series[@]}"; do
      found=$(awk -v series="$series" -v found="$found" '$1 == series { found = $0 } END { print found }' <<<"$kernels")
    done
    if [ -z "$found" ]; then
      found=$(tail -n 1 <<<"$kernels")
      [ -n "$found" ] || fail "Debian's archive has no kernel for $system"
      say "Debian's archive has none of the kernels known to pass (${known_series[*]}); trying its newest"
    fi
  fi
  echo "$found"
}
