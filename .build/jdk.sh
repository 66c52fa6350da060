# find_jdk VERSION: prints the home of a JDK of at least that feature version, or says in one line how to get one.
# Looks at JAVA_HOME, at the `java` and `javac` on the PATH, then in the usual places of Linux distributions and SDKMAN.

jdk_version() { # HOME -> feature number, nothing if it is no JDK (a JRE has no javac)
  [ -x "$1/bin/javac" ] && sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" 2>/dev/null
}

find_jdk() {
  local wanted=$1 candidate tool version
  local candidates=("${JAVA_HOME:-}")
  for tool in java javac; do
    tool=$(command -v "$tool" 2>/dev/null) && candidates+=("$(dirname "$(dirname "$(readlink -f "$tool")")")")
  done
  candidates+=(/usr/lib/jvm/*"$wanted"* /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/*jdk* "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/*)
  for candidate in "${candidates[@]}"; do
    [ -n "$candidate" ] || continue
    version=$(jdk_version "$candidate")
    if [ -n "$version" ] && [ "$version" -ge "$wanted" ]; then
      if [ -n "${JAVA_HOME:-}" ] && [ "$candidate" != "$JAVA_HOME" ]; then
        echo "JAVA_HOME=$JAVA_HOME is no JDK $wanted or newer, so $candidate is used" >&2
      fi
      echo "$candidate"
      return 0
    fi
  done
  echo "no JDK $wanted found: install one (Debian 13 and newer: apt-get install openjdk-$wanted-jdk; elsewhere from adoptium.net) or set JAVA_HOME to it" >&2
  return 1
}
