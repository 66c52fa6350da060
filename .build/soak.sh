# Uses everything at once for minutes, while plugins come and go, files vanish and peers misbehave.

soak_usage() {
  cat <<'EOF'
usage: ./build soak [MINUTES [SEED]]
       ./build soak --blocked

Runs two programs beside each other for MINUTES (default: 5), one of them with 64 file descriptors, whose threads allocate, map, share and
close. Meanwhile plugin jars are dropped in, upgraded, damaged and removed, plugins take longer than they may in each of their callbacks,
temporary files are deleted, and peers send what they must not. In the end nothing may be counted, no thread or descriptor may be left,
and each error code that came must be documented for its method. Prints its SEED; another run with it does the same, but for chance.
--blocked: drops in a plugin that blocks, in each of its callbacks in turn, and prints how long allocations from the others took.
Exit status: 0 when all was as it should be, 1 when something was not, 2 when it could not be run.
EOF
}

soak() {
  local main=Soak arguments=()
  case ${1:-} in
    -h | --help) soak_usage; return 0 ;;
    --blocked) main=Blocked ;;
    -*) echo "build: soak has no option '$1' (try: ./build soak --help)" >&2; return 2 ;;
    *)
      [[ ${1:-5} =~ ^[1-9][0-9]*$ ]] || { echo "build: soak wants a number of minutes, not '$1'" >&2; return 2; }
      arguments=(api/src/main/java/io/dmaheap $((${1:-5} * 60)) "${@:2:1}")
      ;;
  esac
  mkdir -p target
  echo "soak: building"
  if ! mvn -B -ntp -q -pl cli,conformance -am package -DskipTests >target/soak.log 2>&1 </dev/null; then
    tail -n 20 target/soak.log >&2
    echo "build: see target/soak.log" >&2
    return 2
  fi
  local api
  api=$(echo cli/target/dmaheap/lib/heap-api-*.jar)
  "$JAVA_HOME/bin/java" -cp "conformance/target/test-classes:$api" "io.dmaheap.conformance.soak.$main" cli/target/dmaheap "${arguments[@]}"
}
