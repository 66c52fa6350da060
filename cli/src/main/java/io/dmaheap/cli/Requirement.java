package io.dmaheap.cli;

import io.dmaheap.Answer;
import io.dmaheap.Finding;
import io.dmaheap.Finding.Status;
import io.dmaheap.HeapException;
import io.dmaheap.HeapInfo;
import io.dmaheap.Heaps;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A use of a machine that a script may insist on. */
enum Requirement {
    ANY("any", "heaps", _ -> true),
    KERNEL("kernel", "heaps", _ -> true),
    CONTIGUOUS(
            "contiguous",
            "CMA heap",
            heap -> heap.traits().contiguous() == Answer.YES
                    && heap.traits().protection().isEmpty()),
    PROTECTED(
            "protected",
            "protected secure-video",
            heap -> heap.traits().protection().isPresent()),
    SECURE_VIDEO("secure-video"),
    TRUSTED_UI("trusted-ui"),
    SECURE_VIDEO_RECORD("secure-video-record"),
    UDMABUF("udmabuf", "udmabuf"),
    FENCES("fences", "fences");

    /** For help and complaints, where a constant is needed. */
    static final String NAMES =
            "any, kernel, contiguous, protected, secure-video, trusted-ui, secure-video-record, udmabuf, fences";

    private static final String PLATFORM_OF_KERNEL = "linux";

    private final String word;
    private final String subject;
    private final Optional<Predicate<HeapInfo>> served;

    Requirement(String word, String subject, Predicate<HeapInfo> served) {
        this.word = word;
        this.subject = subject;
        this.served = Optional.of(served);
    }

    /** Of which a finding says whether it works. */
    Requirement(String word, String subject) {
        this.word = word;
        this.subject = subject;
        this.served = Optional.empty();
    }

    /** Of protected memory. */
    Requirement(String useCase) {
        this(
                useCase,
                "protected " + useCase,
                heap -> heap.traits()
                        .protection()
                        .filter(one -> one.useCase().equals(useCase))
                        .isPresent());
    }

    static Optional<Requirement> named(String word) {
        return Arrays.stream(values())
                .filter(one -> one.word.equalsIgnoreCase(word))
                .findFirst();
    }

    /** What is asked of heaps, looked at only if there is such a question. */
    private record Seen(boolean kernel, List<HeapInfo> heaps, String trouble) {
        static Seen of(Supplier<Heaps> open) {
            try (Heaps heaps = open.get()) {
                return new Seen(heaps.platform().name().equals(PLATFORM_OF_KERNEL), heaps.heaps(), "");
            } catch (HeapException e) {
                return new Seen(false, List.of(), String.valueOf(e.getMessage()));
            }
        }
    }

    /** One finding for each that is required, which is {@link Status#OK} or {@link Status#FAIL}. */
    static List<Finding> verdicts(List<Requirement> required, List<Finding> findings, Supplier<Heaps> open) {
        if (required.isEmpty()) {
            return List.of();
        }
        Seen seen = Seen.of(open);
        List<Finding> verdicts = new ArrayList<>();
        required.forEach(one -> verdicts.add(one.verdict(findings, seen)));
        return verdicts;
    }

    private Finding verdict(List<Finding> findings, Seen seen) {
        return served.map(serves -> ofHeaps(serves, findings, seen)).orElseGet(() -> ofFinding(findings));
    }

    private Finding ofFinding(List<Finding> findings) {
        Optional<Finding> found = about(findings);
        return found.filter(one -> one.status() == Status.OK)
                .map(one -> Finding.ok(required(), one.detail()))
                .orElseGet(() -> fail(found, "nothing is known of it on this platform"));
    }

    private Finding ofHeaps(Predicate<HeapInfo> serves, List<Finding> findings, Seen seen) {
        List<HeapInfo> offered = seen.heaps().stream()
                .filter(serves)
                .filter(_ -> this != KERNEL || seen.kernel())
                .toList();
        String usable = names(offered.stream().filter(heap -> heap.openable().yes()));
        if (!usable.isEmpty()) {
            return Finding.ok(required(), usable);
        }
        if (!offered.isEmpty()) {
            return Finding.fail(
                    required(),
                    names(offered.stream()) + " cannot be used: "
                            + offered.getFirst().openable().reason(),
                    about(findings).map(Finding::fix).orElse(""));
        }
        return seen.trouble().isEmpty()
                ? fail(about(findings), "there is no such heap")
                : Finding.fail(required(), seen.trouble(), "");
    }

    private Finding fail(Optional<Finding> about, String otherwise) {
        Optional<Finding> told = about.filter(one -> one.status() != Status.OK);
        return Finding.fail(
                required(),
                told.map(Finding::detail).orElse(otherwise),
                told.map(Finding::fix).orElse("See the other findings"));
    }

    private Optional<Finding> about(List<Finding> findings) {
        return findings.stream().filter(one -> one.subject().equals(subject)).findFirst();
    }

    private String required() {
        return "require " + word;
    }

    private static String names(Stream<HeapInfo> heaps) {
        return heaps.map(HeapInfo::name).collect(Collectors.joining(", "));
    }
}
