package io.dmaheap.cli;

import io.dmaheap.DeviceInfo;
import io.dmaheap.Heaps;
import io.dmaheap.cli.DeviceAccess.Reach;
import io.dmaheap.cli.output.HeapWords;
import io.dmaheap.cli.output.JsonObject;
import io.dmaheap.cli.output.Printer;
import io.dmaheap.cli.output.Table;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        abbreviateSynopsis = true,
        description =
                "Show the devices that use buffers: what they can address, and the heaps whose buffers they may and can use.",
        footer = {
            "",
            "Which heap a device can use is tried with a buffer of one page of each. A heap with (read) or (write) behind it is protected,",
            "and its access list gives the device that much. A kernel names no devices: drivers attach buffers themselves.",
            "",
            "Columns: name, addresses, segments, largest, iommu, regions, heaps, what.",
            "",
            "Examples:",
            "  dmaheap devices",
            "  dmaheap devices -no name,heaps",
            "  dmaheap devices --json | jq '.devices[] | select(.addressBits < 36).name'"
        })
final class DevicesCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Mixin
    private final TableOptions options = new TableOptions();

    DevicesCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        try (Heaps heaps = invocation.open()) {
            List<DeviceInfo> devices = heaps.devices();
            DeviceAccess access = DeviceAccess.of(heaps, devices);
            Printer out = invocation.out();
            if (invocation.json()) {
                invocation.print(HeapJson.result(heaps)
                        .with(
                                "devices",
                                devices.stream().map(one -> json(one, access)).toList())
                        .with("untried", access.untried()));
            } else if (devices.isEmpty() && !options.bare()) {
                out.paragraph(
                        "No device is known on the platform " + heaps.platform().name()
                                + ": drivers attach buffers themselves, and a kernel does not tell what they can use.");
            } else {
                out.block(options.text(table(devices, access), invocation.screen()));
                if (!options.bare()) {
                    access.untried().forEach(why -> out.paragraph("not tried: " + why, 2));
                }
            }
            return ExitStatus.OK;
        }
    }

    private static JsonObject json(DeviceInfo device, DeviceAccess access) {
        return MapJson.of(device)
                .with(
                        "access",
                        access.of(device).stream()
                                .map(one -> new JsonObject()
                                        .with("heap", one.heap())
                                        .with("access", one.access()))
                                .toList());
    }

    private Table table(List<DeviceInfo> devices, DeviceAccess access) {
        var table = new Table("NAME", ">ADDRESSES", ">SEGMENTS", ">LARGEST", "IOMMU", "REGIONS", "HEAPS", "WHAT")
                .optional("REGIONS", "IOMMU", "WHAT");
        for (DeviceInfo device : devices) {
            DeviceInfo.Constraints limits = device.constraints();
            table.row(
                    device.name(),
                    limits.addressBits() + " bits",
                    limits.maxSegments() == Integer.MAX_VALUE ? "any" : limits.maxSegments(),
                    limits.maxSegmentSize() == Long.MAX_VALUE ? "any" : options.size(limits.maxSegmentSize()),
                    limits.behindIommu() ? "yes" : "no",
                    device.heaps().isEmpty() ? "-" : String.join(" ", device.heaps()),
                    words(access.of(device)),
                    device.description());
        }
        return table;
    }

    private static String words(List<Reach> reached) {
        return reached.isEmpty()
                ? "-"
                : reached.stream().map(DevicesCommand::word).collect(Collectors.joining(" "));
    }

    private static String word(Reach one) {
        return switch (one.access()) {
            case READ_WRITE -> one.heap();
            case READ, WRITE -> one.heap() + "(" + HeapWords.word(one.access()) + ")";
        };
    }
}
