package io.dmaheap.conformance;

import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.targetOwner;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.conditions.ArchConditions.accessField;
import static com.tngtech.archunit.lang.conditions.ArchConditions.callMethodWhere;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.dmaheap.PublicApi;
import java.io.Console;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import org.jspecify.annotations.NullMarked;

/** What holds in every room. */
final class HouseRules {
    /** It reads {@link System#out} and {@link System#err}. */
    private static final String COMPARES_STREAMS = "io.dmaheap.core.provider.GlobalState";

    private static final DescribedPredicate<JavaClass> PRINTS =
            assignableTo(PrintStream.class).or(assignableTo(PrintWriter.class)).or(assignableTo(Console.class));

    private HouseRules() {}

    static final ArchRule PACKAGES_HAVE_NO_CYCLES = slices().matching("io.dmaheap.(**)")
            .should()
            .beFreeOfCycles()
            .because("a reader must be able to start somewhere");

    static final ArchRule PUBLIC_TYPES_OF_THE_API_SAY_WHO_MAY_USE_THEM = classes()
            .that()
            .resideInAnyPackage("io.dmaheap", "io.dmaheap.spi", "io.dmaheap.tee")
            .and()
            .arePublic()
            .should()
            .beAnnotatedWith(PublicApi.class)
            .because("who calls and who implements a type decides how it may change");

    static final ArchRule PACKAGES_ARE_NULL_MARKED = classes()
            .should(liveInANullMarkedPackage())
            .because("where null is allowed must be written down, and NullAway checks only marked packages");

    static final ArchRule ONLY_PLUGIN_LOADING_KNOWS_PF4J = noClasses()
            .that()
            .resideOutsideOfPackage("io.dmaheap.core.plugin..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.pf4j..", "org.slf4j..")
            .because("PF4J may have to be replaced, and brings its own logging");

    static final ArchRule ONLY_LINUX_CALLS_NATIVE_CODE = noClasses()
            .that()
            .resideOutsideOfPackage("io.dmaheap.linux..")
            .and()
            .resideOutsideOfPackage("io.dmaheap.testkit.rules")
            .should()
            .dependOnClassesThat(belongToAnyOf(Linker.class, SymbolLookup.class))
            .because(
                    "whoever audits the native calls must find them in one place; the rules for plugins only name the types");

    static final ArchRule ONLY_THE_COMMAND_PRINTS = noClasses()
            .that()
            .resideOutsideOfPackage("io.dmaheap.cli..")
            .and()
            .doNotHaveFullyQualifiedName(COMPARES_STREAMS)
            .should(accessField(System.class, "out").or(accessField(System.class, "err")))
            .because("the streams belong to the application; GlobalState only tells whether a plugin replaced them");

    static final ArchRule ONLY_THE_PRINTER_OF_THE_COMMAND_PRINTS = noClasses()
            .that()
            .resideInAPackage("io.dmaheap.cli..")
            .and()
            .doNotHaveFullyQualifiedName("io.dmaheap.cli.output.Printer")
            .should(callMethodWhere(target(owner(PRINTS)).and(target(nameMatching("print.*|write|append|format"))))
                    .or(callMethodWhere(
                            target(owner(assignableTo(Throwable.class))).and(target(name("printStackTrace"))))))
            .because("names, labels and messages of others can hold escape sequences, and the printer is where they are"
                    + " made visible");

    static final ArchRule STREAMS_ARE_COMPARED_BY_IDENTITY = noClasses()
            .that()
            .haveFullyQualifiedName(COMPARES_STREAMS)
            .should()
            .accessTargetWhere(targetOwner(assignableTo(OutputStream.class)))
            .because("it may see which streams the application has, and must not use them");

    private static ArchCondition<JavaClass> liveInANullMarkedPackage() {
        return new ArchCondition<>("live in a @NullMarked package") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                boolean marked = type.getPackage()
                        .tryGetPackageInfo()
                        .map(info -> info.isAnnotatedWith(NullMarked.class))
                        .orElse(false);
                if (!marked) {
                    events.add(SimpleConditionEvent.violated(
                            type, type.getName() + " lives in a package that is not @NullMarked"));
                }
            }
        };
    }
}
