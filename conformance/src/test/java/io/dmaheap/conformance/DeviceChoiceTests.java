package io.dmaheap.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.dmaheap.AllocationRequest;
import io.dmaheap.Choice;
import io.dmaheap.Choice.Candidate;
import io.dmaheap.Choice.Verdict;
import io.dmaheap.Device;
import io.dmaheap.DeviceInfo;
import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.HeapInfo;
import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import io.dmaheap.Need;
import io.dmaheap.Protection;
import io.dmaheap.Usage;
import io.dmaheap.testkit.NoLeaks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@link Heaps#choose} says of a heap for a device is what {@link Device#attach} then does, for every device, heap and size, and for
 * the same reason. Repeat one board with {@code -Ddmaheap.seed=SEED}.
 */
@ExtendWith(NoLeaks.class)
class DeviceChoiceTests {
    private static final long KIB = 1 << 10;
    private static final long MIB = 1 << 20;
    private static final List<Long> SIZES = List.of(4 * KIB, 3 * MIB + 4 * KIB, 12 * MIB, 300 * MIB);
    private static final int BOARDS = 30;

    private static final Set<ErrorCode> NO_MEMORY = EnumSet.of(
            ErrorCode.HEAP_NOT_FOUND,
            ErrorCode.OUT_OF_MEMORY,
            ErrorCode.LIMIT_EXCEEDED,
            ErrorCode.INCOMPATIBLE_DEVICE,
            ErrorCode.ACCESS_DENIED);

    @TempDir
    Path directory;

    private int usable;
    private int unusable;
    private int uncertain;
    private int allocated;

    /** What is said of heaps that are protected in this way, or of ordinary ones. */
    private record Group(Optional<String> plugin, Optional<Protection> protection) {
        static Group of(HeapInfo heap) {
            Optional<Protection> protection = heap.traits().protection();
            return new Group(protection.map(_ -> heap.plugin()), protection);
        }

        Need need() {
            Need need = plugin.map(Need.any()::protectedBy).orElse(Need.any());
            return protection
                    .map(how -> need.forUseCase(how.useCase()).protectedAs(how.kind()))
                    .orElse(need);
        }
    }

    @Test
    void onTheStandardBoardWhatIsChosenIsWhatCanBeAttached() {
        try (Heaps heaps = Heaps.open(HeapsOptions.defaults().withPlatform("emulator"))) {
            compare(heaps, Stream.concat(SIZES.stream(), Stream.of(1024 * MIB)).toList());
        }
        assertThat(usable).as("usable").isPositive();
        assertThat(unusable).as("unusable").isPositive();
        assertThat(allocated).as("allocated by choice").isPositive();
    }

    @Test
    void onGeneratedBoardsWhatIsChosenIsWhatCanBeAttached() throws IOException {
        Long only = Long.getLong("dmaheap.seed");
        long first = only == null ? System.nanoTime() : only;
        for (long seed = first; seed < first + (only == null ? BOARDS : 1); seed++) {
            System.out.println("board of -Ddmaheap.seed=" + seed);
            Path tree = Files.writeString(directory.resolve("board.dts"), RandomBoard.source(seed));
            try (Heaps heaps = Heaps.open(HeapsOptions.defaults()
                    .withPlatform("emulator")
                    .withSetting("platform.emulator.board", tree.toString()))) {
                compare(heaps, SIZES);
            }
        }
        System.out.println(usable + " usable, " + unusable + " unusable, " + uncertain + " uncertain");
        assertThat(usable).as("usable").isPositive();
        assertThat(unusable).as("unusable").isPositive();
        assertThat(uncertain).as("what only an allocation shows").isLessThan((usable + unusable) / 10);
    }

    private void compare(Heaps heaps, List<Long> sizes) {
        var groups = shipped(heaps).map(Group::of).distinct().toList();
        for (DeviceInfo device : heaps.devices()) {
            for (long size : sizes) {
                for (Group group : groups) {
                    compare(heaps, device.name(), size, group);
                }
            }
        }
        assertThat(heaps.usage()).isEqualTo(Usage.NONE);
    }

    private void compare(Heaps heaps, String device, long size, Group group) {
        Set<String> names = shipped(heaps)
                .filter(heap -> Group.of(heap).equals(group))
                .map(HeapInfo::name)
                .collect(Collectors.toSet());
        Need need = group.need().ofSize(size);
        try (Choice choice = heaps.choose(need.usedBy(device));
                Choice strict = heaps.choose(need.requireUsableBy(device))) {
            List<Candidate> judged = choice.trace().stream()
                    .filter(candidate -> names.contains(candidate.heap()))
                    .toList();
            List<String> doubtful = new ArrayList<>();
            for (Candidate candidate : judged) {
                if (candidate.reason().contains("not certain for " + device)) {
                    doubtful.add(candidate.heap());
                    uncertain++;
                } else {
                    outcome(heaps, candidate.heap(), size, device)
                            .ifPresent(refusal -> agree(device, size, candidate, refusal));
                }
            }
            if (names.containsAll(taken(choice.trace()))) {
                requireThatWhatIsAllocatedCanBeAttached(heaps, choice, size, device);
                allocated++;
            }
            assertThat(taken(strict.trace()).stream().filter(names::contains))
                    .as("%s, %d bytes, usable for certain", device, size)
                    .containsExactlyInAnyOrderElementsOf(taken(judged).stream()
                            .filter(name -> !doubtful.contains(name))
                            .toList());
        }
    }

    /** Without those of the providers that stand on the path of these tests, whose heaps have flaws and no region of their own. */
    private static Stream<HeapInfo> shipped(Heaps heaps) {
        return heaps.heaps().stream().filter(heap -> heap.plugin().startsWith("heaps-"));
    }

    private static List<String> taken(List<Candidate> trace) {
        return trace.stream()
                .filter(candidate -> candidate.verdict() == Verdict.TAKEN)
                .map(Candidate::heap)
                .toList();
    }

    private void agree(String device, long size, Candidate candidate, String refusal) {
        String what = "%s, %s, %d bytes: %s (%s)"
                .formatted(device, candidate.heap(), size, candidate.verdict(), candidate.reason());
        if (candidate.verdict() == Verdict.TAKEN) {
            usable++;
            assertThat(refusal).as(what).isEmpty();
        } else {
            unusable++;
            String subject = device + " can never use this memory: ";
            assertThat(candidate.reason()).as(what).startsWith(subject);
            assertThat(refusal).as(what).startsWith(subject);
            // A buffer that lies somewhere may have further faults.
            assertThat(withoutAddresses(refusal))
                    .as(what)
                    .contains(withoutAddresses(candidate.reason().substring(subject.length()))
                            .split("; "));
        }
    }

    /** A heap is refused by where all its memory lies, and a buffer by where it lies itself. */
    private static String withoutAddresses(String reason) {
        return reason.replaceAll("reach 0x[0-9a-f]+-0x[0-9a-f]+", "reach");
    }

    /** Why the device cannot attach such a buffer, nothing if it can; empty if the heap has none. */
    private static Optional<String> outcome(Heaps heaps, String name, long size, String device) {
        try (var heap = heaps.find(name).orElseThrow();
                DmaBuf buffer = heap.allocate(size)) {
            return Optional.of(refusal(heaps, buffer, device));
        } catch (HeapException e) {
            assertThat(NO_MEMORY).as("%s", e).contains(e.code());
            return Optional.empty();
        }
    }

    private static String refusal(Heaps heaps, DmaBuf buffer, String device) {
        try {
            heaps.device(device).orElseThrow().attach(buffer).close();
            return "";
        } catch (HeapException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static void requireThatWhatIsAllocatedCanBeAttached(Heaps heaps, Choice choice, long size, String device) {
        try (DmaBuf buffer = choice.allocate(AllocationRequest.of(size))) {
            assertThat(refusal(heaps, buffer, device))
                    .as("%s, %d bytes", device, size)
                    .isEmpty();
        } catch (HeapException e) {
            assertThat(NO_MEMORY).as("%s", e).contains(e.code());
        }
    }
}
