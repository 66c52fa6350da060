/**
 * java-semver, for PF4J. The jar of its authors has no descriptor, so it would be an automatic module, and {@code jlink} takes none.
 */
module com.github.zafarkhaja.semver {
    exports com.github.zafarkhaja.semver;
    exports com.github.zafarkhaja.semver.expr;
    exports com.github.zafarkhaja.semver.util;
}
