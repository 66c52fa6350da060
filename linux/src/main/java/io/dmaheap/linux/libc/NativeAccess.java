package io.dmaheap.linux.libc;

import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whether this JVM can call the C library of a Linux system, and the library if so. */
public final class NativeAccess {
    private static final Libc LIBC = new FfmLibc();

    private NativeAccess() {}

    /**
     * The C library.
     *
     * @throws HeapException {@link ErrorCode#PLATFORM_UNAVAILABLE} if there is an {@linkplain #obstacle() obstacle}
     */
    public static Libc libc() {
        Obstacle obstacle = find();
        if (obstacle != null) {
            throw HeapException.of(ErrorCode.PLATFORM_UNAVAILABLE, obstacle.what())
                    .operation("native access")
                    .hint(obstacle.fix())
                    .build();
        }
        return LIBC;
    }

    /** What stands in the way of native calls; empty if nothing does. */
    public static Optional<Obstacle> obstacle() {
        return Optional.ofNullable(find());
    }

    private static @Nullable Obstacle find() {
        String system = System.getProperty("os.name", "unknown");
        if (!system.equals("Linux")) {
            return new Obstacle("this is " + system + ", not Linux", "Use the emulator platform");
        }
        String machine = System.getProperty("os.arch", "unknown").toLowerCase(Locale.ROOT);
        if (!machine.equals("amd64") && !machine.equals("aarch64")) {
            return new Obstacle(
                    "the struct layouts of " + machine + " are not known, only those of amd64 and aarch64",
                    "Use the emulator platform");
        }
        Module module = NativeAccess.class.getModule();
        if (!module.isNativeAccessEnabled()) {
            String name = module.isNamed() ? module.getName() : "ALL-UNNAMED";
            return new Obstacle(
                    "native access is not enabled for " + (module.isNamed() ? name : "the class path"),
                    "Start java with --enable-native-access=" + name);
        }
        return null;
    }

    /**
     * Why native calls cannot be made.
     *
     * @param what what is in the way
     * @param fix what to do
     */
    public record Obstacle(String what, String fix) {}
}
