package io.dmaheap.testkit.rules;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_THROW_GENERIC_EXCEPTIONS;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.dmaheap.spi.HeapProvider;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.ResponseCache;
import java.net.URL;
import java.net.URLConnection;
import java.security.Security;
import java.util.List;
import java.util.Locale;
import java.util.TimeZone;
import java.util.Timer;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.stream.Stream;

/** What the classes of a heap plugin may and may not do. Every rule says why. */
public final class HeapPluginRules {
    private HeapPluginRules() {}

    /** Nothing but the JDK's base module, the API, the allocators and itself. */
    @ArchTest
    public static final ArchRule DEPENDS_ON_THE_API_ALONE = classes()
            .should(new DependOnlyOnTheApi())
            .as("a plugin should depend only on java.base, io.dmaheap.api and io.dmaheap.allocators")
            .because(
                    "it must run with any core and platform that offer this API, and be unloaded without leaving anything behind");

    /** No threads of its own. */
    @ArchTest
    public static final ArchRule STARTS_NO_THREADS = noClasses()
            .should()
            .callCodeUnitWhere(calls("<init>", Thread.class, ThreadPoolExecutor.class, ForkJoinPool.class, Timer.class))
            .orShould()
            .callCodeUnitWhere(calls("ofVirtual|ofPlatform|startVirtualThread", Thread.class))
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(Executors.class)
            .orShould()
            .beAssignableTo(Thread.class)
            .as("a plugin should start no threads")
            .because(
                    "a thread that outlives the plugin keeps its class loader from being collected; use HeapContext.executor(),"
                            + " which ends with the plugin");

    /** No {@code System.out} or {@code System.err}. */
    @ArchTest
    public static final ArchRule PRINTS_NOTHING = NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.because(
            "the streams belong to the application; use HeapContext.logger(), which names the plugin");

    /** No native calls of its own. */
    @ArchTest
    public static final ArchRule CALLS_NO_NATIVE_CODE = noClasses()
            .should()
            .dependOnClassesThat(belongToAnyOf(Linker.class, SymbolLookup.class))
            .orShould()
            .callCodeUnitWhere(calls("load|loadLibrary", System.class, Runtime.class))
            .as("a plugin should call no native code")
            .because(
                    "system calls belong to the platform, which checks them, counts what they take and can be replaced by the emulator");

    /** No {@code native} methods either. */
    @ArchTest
    public static final ArchRule DECLARES_NO_NATIVE_METHODS = methods()
            .should()
            .notHaveModifier(JavaModifier.NATIVE)
            .allowEmptyShould(true)
            .because(
                    "system calls belong to the platform, which checks them, counts what they take and can be replaced by the emulator");

    /** No logging framework. */
    @ArchTest
    public static final ArchRule LOGS_THROUGH_THE_CONTEXT = noClasses()
            .should()
            .dependOnClassesThat(resideInAnyPackage(
                    "java.util.logging..",
                    "org.slf4j..",
                    "org.apache.logging..",
                    "org.apache.commons.logging..",
                    "ch.qos.logback.."))
            .as("a plugin should log through HeapContext.logger()")
            .because("the application chooses the logging framework, and the logger of the context names the plugin");

    /** Neither the framework nor a platform. */
    @ArchTest
    public static final ArchRule KNOWS_NEITHER_FRAMEWORK_NOR_PLATFORM = noClasses()
            .should()
            .dependOnClassesThat(resideInAnyPackage(
                    "io.dmaheap.core..",
                    "io.dmaheap.linux..",
                    "io.dmaheap.emulator..",
                    "io.dmaheap.drivers..",
                    "org.pf4j.."))
            .as("a plugin should know neither the framework nor a platform")
            .because(
                    "one plugin must run on the kernel and on the emulator, and on every later core; everything is in HeapContext");

    /** Nothing public but the providers. */
    @ArchTest
    public static final ArchRule SHOWS_ONLY_ITS_PROVIDER = classes()
            .that()
            .arePublic()
            .should()
            .implement(HeapProvider.class)
            .allowEmptyShould(true)
            .as("a plugin's only public classes should be its providers")
            .because("whatever else is public will be called by somebody, and can then never change");

    /** No finalizers. */
    @ArchTest
    public static final ArchRule HAS_NO_FINALIZERS = noMethods()
            .that()
            .haveName("finalize")
            .should()
            .haveRawParameterTypes(new Class<?>[0])
            .allowEmptyShould(true)
            .as("a plugin should have no finalizers")
            .because(
                    "they run late, on a thread of the JVM, perhaps after the plugin was unloaded; use HeapContext.cleaner()");

    /** Nothing of the JDK that is not its API. */
    @ArchTest
    public static final ArchRule KEEPS_OUT_OF_THE_JDK = noClasses()
            .should()
            .dependOnClassesThat(resideInAnyPackage("sun..", "jdk.internal.."))
            .as("a plugin should keep out of the inside of the JDK")
            .because("Unsafe and the internal packages go away, and with them the plugin");

    /** No {@code RuntimeException}, {@code Exception}, {@code Error} or {@code Throwable} as such. */
    @ArchTest
    public static final ArchRule THROWS_WHAT_CALLERS_CAN_TELL_APART =
            NO_CLASSES_SHOULD_THROW_GENERIC_EXCEPTIONS.because(
                    "callers act on the code of a HeapException; anything else reaches them as PLUGIN_FAILED");

    /** No shutdown hooks, no exit, no other processes, and nothing changed that the whole JVM shares. */
    @ArchTest
    public static final ArchRule LEAVES_THE_JVM_ALONE = noClasses()
            .should()
            .callCodeUnitWhere(calls("exit|halt|addShutdownHook|exec", System.class, Runtime.class))
            .orShould()
            .callCodeUnitWhere(calls("start|startPipeline", ProcessBuilder.class))
            .orShould()
            .callCodeUnitWhere(
                    calls("setIn|setOut|setErr|setProperty|setProperties|clearProperty", System.class, Security.class))
            .orShould()
            .callCodeUnitWhere(calls(
                    "setDefault",
                    Locale.class,
                    TimeZone.class,
                    Authenticator.class,
                    CookieHandler.class,
                    ProxySelector.class,
                    ResponseCache.class))
            .orShould()
            .callCodeUnitWhere(calls("addProvider|insertProviderAt|removeProvider", Security.class))
            .orShould()
            .callCodeUnitWhere(calls("setDefaultUncaughtExceptionHandler|setName|setPriority", Thread.class))
            .orShould()
            .callCodeUnitWhere(calls(
                    "setURLStreamHandlerFactory|setContentHandlerFactory|setFileNameMap|setDefaultAllowUserInteraction",
                    URL.class,
                    URLConnection.class))
            .as("a plugin should leave the JVM alone")
            .because(
                    "the JVM belongs to the application: what is set for all of it stays set when the plugin is gone, and a"
                            + " shutdown hook keeps the plugin's class loader from being collected; HeapProvider.stop() is called"
                            + " at the end");

    private static DescribedPredicate<JavaCall<?>> calls(String names, Class<?>... owners) {
        return DescribedPredicate.describe(
                names + " of " + List.of(owners),
                call -> call.getName().matches(names)
                        && Stream.of(owners)
                                .anyMatch(owner -> call.getTargetOwner().isAssignableTo(owner)));
    }
}
