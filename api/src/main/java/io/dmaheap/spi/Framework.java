package io.dmaheap.spi;

import io.dmaheap.DmaBuf;
import io.dmaheap.ErrorCode;
import io.dmaheap.Finding;
import io.dmaheap.HeapException;
import io.dmaheap.Heaps;
import io.dmaheap.HeapsOptions;
import io.dmaheap.Problem;
import io.dmaheap.Protection;
import io.dmaheap.PublicApi;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/** The door through which {@link Heaps} reaches {@code heap-core}. */
@PublicApi(audience = PublicApi.Audience.FRAMEWORK)
public interface Framework {

    /** The level of this API, which a plugin's {@code Plugin-Requires} range is compared with. */
    String API_LEVEL = "0.1.0";

    /** Opens the heaps of this machine. */
    Heaps open(HeapsOptions options);

    /** Opens heaps on this platform. */
    Heaps open(HeapsOptions options, PlatformProvider platform);

    /**
     * What protects a buffer that this framework allocated.
     *
     * @param useCase what the memory must be protected for
     * @param kind how it must be protected, null if any way will do
     * @throws HeapException {@link ErrorCode#NOT_PROTECTED} if it is not protected so, or not of this framework
     * @throws IllegalStateException if the buffer's handle is closed
     */
    Protection vouch(DmaBuf buffer, String useCase, Protection.@Nullable Kind kind);

    /** Examines this machine. */
    List<Finding> diagnose(HeapsOptions options);

    /**
     * Examines a plugin as it is examined before it is loaded. None of its code is run, and no state is kept. Which other plugins
     * are installed, and what the policy allows, is not considered.
     *
     * @param plugin a jar, or a directory of classes, which has no manifest to examine
     * @return what keeps the plugin from being loaded, or its classes from being linked with this API; empty if nothing does
     */
    List<Problem> inspect(Path plugin);

    /** Finds the framework on the class or module path. */
    static Framework load() {
        return ServiceLoader.load(Framework.class, Framework.class.getClassLoader())
                .findFirst()
                .orElseThrow(() -> HeapException.of(ErrorCode.INVALID_CONFIGURATION, "heap-core is missing")
                        .hint("Put heap-core, and heap-linux or heap-emulator, on the module path or class path")
                        .build());
    }
}
