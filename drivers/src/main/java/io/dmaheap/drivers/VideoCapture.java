package io.dmaheap.drivers;

import io.dmaheap.DmaBuf;
import io.dmaheap.DmaBufFd;
import io.dmaheap.ErrorCode;
import io.dmaheap.HeapException;
import io.dmaheap.linux.libc.Errno;
import io.dmaheap.linux.libc.Failure;
import io.dmaheap.linux.libc.FileStructs;
import io.dmaheap.linux.libc.Ioctl;
import io.dmaheap.linux.libc.Libc;
import io.dmaheap.linux.libc.NativeAccess;
import io.dmaheap.linux.libc.SharedFd;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A camera that writes its frames into buffers of the caller ({@code V4L2_MEMORY_DMABUF}, drivers/media/common/videobuf2).
 *
 * <p>The order of calls is {@link #setFormat}, {@link #start}, then {@link #dequeue} and {@link #queue} in turn, {@link #stop}.
 * Buffers are known by their place in the list given to {@code start}: the kernel keeps no more of a descriptor than its number,
 * which may mean another file by then. V4L2 attaches no fences, so a buffer is the camera's from queue to dequeue.
 *
 * <p>For one thread at a time.
 */
public final class VideoCapture implements AutoCloseable {
    private static final int DRIVER_BYTES = 16;
    private static final String WHAT = "camera";

    private final Libc libc;
    private final SharedFd fd;
    private final Path node;
    private List<DmaBuf> buffers = List.of();

    private VideoCapture(Libc libc, SharedFd fd, Path node) {
        this.libc = libc;
        this.fd = fd;
        this.node = node;
    }

    /**
     * Opens the first capture device of a driver.
     *
     * @param driver the driver's name, such as {@code vivid}
     * @return the device, or empty if no capture device of that driver can be opened
     * @throws HeapException {@link ErrorCode#PLATFORM_UNAVAILABLE} where native calls cannot be made
     */
    public static Optional<VideoCapture> open(String driver) {
        return open(NativeAccess.libc(), Path.of("/dev"), driver);
    }

    static Optional<VideoCapture> open(Libc libc, Path directory, String driver) {
        for (Path node : DeviceNodes.in(directory, "video")) {
            var fd = new SharedFd(libc, WHAT);
            try {
                if (openNode(libc, node, fd) >= 0
                        && captureDriver(libc, fd.number())
                                .filter(driver::equals)
                                .isPresent()) {
                    return Optional.of(new VideoCapture(libc, fd, node));
                }
            } catch (RuntimeException | Error e) {
                fd.close();
                throw e;
            }
            fd.close();
        }
        return Optional.empty();
    }

    /**
     * Opens one device of several.
     *
     * @param node such as {@code /dev/video2}
     * @throws HeapException {@link ErrorCode#SYSTEM_ERROR} with the {@code errno} of {@code open}, {@link ErrorCode#UNSUPPORTED} if it is
     *     no capture device; {@link ErrorCode#PLATFORM_UNAVAILABLE} where native calls cannot be made
     */
    public static VideoCapture open(Path node) {
        return open(NativeAccess.libc(), node);
    }

    static VideoCapture open(Libc libc, Path node) {
        var fd = new SharedFd(libc, WHAT);
        int result = openNode(libc, node, fd);
        if (result < 0) {
            throw Failure.of("open", result, "cannot open the camera " + node).build();
        }
        try {
            if (captureDriver(libc, fd.number()).isEmpty()) {
                throw HeapException.of(ErrorCode.UNSUPPORTED, node + " captures no video")
                        .operation("VIDIOC_QUERYCAP")
                        .hint("/sys/class/video4linux/*/name tells the devices apart")
                        .build();
            }
            return new VideoCapture(libc, fd, node);
        } catch (RuntimeException | Error e) {
            fd.close();
            throw e;
        }
    }

    /** Without blocking, for then a wait for a frame can have an end. */
    private static int openNode(Libc libc, Path node, SharedFd owner) {
        int result = libc.open(node.toString(), FileStructs.O_RDWR | FileStructs.O_CLOEXEC | FileStructs.O_NONBLOCK);
        if (result >= 0) {
            owner.own(result);
        }
        return result;
    }

    /** The driver behind a descriptor, if it captures. */
    private static Optional<String> captureDriver(Libc libc, int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment capability = arena.allocate(V4l2Header.CAPABILITY);
            if (Ioctl.call(libc, fd, V4l2Header.VIDIOC_QUERYCAP, capability) < 0) {
                return Optional.empty();
            }
            int all = (int) V4l2Header.CAPABILITIES.get(capability, 0L);
            int own = (all & V4l2Header.V4L2_CAP_DEVICE_CAPS) != 0
                    ? (int) V4l2Header.DEVICE_CAPS.get(capability, 0L)
                    : all;
            int needed = V4l2Header.V4L2_CAP_VIDEO_CAPTURE | V4l2Header.V4L2_CAP_STREAMING;
            return (own & needed) == needed
                    ? Optional.of(capability.asSlice(0, DRIVER_BYTES).getString(0))
                    : Optional.empty();
        }
    }

    /** The device node. */
    public Path node() {
        return node;
    }

    /**
     * Asks for a format. The driver may choose another one.
     *
     * @param fourcc see {@link PixelFormat#fourcc(String)}
     * @return what it chose
     * @throws HeapException {@link ErrorCode#SYSTEM_ERROR} with {@code EBUSY} while buffers are queued
     */
    public PixelFormat setFormat(int width, int height, int fourcc) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment format = arena.allocate(V4l2Header.FORMAT);
            V4l2Header.FORMAT_TYPE.set(format, 0L, V4l2Header.V4L2_BUF_TYPE_VIDEO_CAPTURE);
            V4l2Header.WIDTH.set(format, 0L, width);
            V4l2Header.HEIGHT.set(format, 0L, height);
            V4l2Header.PIXELFORMAT.set(format, 0L, fourcc);
            V4l2Header.FIELD.set(format, 0L, V4l2Header.V4L2_FIELD_NONE);
            check("VIDIOC_S_FMT", call(V4l2Header.VIDIOC_S_FMT, format), "no such format");
            return new PixelFormat(
                    (int) V4l2Header.WIDTH.get(format, 0L),
                    (int) V4l2Header.HEIGHT.get(format, 0L),
                    (int) V4l2Header.PIXELFORMAT.get(format, 0L),
                    (int) V4l2Header.BYTESPERLINE.get(format, 0L),
                    (int) V4l2Header.SIZEIMAGE.get(format, 0L));
        }
    }

    /** Sets a control of the driver, such as its test pattern. */
    public void setControl(int id, int value) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment control = arena.allocate(V4l2Header.CONTROL);
            V4l2Header.CONTROL_ID.set(control, 0L, id);
            V4l2Header.CONTROL_VALUE.set(control, 0L, value);
            check("VIDIOC_S_CTRL", call(V4l2Header.VIDIOC_S_CTRL, control), "cannot set control " + id);
        }
    }

    /**
     * Queues the buffers and starts the camera. The buffers must stay open until {@link #stop}.
     *
     * @param frames at least as many as the driver needs, usually two, each of at least {@link PixelFormat#sizeImage()} bytes
     * @throws HeapException {@link ErrorCode#SYSTEM_ERROR} with {@code EINVAL} for a buffer that is too small or no dma-buf,
     *     {@code EFAULT} for one that the driver cannot reach, such as a protected one; the camera is then stopped
     */
    public void start(List<DmaBuf> frames) {
        requestBuffers(frames.size());
        buffers = List.copyOf(frames);
        try {
            for (int index = 0; index < frames.size(); index++) {
                queue(index);
            }
            check("VIDIOC_STREAMON", stream(V4l2Header.VIDIOC_STREAMON), "the camera does not start");
        } catch (HeapException e) {
            requestBuffers(0);
            buffers = List.of();
            throw e;
        }
    }

    private void requestBuffers(int count) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment request = arena.allocate(V4l2Header.REQUESTBUFFERS);
            V4l2Header.REQUEST_COUNT.set(request, 0L, count);
            V4l2Header.REQUEST_TYPE.set(request, 0L, V4l2Header.V4L2_BUF_TYPE_VIDEO_CAPTURE);
            V4l2Header.REQUEST_MEMORY.set(request, 0L, V4l2Header.V4L2_MEMORY_DMABUF);
            check("VIDIOC_REQBUFS", call(V4l2Header.VIDIOC_REQBUFS, request), "no queue of " + count + " dma-bufs");
        }
    }

    /**
     * Gives a buffer to the camera, again after it was dequeued.
     *
     * @param index its place in the list given to {@link #start}
     * @throws HeapException as {@link #start}
     */
    public void queue(int index) {
        try (DmaBufFd descriptor = buffers.get(index).exportFd();
                Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = buffer(arena);
            V4l2Header.INDEX.set(buffer, 0L, index);
            V4l2Header.FD.set(buffer, 0L, descriptor.number());
            check("VIDIOC_QBUF", call(V4l2Header.VIDIOC_QBUF, buffer), "the camera does not take buffer " + index);
        }
    }

    /**
     * Waits for the next frame.
     *
     * @return the frame, whose buffer is the caller's until it is queued again; empty if the time passed first
     * @throws HeapException {@link ErrorCode#INTERRUPTED}; {@link ErrorCode#SYSTEM_ERROR}
     */
    public Optional<Frame> dequeue(Duration timeout) {
        if (!fd.await(FileStructs.POLLIN, timeout)) {
            return Optional.empty();
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = buffer(arena);
            // Not repeated at EAGAIN: with one caller at a time, a ready queue has a frame or is broken.
            int result = fd.use(number -> libc.ioctl(number, V4l2Header.VIDIOC_DQBUF, buffer));
            if (result == -Errno.EAGAIN) {
                return Optional.empty();
            }
            check("VIDIOC_DQBUF", result, "no frame");
            return Optional.of(new Frame(
                    (int) V4l2Header.INDEX.get(buffer, 0L),
                    (int) V4l2Header.BYTESUSED.get(buffer, 0L),
                    (int) V4l2Header.SEQUENCE.get(buffer, 0L),
                    ((int) V4l2Header.FLAGS.get(buffer, 0L) & V4l2Header.V4L2_BUF_FLAG_ERROR) != 0));
        }
    }

    private static MemorySegment buffer(Arena arena) {
        MemorySegment buffer = arena.allocate(V4l2Header.BUFFER);
        V4l2Header.TYPE.set(buffer, 0L, V4l2Header.V4L2_BUF_TYPE_VIDEO_CAPTURE);
        V4l2Header.MEMORY.set(buffer, 0L, V4l2Header.V4L2_MEMORY_DMABUF);
        return buffer;
    }

    /** Stops the camera, which lets go of all buffers. */
    public void stop() {
        check("VIDIOC_STREAMOFF", stream(V4l2Header.VIDIOC_STREAMOFF), "the camera does not stop");
        requestBuffers(0);
        buffers = List.of();
    }

    private int stream(long request) {
        try (Arena arena = Arena.ofConfined()) {
            return call(request, arena.allocateFrom(ValueLayout.JAVA_INT, V4l2Header.V4L2_BUF_TYPE_VIDEO_CAPTURE));
        }
    }

    private int call(long request, MemorySegment argument) {
        return fd.use(number -> Ioctl.call(libc, number, request, argument));
    }

    private void check(String operation, int result, String what) {
        if (result < 0) {
            throw Failure.of(ErrorCode.SYSTEM_ERROR, operation, result, node + ": " + what)
                    .build();
        }
    }

    /** Closes the device, which also stops it. Closing twice is harmless. */
    @Override
    public void close() {
        fd.close();
    }

    /**
     * A frame that the camera has written.
     *
     * @param index the buffer's place in the list given to {@link #start}
     * @param bytesUsed bytes of the image
     * @param sequence counts frames, lost ones included
     * @param damaged whether the driver says that the contents may be wrong
     */
    public record Frame(int index, int bytesUsed, int sequence, boolean damaged) {}
}
