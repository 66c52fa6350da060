package io.dmaheap.core;

import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import io.dmaheap.HeapsOptions.LeakDetection;
import io.dmaheap.PlatformInfo;
import io.dmaheap.core.policy.Policy;
import io.dmaheap.spi.HeapProvider;
import io.dmaheap.spi.Platform;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;

/** Opens heaps on a platform of the test. */
public final class TestHeaps {
    private TestHeaps() {}

    /** Opens with the built-in policy. */
    public static Heaps open(Platform platform, HeapProvider... providers) {
        return open(platform, policy(), LeakDetection.SAMPLED, providers);
    }

    /** Opens with a policy. */
    public static Heaps open(Platform platform, Policy policy, LeakDetection leaks, HeapProvider... providers) {
        return new OpenHeaps(
                HeapsOptions.defaults().withLeakDetection(leaks),
                policy,
                new PlatformInfo(platform.name(), "made for a test"),
                platform,
                Arrays.stream(providers).map(TestHeaps::found).toList());
    }

    /** As a service loader finds it. */
    private static ServiceLoader.Provider<HeapProvider> found(HeapProvider provider) {
        return new ServiceLoader.Provider<>() {
            @Override
            public Class<? extends HeapProvider> type() {
                return provider.getClass();
            }

            @Override
            public HeapProvider get() {
                return provider;
            }
        };
    }

    /** The built-in policy and these lines on top of it. */
    public static Policy policy(String... lines) {
        try {
            var file = Files.createTempFile("dmaheap", ".policy");
            try {
                Files.write(file, List.of(lines));
                return Policy.read(Optional.of(file), Map.of());
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
