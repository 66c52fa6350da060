package io.dmaheap.core.choice;

import io.dmaheap.Answer;
import io.dmaheap.HeapInfo;
import io.dmaheap.Need;
import io.dmaheap.Need.Wish;
import io.dmaheap.Protection;
import io.dmaheap.Trait;
import io.dmaheap.spi.MemoryOutlook;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Judges one heap by a need. */
final class Verdicts {

    /**
     * What came of it.
     *
     * @param refusal why the heap cannot be used, empty if it can
     * @param named for how many devices of the need the policy names it
     * @param position the sum of its positions in the policy's lists for these devices
     * @param unsure for how many devices of the need it is not certain that they can use every buffer of the heap
     * @param preferred how many of the preferred traits it has
     * @param praise what speaks for it
     */
    record Verdict(Optional<String> refusal, int named, int position, int unsure, int preferred, String praise) {
        /** Best first: the operator's word, then what is certain, then what is preferred. */
        static final Comparator<Verdict> BEST_FIRST = Comparator.comparingInt((Verdict one) -> -one.named)
                .thenComparingInt(Verdict::position)
                .thenComparingInt(Verdict::unsure)
                .thenComparingInt(one -> -one.preferred);

        private static Verdict refused(String reason) {
            return new Verdict(Optional.of(reason), 0, 0, 0, 0, "");
        }
    }

    private Verdicts() {}

    static Verdict of(HeapInfo heap, Need need, List<DeviceUse> users, MemoryOutlook outlook) {
        if (!heap.openable().yes()) {
            return Verdict.refused(heap.openable().reason());
        }
        Optional<Protection> protection = heap.traits().protection();
        if (protection.isPresent() && need.wishes().get(Trait.PROTECTED) != Wish.REQUIRED) {
            return Verdict.refused("it is protected, which must be asked for");
        }
        if (need.useCase().isPresent() && !protection.map(Protection::useCase).equals(need.useCase())) {
            return Verdict.refused("it is not protected for " + need.useCase().get()
                    + protection.map(p -> " but for " + p.useCase()).orElse(""));
        }
        Optional<String> otherProtection = otherThanNamed(Protector.of(heap), need);
        if (otherProtection.isPresent()) {
            return Verdict.refused(otherProtection.get());
        }
        if (heap.total().isPresent() && heap.total().getAsLong() < need.size()) {
            return Verdict.refused("its whole pool is " + heap.total().getAsLong() + " bytes");
        }
        if (heap.largest().isPresent() && heap.largest().getAsLong() < need.size()) {
            return Verdict.refused("its largest buffer has " + heap.largest().getAsLong() + " bytes");
        }
        List<DeviceUse.Opinion> opinions =
                users.stream().map(user -> user.of(heap, outlook)).toList();
        return opinions.stream()
                .flatMap(opinion -> opinion.refusal().stream())
                .findFirst()
                .map(Verdict::refused)
                .orElseGet(() -> byTraits(heap, need, opinions));
    }

    private static Optional<String> otherThanNamed(Optional<Protector> protector, Need need) {
        if (need.protectionKind().isEmpty() && need.protector().isEmpty()) {
            return Optional.empty();
        }
        if (protector.isEmpty()) {
            return Optional.of("it is not protected");
        }
        Protection.Kind kind = protector.get().protection().kind();
        String plugin = protector.get().plugin();
        return need.protectionKind()
                .filter(named -> named != kind)
                .map(named -> "it is protected as " + Protector.word(kind) + ", not as " + Protector.word(named))
                .or(() -> need.protector()
                        .filter(named -> !named.equals(plugin))
                        .map(named -> "it is protected by " + plugin + ", not by " + named));
    }

    private static Verdict byTraits(HeapInfo heap, Need need, List<DeviceUse.Opinion> opinions) {
        List<String> has = new ArrayList<>();
        int preferred = 0;
        for (Map.Entry<Trait, Wish> entry : new TreeMap<>(need.wishes()).entrySet()) {
            Answer answer = heap.traits().has(entry.getKey());
            switch (entry.getValue()) {
                case REQUIRED -> {
                    if (answer != Answer.YES) {
                        return Verdict.refused(lacks(entry.getKey(), answer));
                    }
                    has.add(word(entry.getKey()));
                }
                case FORBIDDEN -> {
                    if (answer != Answer.NO) {
                        return Verdict.refused(
                                answer == Answer.YES
                                        ? "it is " + word(entry.getKey())
                                        : "nobody knows whether it is " + word(entry.getKey()));
                    }
                    has.add("not " + word(entry.getKey()));
                }
                case PREFERRED -> {
                    if (answer == Answer.YES) {
                        preferred++;
                        has.add(word(entry.getKey()) + " (preferred)");
                    }
                }
            }
        }
        int named = 0;
        int position = 0;
        int unsure = 0;
        for (DeviceUse.Opinion opinion : opinions) {
            if (opinion.isNamed()) {
                named++;
                position += opinion.position();
            }
            unsure += opinion.sure() ? 0 : 1;
            preferred += opinion.setAside() ? 1 : 0;
            has.addAll(opinion.notes());
        }
        return new Verdict(
                Optional.empty(),
                named,
                position,
                unsure,
                preferred,
                has.isEmpty() ? "any memory will do" : String.join(", ", has));
    }

    private static String lacks(Trait trait, Answer answer) {
        return answer == Answer.NO ? "it is not " + word(trait) : "nobody knows whether it is " + word(trait);
    }

    private static String word(Trait trait) {
        return trait.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
