package io.dmaheap.emulator.board;

import io.dmaheap.HeapException;
import io.dmaheap.emulator.board.BoardProblem.Kind;
import io.dmaheap.emulator.devicetree.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Collects problems while a board is read. */
final class Findings {
    /** Nobody reads more, and a hostile tree could make a million. */
    static final int MAX_PROBLEMS = 256;

    private final List<BoardProblem> problems = new ArrayList<>();
    private int count;

    /** How many there are, those not kept included. */
    int count() {
        return count;
    }

    List<BoardProblem> problems() {
        return problems;
    }

    void add(Kind kind, Node node, String message, String hint) {
        count++;
        if (count < MAX_PROBLEMS) {
            problems.add(new BoardProblem(kind, node.path(), message, hint));
        } else if (count == MAX_PROBLEMS) {
            problems.add(new BoardProblem(Kind.TOO_MANY, "/", "there are more problems", "Solve these first"));
        }
    }

    /** Reads something of a node; if a property of it does not have the form that it should, that is a problem and this the result. */
    <T> T read(Node node, Supplier<T> reading, T otherwise) {
        try {
            return reading.get();
        } catch (HeapException e) {
            add(Kind.BAD_VALUE, node, e.getMessage(), "What depends on it is left out");
            return otherwise;
        }
    }

    /** Does something with a node, which ends where a property does not have the form that it should. */
    void attempt(Node node, Runnable reading) {
        read(
                node,
                () -> {
                    reading.run();
                    return true;
                },
                false);
    }
}
