package io.dmaheap.testkit.rules;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.attribute.ModuleAttribute;
import java.lang.constant.ClassDesc;
import java.lang.constant.ModuleDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Writes classes that could not be compiled here, because what they depend on is not here. */
final class ClassFiles {
    private ClassFiles() {}

    /** A class {@code acme.Plugin} that has a field of type {@code dependency}. */
    static Path classDependingOn(String dependency, Path directory) throws IOException {
        byte[] bytes = ClassFile.of()
                .build(ClassDesc.of("acme.Plugin"), builder -> builder.withField("field", ClassDesc.of(dependency), 0));
        Path file = directory.resolve("acme/Plugin.class");
        Files.createDirectories(file.getParent());
        return Files.write(file, bytes);
    }

    /** The bytes of a {@code module-info.class}. */
    static byte[] module(String name, Consumer<ModuleAttribute.ModuleAttributeBuilder> content) {
        return ClassFile.of().buildModule(ModuleAttribute.of(ModuleDesc.of(name), builder -> {
            builder.requires(ModuleDesc.of("java.base"), ClassFile.ACC_MANDATED, null);
            content.accept(builder);
        }));
    }
}
