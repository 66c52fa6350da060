package io.dmaheap;

import io.dmaheap.spi.Framework;
import io.dmaheap.spi.PlatformProvider;
import io.dmaheap.tee.Tee;
import io.dmaheap.tee.TeeInfo;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The heaps of this machine: finds them by name, waits for them, chooses among them, and takes in buffers of others.
 *
 * <p>Opening loads the plugins and picks the platform: the real kernel where {@code /dev/dma_heap} has a heap, whether or not this user
 * may open it, and the emulator where the kernel has none; {@link #platform()} says which and why. Where the kernel has heaps and this
 * user may open none, importing, fences and sharing work, {@link HeapInfo#openable()} has the reason, and allocating fails with
 * {@link ErrorCode#PERMISSION_DENIED}. A plugin that fails to load never stops the others; it shows in {@link #problems()}.
 *
 * <p>Safe for use by several threads. {@link #find} takes no lock.
 */
@PublicApi(audience = PublicApi.Audience.CALLERS)
public interface Heaps extends AutoCloseable {

    /**
     * Opens with the defaults of {@link HeapsOptions#defaults()}.
     *
     * @throws HeapException {@link ErrorCode#PLATFORM_UNAVAILABLE} if no platform can be used, or if the kernel has heaps and this JVM
     *     has no native access to them; {@link ErrorCode#INVALID_CONFIGURATION} if the policy or plugin directory cannot be read
     */
    static Heaps open() {
        return open(HeapsOptions.defaults());
    }

    /**
     * Opens with options.
     *
     * @throws HeapException as {@link #open()}
     */
    static Heaps open(HeapsOptions options) {
        return Framework.load().open(options);
    }

    /**
     * Opens with options on a platform of the program's own making, such as an emulated board that a test controls.
     *
     * @param platform used whatever {@link HeapsOptions#platform()} says; the policy's settings {@code platform.<name>.<key>} are
     *     passed to it
     * @throws HeapException as {@link #open()}
     */
    static Heaps open(HeapsOptions options, PlatformProvider platform) {
        return Framework.load().open(options, platform);
    }

    /**
     * Examines what works on this machine without opening anything for use: every platform, device node, permission, limit and
     * plugin, and for what does not work the exact fix. As long as one heap can be used, nothing is a
     * {@linkplain Finding.Status#FAIL failure}.
     */
    static List<Finding> diagnose(HeapsOptions options) {
        return Framework.load().diagnose(options);
    }

    /** The platform in use, and why it was chosen. */
    PlatformInfo platform();

    /**
     * Takes a reference to the heap of that name or alias. Never blocks, and never revives a heap that is going away: a draining
     * heap is not found.
     *
     * @return a handle that the caller closes, or empty if no live heap has the name
     */
    Optional<Heap> find(String name);

    /**
     * Takes a reference to the heap of that name or alias, which has to be there. As {@link #find} otherwise.
     *
     * @return a handle that the caller closes
     * @throws HeapException {@link ErrorCode#HEAP_NOT_FOUND} if no live heap has the name, with the names that come near
     *     and the plugins that brought none
     */
    Heap heap(String name);

    /**
     * Waits until a plugin brings a heap of that name, as a driver's deferred probe would, and takes a reference to it. It may come
     * because a jar is dropped into the plugin directory, a driver is loaded that brings a kernel heap, or a TEE answers at last.
     *
     * @throws HeapException {@link ErrorCode#TIMED_OUT} with the names that come near; {@link ErrorCode#INTERRUPTED}
     */
    Heap await(String name, Duration timeout);

    /** Ranks the live heaps for a need. The choice holds references until it is closed. */
    Choice choose(Need need);

    /** The devices that this platform can name; none on a real kernel, where drivers attach buffers themselves. */
    List<DeviceInfo> devices();

    /** The device of that name. */
    Optional<Device> device(String name);

    /** The trusted execution environments of this machine, whether or not this user may open them, by name. */
    List<TeeInfo> tees();

    /**
     * Connects to a trusted execution environment.
     *
     * @param name one of {@link #tees()}, such as {@code tee0}
     * @return the connection, which the caller closes
     * @throws HeapException {@link ErrorCode#INVALID_NAME} ({@code ENODEV}) if there is none of that name;
     *     {@link ErrorCode#PERMISSION_DENIED}; {@link ErrorCode#DEVICE_GONE} if nobody answers
     */
    Tee openTee(String name);

    /** What the machine's memory is set aside for, and who has which part of it now. */
    MemoryMap memoryMap();

    /** Every heap that is live, draining or awaited, by name. */
    List<HeapInfo> heaps();

    /** Every plugin that was found, with its state. */
    List<PluginInfo> plugins();

    /**
     * What went wrong while finding, loading and running plugins, oldest first. What has passed (a jar that was replaced, a directory
     * that is back) is not in the list any more; what cannot be undone stays.
     */
    List<Problem> problems();

    /**
     * Takes a reference to a buffer that somebody else made, or that came back. The caller keeps {@code fd}; the framework works on
     * a duplicate. A buffer is known by its inode, so importing the same one twice, or importing one's own export, gives handles
     * to one and the same buffer; so does any other descriptor of a living buffer of these heaps, such as its number in
     * {@code /proc/PID/fd}. Its size is what {@code lseek(SEEK_END)} tells, name and exporter come from fdinfo.
     *
     * @param fd an open file descriptor of this process
     * @throws HeapException {@link ErrorCode#NOT_A_DMA_BUF} if the descriptor is closed ({@code EBADF}) or something else;
     *     {@link ErrorCode#INVALID_SIZE} ({@code EINVAL}) if no buffer can have its size: less than a byte, more than 2^52, or a memory
     *     file that is not whole pages; {@link ErrorCode#TOO_MANY_FILES} ({@code EMFILE}), as the duplicate needs a descriptor;
     *     {@link ErrorCode#UNSUPPORTED} where the platform has no file descriptors
     */
    DmaBuf importFd(int fd);

    /**
     * Listens on a Unix socket for processes to share buffers with.
     *
     * @throws HeapException {@link ErrorCode#SYSTEM_ERROR} with the {@code errno} of {@code bind};
     *     {@link ErrorCode#TOO_MANY_FILES} ({@code EMFILE}); {@link ErrorCode#UNSUPPORTED}
     */
    BufferListener listen(Path socket);

    /**
     * Connects to a process that {@linkplain #listen listens}, if need be after waiting some seconds for a place in its queue.
     *
     * @throws HeapException {@link ErrorCode#SYSTEM_ERROR} with the {@code errno} of {@code connect}; {@link ErrorCode#TIMED_OUT} if
     *     the queue stays full; {@link ErrorCode#TOO_MANY_FILES} ({@code EMFILE}); {@link ErrorCode#INTERRUPTED};
     *     {@link ErrorCode#UNSUPPORTED}
     */
    BufferSocket connect(Path socket);

    /**
     * A connection over a socket that other code made: one of {@code socketpair(2)}, one that a service manager passed, one that arrived
     * as a descriptor. The caller keeps {@code fd}; the connection works on a duplicate, and changes no flag of it. The peer may be
     * any program that speaks the protocol of the project's {@code docs/sharing.md}.
     *
     * @param fd a connected Unix socket of type {@code SOCK_SEQPACKET}
     * @throws HeapException {@link ErrorCode#SYSTEM_ERROR} with {@code EBADF}, {@code ENOTSOCK}, {@code EPROTOTYPE} if it is of
     *     another family or type, {@code ENOTCONN}; {@link ErrorCode#TOO_MANY_FILES}; {@link ErrorCode#UNSUPPORTED}
     */
    BufferSocket socketOf(int fd);

    /**
     * Who holds which dma-buf on this machine, as far as this user may look: one entry per process and descriptor or mapping.
     */
    List<BufferHolder> holders();

    /** What this instance holds right now. All zero after everything was closed: the leak check of a test. */
    Usage usage();

    /**
     * Drains all heaps, stops the plugins and closes the platform. Buffers, and connections to a
     * TEE, that are still open stay valid; what remains is
     * released when the last of them is closed. Closing twice is harmless.
     * What fails on the way keeps nothing else from being closed. A call beside another one returns when that has done its work; one by
     * a plugin that is being stopped returns at once.
     */
    @Override
    void close();
}
