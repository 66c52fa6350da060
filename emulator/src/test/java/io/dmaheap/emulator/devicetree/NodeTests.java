package io.dmaheap.emulator.devicetree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class NodeTests {

    @Test
    void theNameIsTheLastPartOfThePath() {
        var node =
                root("bus { video@68000000 { }; };").find("/bus/video@68000000").orElseThrow();

        assertThat(node.name()).isEqualTo("video@68000000");
        assertThat(root("").root().name()).isEmpty();
    }

    @Test
    void aPathIsFoundOnlyIfItIsWhole() {
        var tree = root("bus { dev { }; };");

        assertThat(tree.find("/bus/dev")).isPresent();
        assertThat(tree.find("/")).contains(tree.root());
        assertThat(tree.find("")).isEmpty();
        assertThat(tree.find("bus")).isEmpty();
        assertThat(tree.find("/bus/")).isEmpty();
        assertThat(tree.find("/bus/dev/x")).isEmpty();
    }

    @Test
    void cellsHaveTheDefaultsOfTheSpecification() {
        assertThat(root("").root().cells()).isEqualTo(new Cells(2, 1));
        assertThat(root("#address-cells = <1>; #size-cells = <0>;").root().cells())
                .isEqualTo(new Cells(1, 0));
    }

    @Test
    void onlyOkayIsEnabled() {
        assertThat(root("").root().isEnabled()).isTrue();
        assertThat(root("status = \"okay\";").root().isEnabled()).isTrue();
        assertThat(root("status = \"ok\";").root().isEnabled()).isTrue();
        assertThat(root("status = \"disabled\";").root().isEnabled()).isFalse();
        assertThat(root("status = \"reserved\";").root().isEnabled()).isFalse();
    }

    @Test
    void theNumbersThatMeanNoPhandleAreNone() {
        assertThat(root("phandle = <7>;").root().phandle()).hasValue(7);
        assertThat(root("linux,phandle = <8>;").root().phandle()).hasValue(8);
        assertThat(root("phandle = <0>;").root().phandle()).isEmpty();
        assertThat(root("phandle = <0xffffffff>;").root().phandle()).isEmpty();
    }

    @Test
    void namesAreUnique() {
        var property = new Property("/", "p", new byte[0]);

        assertThatThrownBy(() -> new Node("/", List.of(property, property), List.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static DeviceTree root(String body) {
        return TreeSource.read("/dts-v1/; / { " + body + " };", "test");
    }
}
