package io.dmaheap.emulator;

import io.dmaheap.emulator.control.Faults;
import io.dmaheap.emulator.control.VirtualClock;
import io.dmaheap.emulator.secure.SecureWorld;
import io.dmaheap.linux.memfd.Memfds;
import io.dmaheap.spi.Platform;
import io.dmaheap.spi.PlatformProvider;
import java.util.HashMap;
import java.util.Map;

/**
 * An emulated board in the hands of a test, which can make it fail while the heaps on it are in use:
 *
 * {@snippet :
 * var board = Emulator.standard();
 * try (var heaps = Heaps.open(HeapsOptions.defaults(), board);
 *         var heap = heaps.find("protected,trusted-ui").orElseThrow()) {
 *     board.faults().fail(FaultPoint.LEND, 1);
 *     assertThatThrownBy(() -> heap.allocate(4096)).hasMessageContaining("0xffff000c");
 *     heap.allocate(4096).close();
 * }
 * }
 *
 * <p>Every opening switches on a board of its own, with nothing in its memory; those that run at the same time share faults, clock and
 * what is done to the secure world. Experimental: it may change in any version. Safe for use by several threads.
 */
public final class Emulator implements PlatformProvider {
    /** Below every real machine. */
    private static final int RANK = 0;

    private final Map<String, String> settings;
    private final VirtualClock clock = new VirtualClock();
    private final Faults faults = new Faults(clock);
    private final SecureWorld secureWorld = new SecureWorld();

    private Emulator(Map<String, String> settings) {
        this.settings = Map.copyOf(settings);
    }

    /** The board that is built in. */
    public static Emulator standard() {
        return new Emulator(Map.of());
    }

    /**
     * A board with settings of the program's.
     *
     * @param settings those that the policy file knows as {@code platform.emulator.<key>}, such as {@code board} or {@code backing};
     *     they count more than the policy's
     */
    public static Emulator with(Map<String, String> settings) {
        return new Emulator(settings);
    }

    /** What goes wrong on the board. */
    public Faults faults() {
        return faults;
    }

    /** What is in the board's secure world, and what it does. */
    public SecureWorld secureWorld() {
        return secureWorld;
    }

    /** The board's time. */
    public VirtualClock clock() {
        return clock;
    }

    @Override
    public String name() {
        return EmulatorPlatformProvider.NAME;
    }

    @Override
    public Suitability suitability() {
        return new Suitability(
                true,
                RANK,
                Memfds.obstacle()
                        .map(noMemfds -> "a machine in software, without file descriptors: " + noMemfds)
                        .orElse("a machine in software, whose buffers are memfds"));
    }

    @Override
    public Platform open(Map<String, String> configuration) {
        Map<String, String> all = new HashMap<>(configuration);
        all.putAll(settings);
        return EmulatorPlatform.build(Machine.parse(all), faults, secureWorld);
    }
}
