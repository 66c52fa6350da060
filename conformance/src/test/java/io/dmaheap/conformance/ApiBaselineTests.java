package io.dmaheap.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import japicmp.cmp.JApiCmpArchive;
import japicmp.cmp.JarArchiveComparator;
import japicmp.cmp.JarArchiveComparatorOptions;
import japicmp.model.JApiClass;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.MethodModel;
import java.lang.constant.MethodTypeDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The build compares the API with {@code api/baseline/heap-api.jar} by japicmp and stops where a program compiled against the baseline
 * would not link. These tests prove that the comparison sees such changes.
 */
class ApiBaselineTests {
    private static final Path BASELINE = Path.of("..", "api", "baseline", "heap-api.jar");

    @TempDir
    Path directory;

    @Test
    void aMethodThatIsGoneBreaksTheBuild() throws IOException {
        Path without = changed("io/dmaheap/Heap.class", (builder, element) -> {
            if (!(element instanceof MethodModel method && method.methodName().equalsString("info"))) {
                builder.with(element);
            }
        });

        assertThat(incompatible(without)).containsExactly("io.dmaheap.Heap");
    }

    @Test
    void aMethodMoreDoesNot() throws IOException {
        Path with = changed(
                "io/dmaheap/Heap.class",
                ClassTransform.endHandler(builder -> builder.withMethodBody(
                        "anotherName",
                        MethodTypeDesc.ofDescriptor("()V"),
                        ClassFile.ACC_PUBLIC,
                        code -> code.return_())));

        assertThat(incompatible(with)).isEmpty();
    }

    /** The baseline with one class transformed. */
    private Path changed(String entry, ClassTransform change) throws IOException {
        Path changed = directory.resolve("changed.jar");
        try (var baseline = new JarFile(BASELINE.toFile());
                var out = new JarOutputStream(Files.newOutputStream(changed))) {
            for (JarEntry old :
                    baseline.stream().filter(one -> !one.isDirectory()).toList()) {
                byte[] bytes = baseline.getInputStream(old).readAllBytes();
                if (old.getName().equals(entry)) {
                    var classes = ClassFile.of();
                    bytes = classes.transformClass(classes.parse(bytes), change);
                }
                out.putNextEntry(new JarEntry(old.getName()));
                out.write(bytes);
            }
        }
        return changed;
    }

    /** The classes that a program compiled against the baseline would not link with. */
    private static List<String> incompatible(Path changed) {
        return new JarArchiveComparator(new JarArchiveComparatorOptions())
                        .compare(
                                new JApiCmpArchive(BASELINE.toFile(), "baseline"),
                                new JApiCmpArchive(changed.toFile(), "changed"))
                        .stream()
                        .filter(one -> !one.isBinaryCompatible())
                        .map(JApiClass::getFullyQualifiedName)
                        .toList();
    }
}
