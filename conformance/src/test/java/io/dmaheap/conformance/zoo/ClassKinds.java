package io.dmaheap.conformance.zoo;

import static io.dmaheap.Problem.Kind.INCOMPATIBLE_API;
import static io.dmaheap.Problem.Kind.PLUGIN_THREW;
import static io.dmaheap.Problem.Kind.UNLOADABLE_CLASS;

import io.dmaheap.Problem;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.FieldModel;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/** Classes that the JVM refuses, or refuses to link, and native code. */
final class ClassKinds {
    private ClassKinds() {}

    static List<Kind> kinds() {
        return List.of(
                provider(
                        UNLOADABLE_CLASS,
                        "class-truncated",
                        bytes -> Arrays.copyOf(bytes, bytes.length / 2),
                        "damaged"),
                provider(
                        UNLOADABLE_CLASS,
                        "class-of-text",
                        _ -> "no class at all".getBytes(StandardCharsets.UTF_8),
                        "damaged"),
                provider(
                        UNLOADABLE_CLASS,
                        "class-of-a-later-java",
                        bytes -> version(bytes, 199),
                        "compiled for Java 155"),
                provider(
                        UNLOADABLE_CLASS,
                        "class-of-a-preview",
                        bytes -> ByteBuffer.wrap(bytes.clone())
                                .putShort(4, (short) -1)
                                .array(),
                        "preview"),
                provider(
                        UNLOADABLE_CLASS,
                        "class-with-another-name",
                        _ -> ClassFile.of().build(ClassDesc.of("zoo.Other"), _ -> {}),
                        "zoo/Other"),
                provider(PLUGIN_THREW, "class-that-does-not-verify", ClassKinds::unverifiable, "VerifyError"),
                operations(PLUGIN_THREW, "class-that-is-its-own-parent", "zoo.sound.Ops", "ClassCircularityError"),
                operations(INCOMPATIBLE_API, "class-with-a-final-parent", "java.lang.String", "HeapOps.allocate"),
                operations(PLUGIN_THREW, "class-with-an-unknown-parent", "no.such.Parent", "NoClassDefFoundError"),
                provider(INCOMPATIBLE_API, "class-without-start", ClassKinds::withoutStart, "start"),
                provider(
                        INCOMPATIBLE_API,
                        "class-that-calls-a-method-of-another-api",
                        bytes -> startCalls(bytes, "io.dmaheap.spi.HeapContext", "registerTwice"),
                        "registerTwice"),
                provider(
                        INCOMPATIBLE_API,
                        "class-that-calls-a-class-of-another-api",
                        bytes -> startCalls(bytes, "io.dmaheap.spi.NoSuchContext", "register"),
                        "NoSuchContext"),
                provider(
                        INCOMPATIBLE_API,
                        "class-that-calls-the-framework",
                        bytes -> startCalls(bytes, "io.dmaheap.core.CoreFramework", "open"),
                        "not for plugins"),
                new Kind(
                        "class-without-its-own-field",
                        new Specimen("class-without-its-own-field")
                                .in("allocate", "kept = null;")
                                .compiled("Ops", ClassKinds::withoutFields),
                        Expected.failed(INCOMPATIBLE_API, "neither the jar nor heap-api")),
                new Kind(
                        "class-missing-beside-the-provider",
                        new Specimen("class-missing-beside-the-provider").compiled("Ops", _ -> new byte[0]),
                        Expected.failed(PLUGIN_THREW, "NoClassDefFoundError")),
                new Kind(
                        "class-missing-for-the-buffer",
                        new Specimen("class-missing-for-the-buffer").compiled("Buffer", _ -> new byte[0]),
                        Expected.refused("PLUGIN_FAILED", "flags", "allocate", "again")),
                new Kind(
                        "native-method-without-library",
                        new Specimen("native-method-without-library")
                                .source("Native", "final class Native { static native void call(); }")
                                .in("start", "Native.call();"),
                        Expected.failed(PLUGIN_THREW, "UnsatisfiedLinkError")),
                new Kind(
                        "native-library-loaded",
                        new Specimen("native-library-loaded")
                                .in("start", "System.load(\"/lib/x86_64-linux-gnu/libm.so.6\");"),
                        Expected.failed(PLUGIN_THREW, "IllegalCallerException")),
                new Kind(
                        "native-linker-used",
                        new Specimen("native-linker-used")
                                .in(
                                        "start",
                                        "Linker.nativeLinker().downcallHandle(MemorySegment.ofAddress(1), FunctionDescriptor.ofVoid());"),
                        Expected.failed(PLUGIN_THREW, "IllegalCallerException")),
                new Kind(
                        "memory-reinterpreted",
                        new Specimen("memory-reinterpreted")
                                .in("start", "MemorySegment.NULL.reinterpret(8).get(ValueLayout.JAVA_LONG, 0);"),
                        Expected.failed(PLUGIN_THREW, "IllegalCallerException")),
                new Kind(
                        "reflection-into-the-framework",
                        new Specimen("reflection-into-the-framework")
                                .in(
                                        "start",
                                        "try { context.getClass().getDeclaredFields()[0].setAccessible(true); } catch (RuntimeException e) { throw new IllegalStateException(e); }"),
                        Expected.failed(PLUGIN_THREW, "InaccessibleObjectException")),
                new Kind(
                        "reflection-into-the-jdk",
                        new Specimen("reflection-into-the-jdk")
                                .in(
                                        "start",
                                        "try { String.class.getDeclaredFields()[0].setAccessible(true); } catch (RuntimeException e) { throw new IllegalStateException(e); }"),
                        Expected.failed(PLUGIN_THREW, "InaccessibleObjectException")));
    }

    private static Kind provider(Problem.Kind problem, String name, UnaryOperator<byte[]> change, String says) {
        return new Kind(name, new Specimen(name).compiled("Provider", change), Expected.failed(problem, says));
    }

    /** The operations of its heap are a class with that parent, and nothing else. */
    private static Kind operations(Problem.Kind problem, String name, String parent, String says) {
        return new Kind(
                name,
                new Specimen(name).compiled("Ops", _ -> descendant("zoo.sound.Ops", parent)),
                Expected.failed(problem, says));
    }

    private static byte[] version(byte[] bytes, int major) {
        return ByteBuffer.wrap(bytes.clone()).putShort(6, (short) major).array();
    }

    /** A method reads an int that is not there. */
    private static byte[] unverifiable(byte[] bytes) {
        var classes = ClassFile.of();
        return classes.transformClass(
                classes.parse(bytes),
                ClassTransform.endHandler(type -> type.withMethodBody(
                        "wrong",
                        ConstantDescs.MTD_void,
                        ClassFile.ACC_STATIC,
                        code -> code.iload(0).pop().return_())));
    }

    private static byte[] descendant(String name, String parent) {
        return ClassFile.of()
                .build(
                        ClassDesc.of(name),
                        type -> type.withFlags(ClassFile.ACC_PUBLIC)
                                .withSuperclass(ClassDesc.of(parent))
                                .withInterfaceSymbols(ClassDesc.of("io.dmaheap.spi.HeapOps")));
    }

    private static byte[] withoutStart(byte[] bytes) {
        var classes = ClassFile.of();
        return classes.transformClass(
                classes.parse(bytes),
                ClassTransform.dropping(element -> element instanceof java.lang.classfile.MethodModel method
                        && method.methodName().equalsString("start")));
    }

    private static byte[] withoutFields(byte[] bytes) {
        var classes = ClassFile.of();
        return classes.transformClass(classes.parse(bytes), ClassTransform.dropping(FieldModel.class::isInstance));
    }

    /** Its start does nothing but to call a static method without arguments. */
    private static byte[] startCalls(byte[] bytes, String owner, String method) {
        var classes = ClassFile.of();
        return classes.transformClass(
                classes.parse(withoutStart(bytes)),
                ClassTransform.endHandler(type -> type.withMethodBody(
                        "start",
                        MethodTypeDesc.of(ConstantDescs.CD_void, ClassDesc.of("io.dmaheap.spi.HeapContext")),
                        ClassFile.ACC_PUBLIC,
                        code -> code.invokestatic(
                                        ClassDesc.of(owner), method, ConstantDescs.MTD_void, owner.endsWith("Context"))
                                .return_())));
    }
}
