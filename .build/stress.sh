# Repeats the tests of modules on a machine that is busy with something else, to find those that depend on luck.

stress_usage() {
  cat <<'EOF'
usage: ./build stress [-n ROUNDS] [MODULE]... [-DPROPERTY | -PPROFILE]...

Runs all tests of each MODULE, such as core or bench/interleavings, ROUNDS times (default: 40) beside a busy loop on each processor.
Without a MODULE: those of every module. -D and -P go to Maven: -Dtest=ConcurrencyTests runs one class.
Prints a line a round. What a failed round printed, and its reports, stay in target/stress/MODULE/ROUND.
Exit status: 0 when every round passed, 1 when one failed, 2 when none could be run.
EOF
}

stress() {
  local rounds=40 modules=() properties=() word module
  while [ $# -gt 0 ]; do
    word=$1
    shift
    case $word in
      -h | --help) stress_usage; return 0 ;;
      -n)
        [[ ${1:-} =~ ^[1-9][0-9]*$ ]] || { echo "build: -n wants a number of rounds, not '${1:-}'" >&2; return 2; }
        rounds=$1
        shift
        ;;
      -D* | -P*) properties+=("$word") ;;
      -*) echo "build: stress has no option '$word' (try: ./build stress --help)" >&2; return 2 ;;
      *)
        [ -f "$word/pom.xml" ] || { echo "build: there is no module '$word'; there are: $(all_modules | paste -sd' ')" >&2; return 2; }
        modules+=("${word%/}")
        ;;
    esac
  done
  [ ${#modules[@]} -gt 0 ] || mapfile -t modules < <(tested_modules)

  # Each round is one module alone. What it needs is installed first, in a repository of this hunt, as a stale copy in the usual one
  # would go unnoticed in later builds.
  local repository=$PWD/target/stress/repository
  mkdir -p target/stress
  trap 'stress_end' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  [ -d "$repository" ] || ! [ -d "$(local_repository)" ] || cp -a --reflink=auto "$(local_repository)" "$repository"
  rm -rf "$repository/io/dmaheap"
  export MAVEN_OPTS="$MAVEN_OPTS -Dmaven.repo.local=$repository"
  # conformance needs all the others, and has no jar that could be installed
  local chosen=(-pl "$(IFS=, && echo "${modules[*]}")" -am)
  [[ " ${modules[*]} " != *' conformance '* ]] || chosen=(-pl '!conformance')
  echo "stress: installing what is needed into $repository"
  if ! mvn -B -ntp -q "${chosen[@]}" install -DskipTests -Dmaven.install.skip=false "${properties[@]}" >target/stress/install.log 2>&1 </dev/null; then
    tail -n 20 target/stress/install.log >&2
    echo "build: see target/stress/install.log" >&2
    return 2
  fi

  local processor
  for ((processor = 0; processor < $(nproc); processor++)); do
    while kill -0 $$ 2>/dev/null; do :; done & # which ends even if this script is killed
    stress_loops+=($!)
  done
  local failed=0
  for module in "${modules[@]}"; do
    stress_module "$module" || failed=1
  done
  return "$failed"
}

stress_loops=() stress_maven=''

stress_end() {
  [ ${#stress_loops[@]} = 0 ] || kill "${stress_loops[@]}" 2>/dev/null || true
  [ -z "$stress_maven" ] || kill "$stress_maven" 2>/dev/null || true
  rm -rf target/stress/repository
}

# stress_module MODULE: uses rounds and properties of its caller.
stress_module() {
  local module=$1 round started status tests failures=0 folder log
  for ((round = 1; round <= rounds; round++)); do
    folder=target/stress/$module/$round
    rm -rf "$folder"
    mkdir -p "$folder"
    log=$folder/log
    started=$SECONDS status=0
    rm -rf "$module"/target/surefire-reports
    # surefire ends a JVM that hangs after half an hour; timeout ends Maven itself if that did not help
    timeout --kill-after=30 3600 mvn -B -ntp -o -Dstyle.color=never -pl "$module" verify \
      -Dspotless.check.skip -Djacoco.skip -Djapicmp.skip -Dsurefire.failIfNoSpecifiedTests=false "${properties[@]}" >"$log" 2>&1 </dev/null &
    stress_maven=$! # in the background, so that a signal ends this script at once
    wait "$stress_maven" || status=$?
    stress_maven=''
    tests=$(sed -n 's/^\[[A-Z]*\] *Tests run: \([0-9]*\), Failures: [0-9]*, Errors: [0-9]*, Skipped: [0-9]*$/\1/p' "$log" | paste -sd+)
    tests=$((${tests:-0}))
    if [ "$status" = 0 ] && [ "$tests" -gt 0 ]; then
      echo "$module $round/$rounds: passed, $tests tests, $((SECONDS - started)) s"
      rm -rf "$folder"
    else
      failures=$((failures + 1))
      cp -r "$module"/target/surefire-reports "$folder" 2>/dev/null || true
      echo "$module $round/$rounds: FAILED after $((SECONDS - started)) s: $(failed_tests "$log" "$status"); see $folder"
    fi
  done
  echo "$module: $((rounds - failures)) of $rounds rounds passed"
  [ "$failures" = 0 ]
}

# failed_tests LOG STATUS: the tests that failed, or else why there was none.
failed_tests() {
  local names
  names=$(sed -n 's/^\[ERROR\] *\([a-z0-9_]*[.]\)*\([A-Za-z0-9_$]*Tests[.$][A-Za-z0-9_]*\).*/\2/p' "$1" | sort -u | paste -sd' ')
  if [ -n "$names" ]; then
    echo "$names"
  elif [ "$2" = 0 ]; then
    echo "no test was run"
  else
    grep -m1 '^\[ERROR\]' "$1" || tail -n 1 "$1"
  fi
}

all_modules() {
  sed -n 's,.*<module>\(.*\)</module>.*,\1,p' pom.xml
}

tested_modules() {
  local module
  for module in $(all_modules); do
    [ ! -d "$module/src/test/java" ] || echo "$module"
  done
}

# Where Maven keeps what it has downloaded.
local_repository() {
  local given
  given=$(sed -n 's/.*-Dmaven\.repo\.local=\([^ ]*\).*/\1/p' <<<"$MAVEN_OPTS")
  echo "${given:-$HOME/.m2/repository}"
}
