package io.dmaheap.emulator;

import io.dmaheap.emulator.board.Board;
import io.dmaheap.emulator.board.Device;
import io.dmaheap.emulator.board.Region;
import io.dmaheap.emulator.bus.Firewall.Rule;
import io.dmaheap.emulator.bus.Firewall.World;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** What the firmware tells the firewall before the kernel starts. */
final class BootRules {
    private BootRules() {}

    /** The rules for a board's regions. What is lent to the secure world later has none yet. */
    static List<Rule> of(Board board) {
        return board.regions().stream()
                .flatMap(region -> rule(board, region).stream())
                .toList();
    }

    private static Optional<Rule> rule(Board board, Region region) {
        return switch (region) {
            case Region.MediatekPool pool when pool.isLent() -> Optional.empty();
            case Region.MediatekPool _, Region.LinaroPool _ -> Optional.of(forTrusted(board, region));
            case Region.Carveout _ when isPoolOfOptee(board, region) -> Optional.of(forTrusted(board, region));
            case Region.Carveout carveout
            when carveout.placement().noMap() ->
                Optional.of(rule(board, region, device -> isUser(device, region), device -> isUser(device, region)));
            default -> Optional.empty();
        };
    }

    private static boolean isPoolOfOptee(Board board, Region region) {
        return board.optee().stream()
                .flatMap(optee -> optee.pools().stream())
                .anyMatch(pool -> pool.region().equals(region));
    }

    /** Open to every device that can be trusted with protected memory. */
    private static Rule forTrusted(Board board, Region region) {
        return rule(board, region, Device::secureReads, Device::secureWrites);
    }

    private static boolean isUser(Device device, Region region) {
        return device.regions().stream().anyMatch(use -> use.region().equals(region));
    }

    private static Rule rule(Board board, Region region, Predicate<Device> reads, Predicate<Device> writes) {
        return new Rule(region.range(), World.SECURE, names(board, reads), names(board, writes));
    }

    private static List<String> names(Board board, Predicate<Device> which) {
        return board.devices().stream().filter(which).map(Device::name).toList();
    }
}
