package io.dmaheap.cli.output;

import io.dmaheap.Answer;
import io.dmaheap.Traits;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Says in a few words what a heap's memory is like. */
public final class HeapWords {
    private HeapWords() {}

    /** One word: {@code protected}, {@code contiguous}, {@code scattered} or {@code unknown}. */
    public static String kind(Traits traits) {
        if (traits.protection().isPresent()) {
            return "protected";
        }
        return switch (traits.contiguous()) {
            case YES -> "contiguous";
            case NO -> "scattered";
            case UNKNOWN -> "unknown";
        };
    }

    /** What is known beyond the kind: {@code cached, zeroed}, {@code for secure-video}. */
    public static String more(Traits traits) {
        List<String> words = new ArrayList<>();
        traits.protection().ifPresent(protection -> words.add("for " + protection.useCase()));
        if (traits.cached() != Answer.UNKNOWN) {
            words.add(traits.cached() == Answer.YES ? "cached" : "uncached");
        }
        if (traits.zeroed() == Answer.YES) {
            words.add("zeroed");
        }
        return words.isEmpty() ? "-" : String.join(", ", words);
    }

    /** A constant as people type and read it: {@code cpu-accessible}. */
    public static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
