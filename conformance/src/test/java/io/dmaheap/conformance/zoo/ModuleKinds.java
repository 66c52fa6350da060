package io.dmaheap.conformance.zoo;

import static io.dmaheap.Problem.Kind.DUPLICATE_PLUGIN;
import static io.dmaheap.Problem.Kind.NO_PROVIDER;
import static io.dmaheap.Problem.Kind.PLUGIN_THREW;
import static io.dmaheap.Problem.Kind.UNLOADABLE_CLASS;
import static io.dmaheap.Problem.Kind.UNRESOLVABLE_MODULE;

import java.lang.classfile.ClassFile;
import java.lang.classfile.attribute.ModuleAttribute.ModuleAttributeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.ModuleDesc;
import java.lang.constant.PackageDesc;
import java.util.List;
import java.util.function.Consumer;

/** Modules that cannot be resolved, and providers that are not there. */
final class ModuleKinds {
    private ModuleKinds() {}

    static List<Kind> kinds() {
        return List.of(
                module(
                        "module-requires-nothing-known",
                        of -> of.requires(ModuleDesc.of("no.such.module"), 0, null),
                        failed("no.such.module")),
                module("module-requires-itself", of -> of.requires(ModuleDesc.of("zoo.sound"), 0, null), failed("")),
                module("module-exports-no-package", of -> of.exports(PackageDesc.of("no.such"), 0), failed("")),
                module(
                        "module-uses-nothing-known",
                        of -> of.uses(ClassDesc.of("no.such.Service")),
                        failed("no.such.Service")),
                module(
                        "module-requires-the-framework",
                        of -> of.requires(ModuleDesc.of("io.dmaheap.core"), 0, null),
                        Expected.harmless()),
                named("module-named-like-the-platform", "java.base", failed("")),
                named("module-named-like-the-api", "io.dmaheap.api", failed("")),
                named(
                        "module-named-like-a-shipped-one",
                        "io.dmaheap.heaps.system",
                        Expected.failed(DUPLICATE_PLUGIN, "io.dmaheap.heaps.system")),
                stray("module-with-java-lang", "java.lang.Zoo", unloadable("java")),
                stray("module-with-a-package-of-the-api", "io.dmaheap.tee.zoo.Zoo", Expected.harmless()),
                stray("module-with-a-package-of-the-jdk", "java.util.concurrent.Zoo", unloadable("java")),
                stray("module-with-a-class-in-no-package", "Zoo", failed("")),
                entry("descriptor-of-text", "module-info.class", "no class at all", failed("")),
                entry("descriptor-of-four-bytes", "module-info.class", "\u0000\u0001\u0002\u0003", failed("")),
                new Kind(
                        "descriptor-without-provider",
                        new Specimen("descriptor-without-provider").withoutProvider(),
                        Expected.failed(NO_PROVIDER, "io.dmaheap.spi.HeapProvider")),
                new Kind(
                        "neither-descriptor-nor-services",
                        new Specimen("neither-descriptor-nor-services").plain().withoutProvider(),
                        Expected.failed(NO_PROVIDER, "io.dmaheap.spi.HeapProvider")),
                new Kind(
                        "descriptor-provides-nothing-there",
                        new Specimen("descriptor-provides-nothing-there").provider("zoo.sound.Missing"),
                        Expected.failed(NO_PROVIDER, "Missing")),
                new Kind(
                        "descriptor-provides-from-no-package",
                        new Specimen("descriptor-provides-from-no-package").provider("no.such.Provider"),
                        failed("no.such")),
                new Kind(
                        "services-name-nothing-there",
                        new Specimen("services-name-nothing-there").plain().provider("zoo.sound.Missing"),
                        Expected.failed(NO_PROVIDER, "Missing")),
                new Kind(
                        "services-of-garbage",
                        new Specimen("services-of-garbage").plain().provider("%&/ no class \u0001"),
                        failed("")),
                new Kind(
                        "services-of-comments",
                        new Specimen("services-of-comments").plain().provider("# none\n\n# at all"),
                        Expected.failed(NO_PROVIDER, "io.dmaheap.spi.HeapProvider")),
                new Kind("services-alone", new Specimen("services-alone").plain(), Expected.harmless()),
                new Kind(
                        "name-that-is-no-module-name",
                        new Specimen("name-that-is-no-module-name")
                                .plain()
                                .attribute("Automatic-Module-Name", "1.class.2"),
                        failed("")),
                unmakeable(
                        "provider-of-another-type",
                        "public class Provider { public Provider() {} }",
                        "does not implement"),
                unmakeable(
                        "provider-abstract", "public abstract class Provider implements HeapProvider {}", "abstract"),
                unmakeable(
                        "provider-that-is-not-public",
                        "class Provider implements HeapProvider { public void start(HeapContext context) {} }",
                        ""),
                unmakeable(
                        "provider-with-a-private-constructor",
                        "public class Provider implements HeapProvider { private Provider() {} public void start(HeapContext context) {} }",
                        "onstructor"),
                unmakeable(
                        "provider-that-wants-an-argument",
                        "public class Provider implements HeapProvider { public Provider(int i) {} public void start(HeapContext context) {} }",
                        "onstructor"),
                provider(
                        "provider-method-that-answers-null",
                        "public class Provider { public static HeapProvider provider() { return null; } }",
                        "null"),
                provider(
                        "provider-method-that-throws",
                        "public class Provider { public static HeapProvider provider() { throw new IllegalStateException(\"zoo\"); } }",
                        "IllegalStateException"),
                provider(
                        "provider-method-of-another-type",
                        "public class Provider { public static String provider() { return \"zoo\"; } }",
                        "provider"),
                unmakeable(
                        "provider-that-is-an-interface",
                        "public interface Provider extends HeapProvider {}",
                        "abstract"));
    }

    private static Expected failed(String says) {
        return Expected.failed(UNRESOLVABLE_MODULE, says);
    }

    private static Kind module(String name, Consumer<ModuleAttributeBuilder> directives, Expected expected) {
        return new Kind(name, new Specimen(name).module(directives), expected);
    }

    private static Kind named(String name, String module, Expected expected) {
        return new Kind(name, new Specimen(name).moduleName(module), expected);
    }

    private static Kind entry(String name, String path, String content, Expected expected) {
        return new Kind(name, new Specimen(name).entry(path, content), expected);
    }

    private static Expected unloadable(String says) {
        return Expected.failed(UNLOADABLE_CLASS, says);
    }

    /** A class in a package where it must not be. */
    private static Kind stray(String name, String type, Expected expected) {
        return new Kind(
                name,
                new Specimen(name)
                        .entry(type.replace('.', '/') + ".class", ClassFile.of().build(ClassDesc.of(type), _ -> {})),
                expected);
    }

    private static Kind provider(String name, String source, String says) {
        return new Kind(name, new Specimen(name).source("Provider", source), Expected.failed(PLUGIN_THREW, says));
    }

    /** A provider that is seen to be unusable before it is made. */
    private static Kind unmakeable(String name, String source, String says) {
        return new Kind(name, new Specimen(name).source("Provider", source), Expected.failed(NO_PROVIDER, says));
    }
}
