/**
 * The rules for a plugin's code, and how to check a jar against them.
 *
 * {@snippet :
 * @AnalyzeClasses(packages = "com.acme.heaps")
 * class AcmeHeapsRulesTests {
 *     @ArchTest
 *     static final ArchTests rules = ArchTests.in(HeapPluginRules.class);
 * }
 * }
 *
 * <p>or, from anywhere, module descriptor and manifest included, {@link io.dmaheap.testkit.rules.PluginVerifier#verify}.
 */
@NullMarked
package io.dmaheap.testkit.rules;

import org.jspecify.annotations.NullMarked;
