package io.dmaheap.cli;

import io.dmaheap.DeviceInfo;
import io.dmaheap.DeviceInfo.Constraints;
import io.dmaheap.Heaps;
import io.dmaheap.MemoryMap;
import io.dmaheap.cli.map.MachineText;
import io.dmaheap.cli.map.MachineText.Column;
import io.dmaheap.cli.output.Printer;
import io.dmaheap.cli.output.Sizes;
import io.dmaheap.cli.output.Table;
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
        Printer out = invocation.out();
        Screen screen = invocation.screen();
        out.paragraph(map.machine() + ", on the platform " + heaps.platform().name());
        out.line();
        out.block(new MachineText(screen.glyphs(), screen.columns(), screen.lineLength(), Column.TO_SCALE).of(map));
        out.line();
        printDevices(out, heaps.devices());
        map.firmware().forEach(line -> out.paragraph("firmware: " + line, 10));
        map.unknown().forEach(line -> out.paragraph("unknown: " + line, 9));
        if (!map.flaws().isEmpty()) {
            out.line();
            map.flaws().forEach(flaw -> {
                out.paragraph(flaw.node() + ": " + flaw.message(), 6);
                out.paragraph("      fix: " + flaw.hint(), 11);
            });
        }
    }

    private void printDevices(Printer out, List<DeviceInfo> devices) {
        if (devices.isEmpty()) {
            return;
        }
        var table = new Table("DEVICE", ">ADDRESSES", ">PIECES", ">PIECE", "REGIONS", "WHAT").optional("WHAT");
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
        out.block(table.text(invocation.screen().lineLength()));
        out.line();
    }
}
