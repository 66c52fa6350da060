package io.dmaheap.core.choice;

import io.dmaheap.Answer;
import io.dmaheap.HeapInfo;
import io.dmaheap.core.registry.NearNames;
import io.dmaheap.spi.MemoryOutlook;
import io.dmaheap.spi.PlatformDevice;
import io.dmaheap.spi.Usability;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * A device of a need.
 *
 * @param name what the need calls it
 * @param device the device, if the platform knows one of this name
 * @param others the names of the devices that the platform knows
 * @param hint the heaps that the policy names for it, best first
 * @param certain whether it must be known that it can use the memory
 */
public record DeviceUse(
        String name, Optional<PlatformDevice> device, List<String> others, List<String> hint, boolean certain) {
    /** Ranks after every position in a hint. */
    private static final int NOT_NAMED = Integer.MAX_VALUE;

    /** Copies the lists. */
    public DeviceUse {
        others = List.copyOf(others);
        hint = List.copyOf(hint);
    }

    /** The device {@code name} among those of a platform. */
    public static DeviceUse of(
            String name, Collection<? extends PlatformDevice> known, List<String> hint, boolean certain) {
        Optional<PlatformDevice> device = Optional.empty();
        List<String> others = new ArrayList<>();
        for (PlatformDevice one : known) {
            others.add(one.name());
            if (one.name().equals(name)) {
                device = Optional.of(one);
            }
        }
        return new DeviceUse(name, device, others, hint, certain);
    }

    /**
     * What this device makes of a heap.
     *
     * @param refusal why the heap cannot be taken, empty if it can
     * @param position the place of the heap in the policy's list, from 0; the largest number if it is not there
     * @param sure whether the device can use every buffer of the need's size that the heap may give out
     * @param setAside whether the machine's description sets a region of the heap aside for the device
     * @param notes what is known of device and heap, in words
     */
    record Opinion(Optional<String> refusal, int position, boolean sure, boolean setAside, List<String> notes) {
        boolean isNamed() {
            return position != NOT_NAMED;
        }
    }

    Opinion of(HeapInfo heap, MemoryOutlook outlook) {
        int position = position(heap);
        Usability now = device.map(known -> known.usability(outlook)).orElseGet(() -> unknownDevice(position));
        if (now.answer() == Answer.NO) {
            return new Opinion(
                    Optional.of(name + " can never use this memory: " + now.reason()),
                    position,
                    false,
                    false,
                    List.of());
        }
        if (certain && now.answer() == Answer.UNKNOWN) {
            return new Opinion(
                    Optional.of("whether " + name + " can use it is not certain: " + now.reason()),
                    position,
                    false,
                    false,
                    List.of());
        }
        List<String> notes = new ArrayList<>();
        if (position != NOT_NAMED) {
            notes.add("number " + (position + 1) + " of the policy's list for " + name);
        }
        boolean setAside = device.filter(known -> isSetAside(heap, known)).isPresent();
        if (setAside) {
            notes.add("set aside for " + name);
        }
        if (now.answer() == Answer.UNKNOWN) {
            notes.add("not certain for " + name + ": " + now.reason());
        }
        boolean sure = now.answer() == Answer.YES
                && device.map(known -> known.usability(outlook.anywhere()).answer() == Answer.YES)
                        .orElse(true);
        return new Opinion(Optional.empty(), position, sure, setAside, notes);
    }

    /** The word of the operator is all there is. */
    private Usability unknownDevice(int position) {
        if (position != NOT_NAMED) {
            return Usability.YES;
        }
        if (!hint.isEmpty()) {
            return Usability.unknown("the policy names " + String.join(", ", hint) + " for it");
        }
        if (others.isEmpty()) {
            return Usability.unknown("this platform names no devices, and so does the policy");
        }
        List<String> near = NearNames.of(name, others);
        return Usability.unknown("no device here is called so; "
                + (near.isEmpty()
                        ? "there is " + String.join(", ", others)
                        : "did you mean " + String.join(" or ", near) + "?"));
    }

    private int position(HeapInfo heap) {
        for (int i = 0; i < hint.size(); i++) {
            if (isCalled(heap, hint.get(i))) {
                return i;
            }
        }
        return NOT_NAMED;
    }

    /** A device names regions, and the heap of a region may have another name that the policy knows. */
    private static boolean isSetAside(HeapInfo heap, PlatformDevice device) {
        return device.regions().stream().anyMatch(region -> isCalled(heap, region));
    }

    private static boolean isCalled(HeapInfo heap, String name) {
        return heap.name().equals(name) || heap.aliases().contains(name);
    }
}
