# Meets all kinds of bad and hostile plugins, each in a JVM of its own.

zoo_usage() {
  cat <<'EOF'
usage: ./build zoo [NAME]...

Makes the plugin jars of the catalogue in conformance/src/test/java/io/dmaheap/conformance/zoo, and meets each in a JVM of its own:
its one problem must be reported, the shipped plugins must go on, and nothing may be left. With NAMEs: the kinds whose names contain one.
Prints a line for each kind, and what was not as expected. `./build verify` meets a sample of them.
Exit status: 0 when all were as expected, 1 when one was not, 2 when none could be met.
EOF
}

zoo() {
  case ${1:-} in
    -h | --help) zoo_usage; return 0 ;;
    -*) echo "build: zoo has no option '$1' (try: ./build zoo --help)" >&2; return 2 ;;
  esac
  mkdir -p target
  echo "zoo: building"
  if ! mvn -B -ntp -q -pl cli,conformance -am package -DskipTests >target/zoo.log 2>&1 </dev/null; then
    tail -n 20 target/zoo.log >&2
    echo "build: see target/zoo.log" >&2
    return 2
  fi
  local api
  api=$(echo cli/target/dmaheap/lib/heap-api-*.jar)
  "$JAVA_HOME/bin/java" -cp "conformance/target/test-classes:$api" io.dmaheap.conformance.zoo.Zoo cli/target/dmaheap "$@"
}
