package io.dmaheap.conformance;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.importer.ImportOption.Predefined.DO_NOT_INCLUDE_TESTS;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class HouseRulesTests {
    private static JavaClasses house;

    @BeforeAll
    static void readTheWholeHouse() {
        house = new ClassFileImporter().withImportOption(DO_NOT_INCLUDE_TESTS).importPackages("io.dmaheap");
    }

    @ParameterizedTest
    @FieldSource("io.dmaheap.conformance.Room#ALL")
    void aRoomUsesOnlyWhatItMay(Room room) {
        room.rule().check(house);
    }

    @ParameterizedTest
    @FieldSource("io.dmaheap.conformance.Room#ALL")
    void aRoomWasReadCompletely(Room room) {
        var classes = house.that(resideInAnyPackage(room.packages().toArray(String[]::new)));
        assertThat(classes.size()).isGreaterThanOrEqualTo(room.minimum());
    }

    @Test
    void everyClassIsInARoom() {
        var patterns =
                Room.ALL.stream().flatMap(room -> room.packages().stream()).toArray(String[]::new);
        classes().should().resideInAnyPackage(patterns).check(house);
    }

    @Test
    void packagesHaveNoCycles() {
        HouseRules.PACKAGES_HAVE_NO_CYCLES.check(house);
    }

    @Test
    void publicTypesOfTheApiSayWhoMayUseThem() {
        HouseRules.PUBLIC_TYPES_OF_THE_API_SAY_WHO_MAY_USE_THEM.check(house);
    }

    @Test
    void packagesAreNullMarked() {
        HouseRules.PACKAGES_ARE_NULL_MARKED.check(house);
    }

    @Test
    void onlyPluginLoadingKnowsPf4j() {
        HouseRules.ONLY_PLUGIN_LOADING_KNOWS_PF4J.check(house);
    }

    @Test
    void onlyLinuxCallsNativeCode() {
        HouseRules.ONLY_LINUX_CALLS_NATIVE_CODE.check(house);
    }

    @Test
    void onlyTheCommandPrints() {
        HouseRules.ONLY_THE_COMMAND_PRINTS.check(house);
    }

    @Test
    void onlyThePrinterOfTheCommandPrints() {
        HouseRules.ONLY_THE_PRINTER_OF_THE_COMMAND_PRINTS.check(house);
    }

    @Test
    void streamsAreComparedByIdentity() {
        HouseRules.STREAMS_ARE_COMPARED_BY_IDENTITY.check(house);
    }
}
