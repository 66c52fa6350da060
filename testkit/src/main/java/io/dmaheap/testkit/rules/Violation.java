package io.dmaheap.testkit.rules;

/**
 * A rule that a plugin breaks.
 *
 * @param rule the rule and its reason
 * @param detail where it is broken
 */
public record Violation(String rule, String detail) {
    @Override
    public String toString() {
        return rule + ": " + detail;
    }
}
