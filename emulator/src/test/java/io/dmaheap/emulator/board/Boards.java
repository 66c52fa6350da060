package io.dmaheap.emulator.board;

import io.dmaheap.emulator.board.BoardProblem.Kind;
import io.dmaheap.emulator.devicetree.TreeSource;
import java.util.List;
import org.assertj.core.api.AbstractListAssert;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ListAssert;
import org.assertj.core.groups.Tuple;

/** Boards of 256 MiB at 1 GiB, for tests that are about one thing. */
final class Boards {
    static final long BASE = 0x4000_0000L;
    static final long MIB = 1L << 20;

    private Boards() {}

    static Board of(String rootBody) {
        return Board.of(
                TreeSource.read("/dts-v1/; / { #address-cells = <1>; #size-cells = <1>; " + rootBody + " };", "test"));
    }

    /** A board with these children of /reserved-memory. */
    static Board reserving(String regions) {
        return reserving(regions, "");
    }

    static Board reserving(String regions, String others) {
        return of("memory@40000000 { device_type = \"memory\"; reg = <0x40000000 0x10000000>; };"
                + "reserved-memory { #address-cells = <1>; #size-cells = <1>; ranges; " + regions + " };" + others);
    }

    /** A region whose base is so many MiB after the start of memory. */
    static String region(String name, int mib, int sizeMib, String properties) {
        return "%s { reg = <0x%x 0x%x>; %s };".formatted(name, BASE + mib * MIB, sizeMib * MIB, properties);
    }

    static ListAssert<String> assertRegions(Board board) {
        return Assertions.assertThat(board.regions().stream().map(Region::name).toList());
    }

    static AbstractListAssert<?, List<? extends Tuple>, Tuple, ?> assertProblems(Board board) {
        return Assertions.assertThat(board.problems()).extracting(BoardProblem::kind, BoardProblem::node);
    }

    static Tuple problem(Kind kind, String node) {
        return Tuple.tuple(kind, node);
    }
}
