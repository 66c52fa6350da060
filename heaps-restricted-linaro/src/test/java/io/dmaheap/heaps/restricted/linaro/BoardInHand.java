package io.dmaheap.heaps.restricted.linaro;

import io.dmaheap.Access;
import io.dmaheap.DmaBuf;
import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import io.dmaheap.emulator.Emulator;
import io.dmaheap.emulator.control.FaultPoint;
import io.dmaheap.emulator.control.Faults;
import io.dmaheap.emulator.secure.SecureWorld;
import io.dmaheap.spi.MemoryRegion;
import io.dmaheap.spi.Platform;
import io.dmaheap.spi.PlatformProvider;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An emulated board of which a test holds both ends: the heaps on it, and the platform below them. */
final class BoardInHand implements PlatformProvider {
    private final Emulator emulator;
    private @Nullable Platform platform;

    private BoardInHand(Emulator emulator) {
        this.emulator = emulator;
    }

    static BoardInHand standard() {
        return new BoardInHand(Emulator.standard());
    }

    static BoardInHand of(String tree) {
        return new BoardInHand(Emulator.with(Map.of("board", tree)));
    }

    Heaps open() {
        return Heaps.open(HeapsOptions.defaults(), this);
    }

    Heaps open(Path policy) {
        return Heaps.open(HeapsOptions.defaults().withPolicy(policy), this);
    }

    SecureWorld secureWorld() {
        return emulator.secureWorld();
    }

    Faults faults() {
        return emulator.faults();
    }

    long passages(FaultPoint point) {
        return emulator.faults().passages(point);
    }

    Platform platform() {
        return Objects.requireNonNull(platform);
    }

    /** What the normal world sees of a region. */
    MemoryRegion region(String name) {
        return platform().regions().stream()
                .filter(region -> region.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    static void write(Heaps heaps, String device, DmaBuf buffer, String text) {
        try (var attachment = heaps.device(device).orElseThrow().attach(buffer);
                var mapping = attachment.map(Access.WRITE)) {
            mapping.write(0, MemorySegment.ofArray(text.getBytes(StandardCharsets.US_ASCII)));
        }
    }

    static String read(Heaps heaps, String device, DmaBuf buffer, int length) {
        byte[] bytes = new byte[length];
        try (var attachment = heaps.device(device).orElseThrow().attach(buffer);
                var mapping = attachment.map(Access.READ)) {
            mapping.read(0, MemorySegment.ofArray(bytes));
        }
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    @Override
    public String name() {
        return emulator.name();
    }

    @Override
    public Suitability suitability() {
        return emulator.suitability();
    }

    @Override
    public Platform open(Map<String, String> configuration) {
        platform = emulator.open(configuration);
        return platform;
    }
}
