package io.dmaheap.core.policy;

import io.dmaheap.Answer;
import io.dmaheap.Protection;
import io.dmaheap.Traits;
import io.dmaheap.core.policy.PolicyFile.Setting;
import io.dmaheap.size.ByteSize;
import java.util.Optional;

/**
 * Reads the traits that an operator states for a heap of the kernel, such as {@code contiguous cached alignment=64K}. What is not stated
 * stays unknown: no ioctl tells it (linux, up to 7.3).
 */
final class StatedTraits {
    private static final String ALIGNMENT = "alignment=";
    private static final String PROTECTED = "protected=";

    private final Setting setting;
    private Answer contiguous = Answer.UNKNOWN;
    private Answer cached = Answer.UNKNOWN;
    private Answer cpuAccessible = Answer.UNKNOWN;
    private Answer zeroed = Answer.UNKNOWN;
    private long alignment = Traits.UNKNOWN.alignment();
    private Optional<Protection> protection = Optional.empty();

    private StatedTraits(Setting setting) {
        this.setting = setting;
    }

    /**
     * Reads the words of a setting; of two that contradict each other the last counts.
     *
     * @throws io.dmaheap.HeapException {@link io.dmaheap.ErrorCode#INVALID_CONFIGURATION} with its place
     */
    static Traits of(Setting setting) {
        var stated = new StatedTraits(setting);
        for (String word : setting.value().split("\\s+")) {
            stated.read(word);
        }
        return new Traits(
                stated.contiguous,
                stated.cached,
                stated.protection.isPresent() ? Answer.NO : stated.cpuAccessible,
                stated.zeroed,
                stated.alignment,
                stated.protection);
    }

    private void read(String word) {
        switch (word) {
            case "contiguous" -> contiguous = Answer.YES;
            case "scattered" -> contiguous = Answer.NO;
            case "cached" -> cached = Answer.YES;
            case "uncached" -> cached = Answer.NO;
            case "cpu-accessible" -> cpuAccessible = Answer.YES;
            case "zeroed" -> zeroed = Answer.YES;
            default -> readValue(word);
        }
    }

    private void readValue(String word) {
        if (word.startsWith(ALIGNMENT)) {
            alignment = alignment(word.substring(ALIGNMENT.length()));
        } else if (word.startsWith(PROTECTED) && word.length() > PROTECTED.length()) {
            protection = Optional.of(new Protection(Protection.Kind.INACCESSIBLE, word.substring(PROTECTED.length())));
        } else {
            throw setting.wrong(
                    "not a trait: '" + word + "'",
                    "Write contiguous or scattered, cached or uncached, cpu-accessible, zeroed, alignment=SIZE, protected=USE");
        }
    }

    private long alignment(String text) {
        try {
            long bytes = ByteSize.parse(text);
            if (Long.bitCount(bytes) == 1) {
                return bytes;
            }
        } catch (IllegalArgumentException _) {
            // Refused below, as a size that is no power of two.
        }
        throw setting.wrong("not an alignment: " + text, "Write a power of two in bytes, such as 64K");
    }
}
