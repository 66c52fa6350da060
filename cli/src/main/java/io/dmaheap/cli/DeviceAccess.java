package io.dmaheap.cli;

import io.dmaheap.Access;
import io.dmaheap.Answer;
import io.dmaheap.DeviceInfo;
import io.dmaheap.DmaBuf;
import io.dmaheap.Heap;
import io.dmaheap.HeapException;
import io.dmaheap.HeapInfo;
import io.dmaheap.Heaps;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Which devices can use the buffers of which heaps: what the buffers themselves answer. */
final class DeviceAccess {
    private static final long PAGE = 4096;

    private final Map<String, List<Reach>> reached = new HashMap<>();
    private final List<String> untried = new ArrayList<>();

    /** What a device may and can do with the buffers of a heap. */
    record Reach(String heap, Access access) {}

    private DeviceAccess() {}

    /** Tries with a buffer of each heap that can be used, if there is a device. */
    static DeviceAccess of(Heaps heaps, List<DeviceInfo> devices) {
        var access = new DeviceAccess();
        if (!devices.isEmpty()) {
            heaps.heaps().stream()
                    .filter(heap -> heap.openable().yes())
                    .map(HeapInfo::name)
                    .forEach(heap -> access.tryHeap(heaps, heap, devices));
        }
        return access;
    }

    private void tryHeap(Heaps heaps, String name, List<DeviceInfo> devices) {
        try (Heap heap = heaps.heap(name);
                DmaBuf buffer = heap.allocate(PAGE)) {
            for (DeviceInfo device : devices) {
                tryDevice(name, buffer, device.name());
            }
        } catch (HeapException e) {
            untried.add(name + ": " + e.getMessage());
        }
    }

    private void tryDevice(String heap, DmaBuf buffer, String device) {
        for (Access access : List.of(Access.READ_WRITE, Access.READ, Access.WRITE)) {
            if (buffer.canAccess(device, access) == Answer.YES) {
                reached.computeIfAbsent(device, _ -> new ArrayList<>()).add(new Reach(heap, access));
                return;
            }
        }
    }

    /** In the order of the heaps' names. */
    List<Reach> of(DeviceInfo device) {
        return List.copyOf(reached.getOrDefault(device.name(), List.of()));
    }

    /** Heaps that gave no buffer to try with, and why. */
    List<String> untried() {
        return List.copyOf(untried);
    }
}
