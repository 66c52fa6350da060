package io.dmaheap.emulator.devicetree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TreeSourceTests {

    @Test
    void valuesOfEveryKindBecomeBytes() {
        assertThat(value("<1 0x2 010>")).containsExactly(0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 8);
        assertThat(value("<0xFFFFFFFF 4294967295>")).containsOnly(-1).hasSize(8);
        assertThat(value("\"ab\", \"c\"")).containsExactly('a', 'b', 0, 'c', 0);
        assertThat(value("[00 ff1a]")).containsExactly(0, -1, 0x1a);
        assertThat(value("[]")).isEmpty();
        assertThat(value("<>, \"\", [07]")).containsExactly(0, 7);
    }

    @Test
    void escapesOfStringsAreThoseOfC() {
        assertThat(value("\"\\n\\t\\\"\\\\\\x41\\101\\0\"")).containsExactly('\n', '\t', '"', '\\', 'A', 'A', 0, 0);
    }

    @Test
    void textBeyondAsciiIsUtf8() {
        assertThat(value("\"é\"")).containsExactly(0xc3, 0xa9, 0);
    }

    @Test
    void commentsMayStandAnywhere() {
        var tree = read("/* a */ / { // b\n p /* c */ = /* d */ < /* e */ 1 > /* f */ ; } /* g */ ; // h");

        assertThat(tree.root().property("p").orElseThrow().u32()).isEqualTo(1);
    }

    @Test
    void aLabelMayBeUsedBeforeItIsDefined() {
        var tree = read("/ { p = <5 &late &{/late}>; q = &late, \"x\"; a: late: late { }; };");

        assertThat(tree.root().property("p").orElseThrow().cells()).containsExactly(5, 1, 1);
        assertThat(tree.root().property("q").orElseThrow().strings()).containsExactly("/late", "x");
        assertThat(tree.find("/late").orElseThrow().phandle()).hasValue(1);
    }

    @Test
    void phandlesThatAreTakenAreNotGivenAgain() {
        var tree = read("/ { p = <&b &a>; a: a { phandle = <1>; }; b: b { }; c { q = <&d>; }; d: d { }; };");

        assertThat(tree.root().property("p").orElseThrow().cells()).containsExactly(2, 1);
        assertThat(tree.find("/d").orElseThrow().phandle()).hasValue(3);
        assertThat(tree.find("/c").orElseThrow().phandle()).isEmpty();
    }

    @Test
    void reservationsMayBeWiderThanACell() {
        assertThat(read("/memreserve/ 0x100000000 4096; /memreserve/ 0 1; / { };")
                        .reservations())
                .containsExactly(new AddressRange(0x1_0000_0000L, 4096), new AddressRange(0, 1));
    }

    @Test
    void linesAreCountedToTheFault() {
        assertThatThrownBy(() -> read("\n/ {\n\tsoc {\n\t\tp = <oops>;\n"))
                .isInstanceOfSatisfying(
                        HeapException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION))
                .hasMessageStartingWith("test.dts:4:12, node /soc: expected a number");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "/ { p = <&x>; };| no node is called &x",
                "/ { p = &{/x}; };| no node is called &/x",
                "/ { p = <0x100000000>; };| does not fit into 32 bits",
                "/ { p = <(1 + 1)>; };| expressions are not understood",
                "/ { p = <08>; };| expected a number",
                "/ { p = <-1>; };| expected a number",
                "/ { p = [0]; };| two hexadecimal digits",
                "/ { p = \"a; };| this string does not end",
                "/ { p = \"\\q\"; };| escape that does not exist",
                "/ { p = ; };| expected a value",
                "/ { p }| expected ;",
                "/ { a: p; };| only nodes can have labels",
                "/ { a: b { }; a: c { }; };| the label a belongs to another node already",
                "/ { a-b: c { }; };| a label cannot be called a-b",
                "/ { p; p; };| two properties are called p",
                "/ { a { }; a { }; };| two nodes are called a",
                "/ { a { }; p; };| property p comes after a node",
                "/ { phandle = <&a>; a: a { phandle = <&b>; b: b { }; }; };| two properties are called phandle",
                "/ { }; / { };| only one root node",
                "/ { /delete-node/ a; };| /delete-node/ is not read here",
                "/ { /* no end| expected a property, a node or }",
                "/include/ \"a.dtsi\"| /include/ is not read here",
                "#include <dt-bindings/x.h>| #include is not read here",
                "/ { a { }; #define X 1| #define is not read here",
                "/ { p = /bits/ 64 <1>; };| /bits/ is not read here",
                "/ { a {| expected a property, a node or }",
                "/memreserve/ 0xffffffffffffffff 1; / { };| leaves the address space",
                "| expected /",
            })
    void whatIsNotUnderstoodIsRefusedAndSaid(String source, String message) {
        assertThatThrownBy(() -> read(source == null ? "" : source))
                .isInstanceOf(HeapException.class)
                .hasMessageStartingWith("test.dts:")
                .hasMessageContaining(message.strip())
                .hasMessageContaining("If dtc takes the source, give the blob that it makes: `cpp ")
                .hasMessageNotContaining("what dtc says");
    }

    @Test
    void aSourceSaysItsVersion() {
        assertThatThrownBy(() -> TreeSource.read("/ { };", "old.dts")).hasMessageContaining("begins with /dts-v1/;");
    }

    private static byte[] value(String source) {
        return read("/ { p = " + source + "; };")
                .root()
                .property("p")
                .orElseThrow()
                .bytes();
    }

    private static DeviceTree read(String body) {
        return TreeSource.read("/dts-v1/;" + body, "test.dts");
    }
}
