package io.dmaheap.testkit.rules;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class HeapPluginRulesTests {

    static Stream<Arguments> offenders() {
        return Stream.of(
                Arguments.of(HeapPluginRules.DEPENDS_ON_THE_API_ALONE, Offenders.UsesAnotherLibrary.class),
                Arguments.of(HeapPluginRules.STARTS_NO_THREADS, Offenders.StartsThread.class),
                Arguments.of(HeapPluginRules.STARTS_NO_THREADS, Offenders.ExtendsThread.class),
                Arguments.of(HeapPluginRules.STARTS_NO_THREADS, Offenders.StartsVirtualThread.class),
                Arguments.of(HeapPluginRules.STARTS_NO_THREADS, Offenders.UsesExecutors.class),
                Arguments.of(HeapPluginRules.STARTS_NO_THREADS, Offenders.UsesForkJoinPool.class),
                Arguments.of(HeapPluginRules.STARTS_NO_THREADS, Offenders.UsesTimer.class),
                Arguments.of(HeapPluginRules.PRINTS_NOTHING, Offenders.Prints.class),
                Arguments.of(HeapPluginRules.CALLS_NO_NATIVE_CODE, Offenders.LinksNatively.class),
                Arguments.of(HeapPluginRules.CALLS_NO_NATIVE_CODE, Offenders.LooksUpSymbols.class),
                Arguments.of(HeapPluginRules.CALLS_NO_NATIVE_CODE, Offenders.LoadsLibrary.class),
                Arguments.of(HeapPluginRules.DECLARES_NO_NATIVE_METHODS, Offenders.HasNativeMethod.class),
                Arguments.of(HeapPluginRules.SHOWS_ONLY_ITS_PROVIDER, Offenders.PublicHelper.class),
                Arguments.of(HeapPluginRules.HAS_NO_FINALIZERS, Offenders.Finalizes.class),
                Arguments.of(
                        HeapPluginRules.THROWS_WHAT_CALLERS_CAN_TELL_APART, Offenders.ThrowsGenericException.class),
                Arguments.of(HeapPluginRules.LEAVES_THE_JVM_ALONE, Offenders.AddsShutdownHook.class),
                Arguments.of(HeapPluginRules.LEAVES_THE_JVM_ALONE, Offenders.Exits.class),
                Arguments.of(HeapPluginRules.LEAVES_THE_JVM_ALONE, Offenders.ReplacesOut.class),
                Arguments.of(HeapPluginRules.LEAVES_THE_JVM_ALONE, Offenders.SetsLocale.class),
                Arguments.of(HeapPluginRules.LEAVES_THE_JVM_ALONE, Offenders.SetsTimeZone.class),
                Arguments.of(HeapPluginRules.LEAVES_THE_JVM_ALONE, Offenders.SetsProperty.class),
                Arguments.of(HeapPluginRules.LEAVES_THE_JVM_ALONE, Offenders.StartsProcess.class),
                Arguments.of(HeapPluginRules.LEAVES_THE_JVM_ALONE, Offenders.RenamesThread.class),
                Arguments.of(HeapPluginRules.LEAVES_THE_JVM_ALONE, Offenders.AddsSecurityProvider.class));
    }

    @ParameterizedTest
    @MethodSource("offenders")
    void aRuleFindsItsOffender(ArchRule rule, Class<?> offender) {
        var result = rule.evaluate(new ClassFileImporter().importClasses(offender));
        assertThat(result.getFailureReport().getDetails())
                .isNotEmpty()
                .allSatisfy(detail -> assertThat(detail).contains(offender.getSimpleName()));
    }

    @ParameterizedTest
    @CsvSource({
        "DEPENDS_ON_THE_API_ALONE, java.sql.Connection",
        "DEPENDS_ON_THE_API_ALONE, io.dmaheap.core.Anything",
        "LOGS_THROUGH_THE_CONTEXT, java.util.logging.Logger",
        "LOGS_THROUGH_THE_CONTEXT, org.slf4j.Logger",
        "KNOWS_NEITHER_FRAMEWORK_NOR_PLATFORM, io.dmaheap.core.Anything",
        "KNOWS_NEITHER_FRAMEWORK_NOR_PLATFORM, io.dmaheap.linux.dmabuf.Anything",
        "KNOWS_NEITHER_FRAMEWORK_NOR_PLATFORM, org.pf4j.Plugin",
        "KEEPS_OUT_OF_THE_JDK, sun.misc.Unsafe",
        "KEEPS_OUT_OF_THE_JDK, jdk.internal.misc.Unsafe"
    })
    void aRuleFindsAForbiddenDependency(String rule, String dependency, @TempDir Path directory) throws Exception {
        ClassFiles.classDependingOn(dependency, directory);
        var result = named(rule).evaluate(new ClassFileImporter().importPath(directory));
        assertThat(result.getFailureReport().getDetails())
                .singleElement()
                .asString()
                .contains(dependency);
    }

    @ParameterizedTest
    @MethodSource("rules")
    void aProperPluginPassesEveryRule(Field field) throws Exception {
        var rule = (ArchRule) field.get(null);
        rule.check(new ClassFileImporter().importClasses(CleanPlugin.class));
    }

    @ParameterizedTest
    @MethodSource("rules")
    void everyRuleSaysWhyAndIsRunByArchUnit(Field field) throws Exception {
        assertThat(((ArchRule) field.get(null)).getDescription()).contains(", because ");
        assertThat(field.isAnnotationPresent(ArchTest.class)).isTrue();
    }

    @Test
    void theVerifierRunsEveryRule() throws Exception {
        List<ArchRule> all = rules().map(HeapPluginRulesTests::value).toList();
        assertThat(PluginVerifier.RULES).containsExactlyInAnyOrderElementsOf(all);
    }

    static Stream<Field> rules() {
        return Arrays.stream(HeapPluginRules.class.getFields());
    }

    private static ArchRule named(String name) throws ReflectiveOperationException {
        return value(HeapPluginRules.class.getField(name));
    }

    private static ArchRule value(Field field) {
        try {
            return (ArchRule) field.get(null);
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }
}
