package io.dmaheap.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.DynamicCallSiteDesc;
import java.lang.constant.MethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.CallSite;
import java.lang.invoke.LambdaMetafactory;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each wait that tests must not do is found. The offenders are written as class files, because the rule would find their sources here. */
class TestRulesCanFailTests {
    @TempDir
    Path directory;

    static List<TestRules.Wait> forbidden() {
        return TestRules.FORBIDDEN;
    }

    @ParameterizedTest
    @MethodSource("forbidden")
    void aWaitWithoutALimitIsFound(TestRules.Wait wait) throws Exception {
        Method method = wait.owner().getMethod(wait.method(), wait.parameters().toArray(Class<?>[]::new));
        assertThat(violations(wait.owner(), method)).singleElement().asString().contains(wait.method());
    }

    static Stream<Class<?>> subtypes() {
        return Stream.of(FutureTask.class, LinkedBlockingDeque.class);
    }

    @ParameterizedTest
    @MethodSource("subtypes")
    void aSubtypeIsFound(Class<?> type) throws Exception {
        Method method = type.getMethod(Future.class.isAssignableFrom(type) ? "get" : "take");
        assertThat(violations(type, method)).singleElement().asString().contains(method.getName());
    }

    /** {@code retry(future::get)} waits as well. */
    @Test
    void aMethodReferenceIsFound() throws IOException {
        var get = MethodTypeDesc.of(ConstantDescs.CD_Object);
        var future = descriptor(Future.class);
        var reference = DynamicCallSiteDesc.of(
                ConstantDescs.ofCallsiteBootstrap(
                        descriptor(LambdaMetafactory.class),
                        "metafactory",
                        descriptor(CallSite.class),
                        ConstantDescs.CD_MethodType,
                        ConstantDescs.CD_MethodHandle,
                        ConstantDescs.CD_MethodType),
                "call",
                MethodTypeDesc.of(descriptor(Callable.class), future),
                get,
                MethodHandleDesc.ofMethod(DirectMethodHandleDesc.Kind.INTERFACE_VIRTUAL, future, "get", get),
                get);
        var test = MethodTypeDesc.of(descriptor(Callable.class), future);
        assertThat(violations(
                        test, code -> code.aload(0).invokedynamic(reference).areturn()))
                .singleElement()
                .asString()
                .contains("get");
    }

    @Test
    void aWaitWithALimitIsNotFound() throws Exception {
        assertThat(violations(
                        CountDownLatch.class, CountDownLatch.class.getMethod("await", long.class, TimeUnit.class)))
                .isEmpty();
        assertThat(violations(Future.class, Future.class.getMethod("get", long.class, TimeUnit.class)))
                .isEmpty();
    }

    /** What the rule says of a class that calls {@code method} of {@code owner}. */
    private List<String> violations(Class<?> owner, Method method) throws IOException {
        var called = MethodTypeDesc.of(
                descriptor(method.getReturnType()),
                Stream.of(method.getParameterTypes())
                        .map(TestRulesCanFailTests::descriptor)
                        .toList());
        return violations(called.insertParameterTypes(0, descriptor(owner)), code -> call(code, owner, method, called));
    }

    /** What the rule says of a class with one method. */
    private List<String> violations(MethodTypeDesc test, Consumer<CodeBuilder> body) throws IOException {
        byte[] bytes = ClassFile.of()
                .build(
                        ClassDesc.of("io.dmaheap.Offender"),
                        offender -> offender.withMethodBody(
                                "test", test, ClassFile.ACC_STATIC | ClassFile.ACC_PUBLIC, body));
        Files.write(directory.resolve("Offender.class"), bytes);
        return TestRules.WAITS_HAVE_A_LIMIT
                .evaluate(new ClassFileImporter().importPath(directory))
                .getFailureReport()
                .getDetails();
    }

    private static void call(CodeBuilder code, Class<?> owner, Method method, MethodTypeDesc called) {
        boolean isStatic = Modifier.isStatic(method.getModifiers());
        if (!isStatic) {
            code.aload(0);
        }
        int slot = 1;
        for (ClassDesc parameter : called.parameterList()) {
            var kind = TypeKind.from(parameter);
            code.loadLocal(kind, slot);
            slot += kind.slotSize();
        }
        if (isStatic) {
            code.invokestatic(descriptor(owner), method.getName(), called);
        } else if (owner.isInterface()) {
            code.invokeinterface(descriptor(owner), method.getName(), called);
        } else {
            code.invokevirtual(descriptor(owner), method.getName(), called);
        }
        code.return_(TypeKind.from(called.returnType()));
    }

    private static ClassDesc descriptor(Class<?> type) {
        return type.describeConstable().orElseThrow();
    }
}
