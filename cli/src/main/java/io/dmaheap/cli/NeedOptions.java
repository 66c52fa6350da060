package io.dmaheap.cli;

import io.dmaheap.Need;
import io.dmaheap.Trait;
import io.dmaheap.cli.output.HeapWords;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/** What is needed of a heap that is to be chosen. */
final class NeedOptions {
    private Need need = Need.any();
    private boolean given;

    Syntax addTo(Syntax syntax) {
        String traits = Arrays.stream(Trait.values()).map(HeapWords::word).collect(Collectors.joining(", "));
        return syntax.option(
                        "--require",
                        "TRAITS",
                        "Only heaps with these of: " + traits + ".",
                        words -> wish(words, Need::require))
                .option("--prefer", "TRAITS", "Heaps with these come first.", words -> wish(words, Need::prefer))
                .option("--forbid", "TRAITS", "Only heaps without these.", words -> wish(words, Need::forbid))
                .option(
                        "--use-case",
                        "WORD",
                        "Only memory protected for this use, such as secure-video.",
                        word -> change(need.forUseCase(word)))
                .option(
                        "--used-by",
                        "DEVICES",
                        "Only memory that these devices can use, where devices are known.",
                        words -> change(need.usedBy(words.split(","))));
    }

    private void wish(String words, BiFunction<Need, Trait, Need> wish) {
        for (String word : words.split(",", -1)) {
            change(wish.apply(need, trait(word)));
        }
    }

    private static Trait trait(String word) {
        List<String> known = Arrays.stream(Trait.values()).map(HeapWords::word).toList();
        int index = known.indexOf(word);
        if (index < 0) {
            throw new IllegalArgumentException("'" + word + "' is no trait: there is " + String.join(", ", known));
        }
        return Trait.values()[index];
    }

    private void change(Need changed) {
        need = changed;
        given = true;
    }

    /** Whether any of these options was there. */
    boolean given() {
        return given;
    }

    Need need() {
        return need;
    }
}
