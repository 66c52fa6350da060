package io.dmaheap.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each rule of the house finds the class that breaks it. The offenders are written as class files: they must not exist in any room. */
class HouseRulesCanFailTests {
    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({
        "api, io.dmaheap, io.dmaheap.core.Anything",
        "api, io.dmaheap.spi, org.pf4j.Plugin",
        "allocators, io.dmaheap.allocators, io.dmaheap.Heap",
        "linux, io.dmaheap.linux.dmabuf, io.dmaheap.core.Anything",
        "core, io.dmaheap.core.registry, io.dmaheap.linux.Anything",
        "core, io.dmaheap.core.registry, io.dmaheap.allocators.Anything",
        "emulator, io.dmaheap.emulator, io.dmaheap.linux.libc.Libc",
        "emulator, io.dmaheap.emulator, io.dmaheap.core.Anything",
        "drivers, io.dmaheap.drivers.drm, io.dmaheap.emulator.Anything",
        "heaps-system, io.dmaheap.heaps.system, io.dmaheap.core.Anything",
        "heaps-cma, io.dmaheap.heaps.cma, io.dmaheap.linux.Anything",
        "heaps-restricted-mtk, io.dmaheap.heaps.restricted.mtk, io.dmaheap.heaps.restricted.linaro.Anything",
        "heaps-restricted-linaro, io.dmaheap.heaps.restricted.linaro, org.slf4j.Logger",
        "heaps-panthor, io.dmaheap.heaps.panthor, io.dmaheap.emulator.Anything",
        "testkit, io.dmaheap.testkit.fault, io.dmaheap.core.Anything",
        "cli, io.dmaheap.cli, io.dmaheap.linux.Anything"
    })
    void aRoomThatUsesWhatItMayNotIsFound(String name, String ownPackage, String forbidden) throws IOException {
        Room room = Room.ALL.stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow();
        write(ownPackage + ".Offender", forbidden);
        assertFinds(room.rule(), ownPackage + ".Offender");
    }

    @Test
    void everyRoomHasAnOffenderAbove() throws NoSuchMethodException {
        var cases = HouseRulesCanFailTests.class
                .getDeclaredMethod("aRoomThatUsesWhatItMayNotIsFound", String.class, String.class, String.class)
                .getAnnotation(CsvSource.class)
                .value();
        assertThat(Room.ALL).allSatisfy(room -> assertThat(cases).anyMatch(line -> line.startsWith(room.name() + ",")));
    }

    @Test
    void aCycleIsFound() throws IOException {
        write("io.dmaheap.core.one.First", "io.dmaheap.core.two.Second");
        write("io.dmaheap.core.two.Second", "io.dmaheap.core.one.First");
        assertFinds(HouseRules.PACKAGES_HAVE_NO_CYCLES, "First");
    }

    @Test
    void aPublicTypeOfTheApiWithoutAudienceIsFound() throws IOException {
        write("io.dmaheap.spi.Unmarked", "java.lang.String");
        assertFinds(HouseRules.PUBLIC_TYPES_OF_THE_API_SAY_WHO_MAY_USE_THEM, "Unmarked");
    }

    @Test
    void aPackageThatIsNotNullMarkedIsFound() throws IOException {
        write("io.dmaheap.core.fresh.Fresh", "java.lang.String");
        assertFinds(HouseRules.PACKAGES_ARE_NULL_MARKED, "Fresh");
    }

    @ParameterizedTest
    @CsvSource({"io.dmaheap.core.registry, org.pf4j.Plugin", "io.dmaheap.cli, org.slf4j.Logger"})
    void pf4jAndItsLoggingElsewhereAreFound(String where, String dependency) throws IOException {
        write(where + ".Offender", dependency);
        assertFinds(HouseRules.ONLY_PLUGIN_LOADING_KNOWS_PF4J, "Offender");
    }

    @ParameterizedTest
    @CsvSource({"java.lang.foreign.Linker", "java.lang.foreign.SymbolLookup"})
    void nativeCallsElsewhereAreFound(String dependency) throws IOException {
        write("io.dmaheap.drivers.Offender", dependency);
        assertFinds(HouseRules.ONLY_LINUX_CALLS_NATIVE_CODE, "Offender");
    }

    @ParameterizedTest
    @CsvSource({"out", "err"})
    void printingElsewhereIsFound(String stream) throws IOException {
        var printStream = ClassDesc.of("java.io.PrintStream");
        byte[] bytes = ClassFile.of()
                .build(
                        ClassDesc.of("io.dmaheap.core.Offender"),
                        type -> type.withMethodBody(
                                "print",
                                MethodTypeDesc.of(printStream),
                                ClassFile.ACC_STATIC,
                                code -> code.getstatic(ClassDesc.of("java.lang.System"), stream, printStream)
                                        .areturn()));
        write("io.dmaheap.core.Offender", bytes);
        assertFinds(HouseRules.ONLY_THE_COMMAND_PRINTS, "Offender");
    }

    @ParameterizedTest
    @CsvSource({"java.io.PrintWriter, println", "java.io.PrintStream, print", "java.io.PrintWriter, write"})
    void printingPastThePrinterOfTheCommandIsFound(String writer, String method) throws IOException {
        var owner = ClassDesc.of(writer);
        var string = MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_String);
        byte[] bytes = ClassFile.of()
                .build(
                        ClassDesc.of("io.dmaheap.cli.Offender"),
                        type -> type.withMethodBody(
                                "print",
                                MethodTypeDesc.of(ConstantDescs.CD_void, owner, ConstantDescs.CD_String),
                                ClassFile.ACC_STATIC,
                                code -> code.aload(0)
                                        .aload(1)
                                        .invokevirtual(owner, method, string)
                                        .return_()));
        write("io.dmaheap.cli.Offender", bytes);
        assertFinds(HouseRules.ONLY_THE_PRINTER_OF_THE_COMMAND_PRINTS, "Offender");
    }

    @Test
    void aStackTracePastThePrinterOfTheCommandIsFound() throws IOException {
        var throwable = ClassDesc.of("java.lang.Throwable");
        byte[] bytes = ClassFile.of()
                .build(
                        ClassDesc.of("io.dmaheap.cli.Offender"),
                        type -> type.withMethodBody(
                                "print",
                                MethodTypeDesc.of(ConstantDescs.CD_void, throwable),
                                ClassFile.ACC_STATIC,
                                code -> code.aload(0)
                                        .invokevirtual(throwable, "printStackTrace", ConstantDescs.MTD_void)
                                        .return_()));
        write("io.dmaheap.cli.Offender", bytes);
        assertFinds(HouseRules.ONLY_THE_PRINTER_OF_THE_COMMAND_PRINTS, "printStackTrace");
    }

    @Test
    void printingWhereStreamsAreComparedIsFound() throws IOException {
        var printStream = ClassDesc.of("java.io.PrintStream");
        byte[] bytes = ClassFile.of()
                .build(
                        ClassDesc.of("io.dmaheap.core.provider.GlobalState"),
                        type -> type.withMethodBody(
                                "print",
                                ConstantDescs.MTD_void,
                                ClassFile.ACC_STATIC,
                                code -> code.getstatic(ClassDesc.of("java.lang.System"), "out", printStream)
                                        .invokevirtual(printStream, "println", ConstantDescs.MTD_void)
                                        .return_()));
        write("io.dmaheap.core.provider.GlobalState", bytes);
        assertFinds(HouseRules.STREAMS_ARE_COMPARED_BY_IDENTITY, "println");
    }

    private void assertFinds(ArchRule rule, String offender) {
        JavaClasses classes = new ClassFileImporter().importPath(directory);
        var report = rule.evaluate(classes).getFailureReport();
        assertThat(report.getDetails()).isNotEmpty().anyMatch(detail -> detail.contains(offender));
        assertThat(rule.getDescription()).contains(", because ");
    }

    /** A public class with one field. */
    private void write(String name, String dependency) throws IOException {
        write(
                name,
                ClassFile.of()
                        .build(
                                ClassDesc.of(name),
                                type -> type.withFlags(ClassFile.ACC_PUBLIC)
                                        .withField("field", ClassDesc.of(dependency), 0)));
    }

    private void write(String name, byte[] bytes) throws IOException {
        Path file = directory.resolve(name.replace('.', '/') + ".class");
        Files.createDirectories(file.getParent());
        Files.write(file, bytes);
    }
}
