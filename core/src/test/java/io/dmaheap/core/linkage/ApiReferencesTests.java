package io.dmaheap.core.linkage;

import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;
import static java.lang.constant.ConstantDescs.MTD_void;
import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.AllocationRequest;
import io.dmaheap.HeapException;
import io.dmaheap.Traits;
import io.dmaheap.spi.ForwardingMemory;
import io.dmaheap.spi.Framework;
import io.dmaheap.spi.HeapContext;
import io.dmaheap.spi.HeapProvider;
import io.dmaheap.spi.Memory;
import java.io.IOException;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The linker's answers, compared for classes that were compiled against an API that does not exist. */
class ApiReferencesTests {
    private static final ClassDesc VENDOR = ClassDesc.of("acme.Vendor");
    private static final ClassDesc CONTEXT = desc(HeapContext.class);
    private static final String LEVEL = "heap-api " + Framework.API_LEVEL;

    private final ApiReferences references = new ApiReferences();

    private static ClassDesc desc(Class<?> type) {
        return ClassDesc.ofDescriptor(type.descriptorString());
    }

    private static Consumer<ClassBuilder> code(Consumer<CodeBuilder> body) {
        return builder ->
                builder.withMethodBody("use", MethodTypeDesc.of(CD_void, CD_Object), ClassFile.ACC_STATIC, code -> {
                    body.accept(code);
                    code.return_();
                });
    }

    private static Consumer<ClassBuilder> extending(Class<?> type) {
        return builder -> builder.withSuperclass(desc(type));
    }

    private static Consumer<ClassBuilder> implementing(Class<?>... types) {
        return builder -> builder.withInterfaceSymbols(
                Stream.of(types).map(ApiReferencesTests::desc).toList());
    }

    private List<String> unresolved(boolean mayUseOthers, Consumer<ClassBuilder> content) {
        ClassFile files = ClassFile.of(ClassFile.StackMapsOption.DROP_STACK_MAPS);
        ClassModel model = files.parse(files.build(VENDOR, content));
        return references.jar(Map.of("acme/Vendor", model)).unresolved(mayUseOthers).stream()
                .map(UnresolvedReference::toString)
                .toList();
    }

    static Stream<Arguments> missing() {
        ClassDesc frame = ClassDesc.of("io.dmaheap.frame.Frame");
        ClassDesc later = ClassDesc.of("io.dmaheap.spi.DriverProvider");
        return Stream.of(
                Arguments.of(
                        "uses the class io.dmaheap.frame.Frame, which " + LEVEL + " does not have",
                        code(code -> code.aconst_null().checkcast(frame).pop())),
                Arguments.of(
                        "uses the class io.dmaheap.frame.Frame, which " + LEVEL + " does not have",
                        code(code ->
                                code.aconst_null().checkcast(frame.arrayType()).pop())),
                Arguments.of(
                        "uses the class io.dmaheap.frame.Frame, which " + LEVEL + " does not have",
                        (Consumer<ClassBuilder>) builder -> builder.withField("frame", frame, 0)),
                Arguments.of(
                        "uses the class io.dmaheap.allocators.Frames, which heap-allocators " + Framework.API_LEVEL
                                + " does not have",
                        (Consumer<ClassBuilder>) builder ->
                                builder.withField("frames", ClassDesc.of("io.dmaheap.allocators.Frames"), 0)),
                Arguments.of(
                        "uses the class io.dmaheap.spi.DriverProvider, which " + LEVEL + " does not have",
                        (Consumer<ClassBuilder>) builder -> builder.withInterfaceSymbols(later)),
                Arguments.of(
                        "uses the class io.dmaheap.core.CoreFramework, which is not for plugins",
                        code(code -> code.new_(ClassDesc.of("io.dmaheap.core.CoreFramework"))
                                .pop())),
                Arguments.of(
                        "uses the method int io.dmaheap.spi.HeapContext.frames(long), which " + LEVEL
                                + " does not have",
                        code(code -> code.aload(0)
                                .lconst_0()
                                .invokeinterface(CONTEXT, "frames", MethodTypeDesc.of(CD_int, CD_long))
                                .pop())),
                Arguments.of(
                        "uses the method void io.dmaheap.spi.HeapContext.platform(), which " + LEVEL + " does not have",
                        code(code -> code.aload(0).invokeinterface(CONTEXT, "platform", MTD_void))),
                Arguments.of(
                        "uses the field io.dmaheap.Traits.FASTEST, which " + LEVEL + " does not have",
                        code(code -> code.getstatic(desc(Traits.class), "FASTEST", desc(Traits.class))
                                .pop())),
                Arguments.of(
                        "uses the constructor io.dmaheap.AllocationRequest(long), which " + LEVEL + " does not have",
                        code(code -> code.new_(desc(AllocationRequest.class))
                                .lconst_0()
                                .invokespecial(
                                        desc(AllocationRequest.class), "<init>", MethodTypeDesc.of(CD_void, CD_long)))),
                Arguments.of(
                        "takes io.dmaheap.spi.HeapContext for a class, and in " + LEVEL + " it is an interface",
                        code(code -> code.aload(0).invokevirtual(CONTEXT, "logger", MTD_void))),
                Arguments.of(
                        "takes io.dmaheap.Traits for an interface, and in " + LEVEL + " it is a class",
                        code(code -> code.aload(0).invokeinterface(desc(Traits.class), "contiguous", MTD_void))),
                Arguments.of(
                        "uses the constructor io.dmaheap.HeapException(HeapException$Builder), which is not for plugins",
                        code(code -> code.aconst_null()
                                .aconst_null()
                                .invokespecial(
                                        desc(HeapException.class),
                                        "<init>",
                                        MethodTypeDesc.of(CD_void, ClassDesc.of("io.dmaheap.HeapException$Builder"))))),
                Arguments.of("extends io.dmaheap.Traits, which is final in " + LEVEL, extending(Traits.class)),
                Arguments.of(
                        "extends io.dmaheap.spi.ForwardingMemory, which is a class in " + LEVEL,
                        implementing(ForwardingMemory.class)),
                Arguments.of(
                        "does not implement the method void io.dmaheap.spi.HeapProvider.start(HeapContext) of " + LEVEL,
                        implementing(HeapProvider.class)),
                Arguments.of(
                        "uses the method void acme.Vendor.flush(), which neither the jar nor " + LEVEL + " has",
                        extending(ForwardingMemory.class)
                                .andThen(code(code -> code.aload(0).invokevirtual(VENDOR, "flush", MTD_void)))),
                Arguments.of(
                        "uses the field acme.Vendor.count, which neither the jar nor " + LEVEL + " has",
                        extending(ForwardingMemory.class)
                                .andThen(code(code -> code.aload(0)
                                        .getfield(VENDOR, "count", CD_int)
                                        .pop()))));
    }

    @ParameterizedTest
    @MethodSource
    void missing(String expected, Consumer<ClassBuilder> content) {
        assertThat(unresolved(false, content))
                .anySatisfy(text -> assertThat(text).startsWith("the class acme.Vendor " + expected));
    }

    @Test
    void whatIsInheritedResolves() {
        assertThat(unresolved(
                        false,
                        extending(ForwardingMemory.class)
                                .andThen(code(code -> code.aload(0)
                                        .invokevirtual(VENDOR, "release", MTD_void)
                                        .aload(0)
                                        .invokevirtual(VENDOR, "size", MethodTypeDesc.of(CD_long))
                                        .pop2()
                                        .aload(0)
                                        .invokespecial(
                                                desc(ForwardingMemory.class),
                                                "<init>",
                                                MethodTypeDesc.of(CD_void, desc(Memory.class)))
                                        .aload(0)
                                        .invokevirtual(
                                                desc(HeapException.class),
                                                "getMessage",
                                                MethodTypeDesc.of(desc(String.class)))
                                        .pop()
                                        .aload(0)
                                        .invokeinterface(CONTEXT, "hashCode", MethodTypeDesc.of(CD_int))
                                        .pop()))))
                .isEmpty();
    }

    @Test
    void whatAnotherPluginMayExportIsNotLookedAt() {
        Consumer<ClassBuilder> content =
                builder -> builder.withField("other", ClassDesc.of("io.dmaheap.heaps.other.Other"), 0);
        assertThat(unresolved(true, content)).isEmpty();
        assertThat(unresolved(false, content)).hasSize(1);
    }

    @Test
    void oneThingIsToldOnceHoweverOftenItIsUsed() {
        assertThat(unresolved(
                        false,
                        code(code -> code.getstatic(desc(Traits.class), "FASTEST", desc(Traits.class))
                                .pop()
                                .getstatic(desc(Traits.class), "FASTEST", desc(Traits.class))
                                .pop())))
                .hasSize(1);
    }

    /** Everything that javac can write: the tests of this module use the API in every way. */
    @Test
    void compiledClassesResolve() throws IOException {
        Map<String, ClassModel> classes = new HashMap<>();
        for (Class<?> type : List.of(ApiReferencesTests.class, io.dmaheap.core.fake.FakePlatform.class)) {
            String name = type.getName().replace('.', '/');
            try (var in = type.getResourceAsStream("/" + name + ".class")) {
                classes.put(name, ClassFile.of().parse(in.readAllBytes()));
            }
        }
        assertThat(references.jar(classes).unresolved(true)).isEmpty();
    }
}
