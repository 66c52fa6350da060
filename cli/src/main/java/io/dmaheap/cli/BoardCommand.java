package io.dmaheap.cli;

import io.dmaheap.DeviceInfo;
import io.dmaheap.DeviceInfo.Constraints;
import io.dmaheap.Heaps;
import io.dmaheap.MemoryMap;
import io.dmaheap.cli.map.MachineText;
import io.dmaheap.cli.output.Sizes;
import io.dmaheap.cli.output.Table;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(
        abbreviateSynopsis = true,
        description =
                "Show what the machine's description sets aside: memory, devices, firmware, and what is wrong with it.",
        footer = {
            "",
            "Exit status: 0 the description is sound, 1 there is something wrong with it.",
            "",
            "Examples:",
            "  dmaheap board",
            "  dmaheap board --board my-board.dts",
            "  dmaheap board --board /proc/device-tree"
        })
final class BoardCommand implements Callable<Integer> {
    private final Invocation invocation;

    BoardCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        try (Heaps heaps = invocation.open()) {
            MemoryMap map = heaps.memoryMap();
            if (invocation.json()) {
                invocation.print(HeapJson.result(heaps)
                        .with("machine", map.machine())
                        .with("areas", map.areas().stream().map(MapJson::of).toList())
                        .with(
                                "devices",
                                heaps.devices().stream().map(MapJson::of).toList())
                        .with("firmware", map.firmware())
                        .with("flaws", map.flaws().stream().map(MapJson::of).toList())
                        .with("unknown", map.unknown()));
            } else {
                print(heaps, map);
            }
            return map.flaws().isEmpty() ? ExitStatus.OK : ExitStatus.PROBLEM;
        }
    }

    private void print(Heaps heaps, MemoryMap map) {
        PrintWriter out = invocation.out();
        out.println(map.machine() + ", on the platform " + heaps.platform().name());
        out.println();
        out.println(new MachineText(
                        invocation.screen().glyphs(), invocation.screen().columns())
                .of(map));
        printDevices(out, heaps.devices());
        map.firmware().forEach(line -> out.println("firmware: " + line));
        map.unknown().forEach(line -> out.println("unknown: " + line));
        if (!map.flaws().isEmpty()) {
            out.println();
            map.flaws()
                    .forEach(flaw -> out.println(flaw.node() + ": " + flaw.message() + "\n      fix: " + flaw.hint()));
        }
    }

    private static void printDevices(PrintWriter out, List<DeviceInfo> devices) {
        if (devices.isEmpty()) {
            return;
        }
        var table = new Table("DEVICE", ">ADDRESSES", ">PIECES", ">PIECE", "REGIONS", "WHAT");
        for (DeviceInfo device : devices) {
            Constraints limits = device.constraints();
            table.row(
                    device.name(),
                    limits.addressBits() + " bits",
                    limits.maxSegments() == Integer.MAX_VALUE ? "any" : limits.maxSegments(),
                    limits.maxSegmentSize() == Long.MAX_VALUE ? "any" : Sizes.text(limits.maxSegmentSize()),
                    device.heaps().isEmpty() ? "-" : String.join(" ", device.heaps()),
                    device.description());
        }
        out.println(table.text());
    }
}
