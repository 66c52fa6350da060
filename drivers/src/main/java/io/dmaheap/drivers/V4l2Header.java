package io.dmaheap.drivers;

import static io.dmaheap.linux.libc.FileStructs.field;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.dmaheap.linux.libc.Ioctl;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;

/** The parts of {@code linux/videodev2.h} that single-planar capture into dma-bufs takes. */
final class V4l2Header {
    static final int V4L2_BUF_TYPE_VIDEO_CAPTURE = 1;
    static final int V4L2_MEMORY_DMABUF = 4;
    static final int V4L2_FIELD_NONE = 1;
    static final int V4L2_CAP_VIDEO_CAPTURE = 1;
    static final int V4L2_CAP_STREAMING = 0x04000000;
    static final int V4L2_CAP_DEVICE_CAPS = 0x80000000;
    static final int V4L2_BUF_FLAG_ERROR = 0x40;
    static final int V4L2_BUF_CAP_SUPPORTS_DMABUF = 4;

    /** {@code struct v4l2_capability}. */
    static final StructLayout CAPABILITY = MemoryLayout.structLayout(
            MemoryLayout.sequenceLayout(16, JAVA_BYTE).withName("driver"),
            MemoryLayout.sequenceLayout(32, JAVA_BYTE).withName("card"),
            MemoryLayout.sequenceLayout(32, JAVA_BYTE).withName("bus_info"),
            JAVA_INT.withName("version"),
            JAVA_INT.withName("capabilities"),
            JAVA_INT.withName("device_caps"),
            MemoryLayout.paddingLayout(12));

    static final VarHandle CAPABILITIES = field(CAPABILITY, "capabilities");
    static final VarHandle DEVICE_CAPS = field(CAPABILITY, "device_caps");

    /** {@code struct v4l2_format} with its {@code pix} member; the union is aligned to 8. */
    static final StructLayout FORMAT = MemoryLayout.structLayout(
            JAVA_INT.withName("type"),
            MemoryLayout.paddingLayout(4),
            JAVA_INT.withName("width"),
            JAVA_INT.withName("height"),
            JAVA_INT.withName("pixelformat"),
            JAVA_INT.withName("field"),
            JAVA_INT.withName("bytesperline"),
            JAVA_INT.withName("sizeimage"),
            MemoryLayout.paddingLayout(176));

    static final VarHandle FORMAT_TYPE = field(FORMAT, "type");
    static final VarHandle WIDTH = field(FORMAT, "width");
    static final VarHandle HEIGHT = field(FORMAT, "height");
    static final VarHandle PIXELFORMAT = field(FORMAT, "pixelformat");
    static final VarHandle FIELD = field(FORMAT, "field");
    static final VarHandle BYTESPERLINE = field(FORMAT, "bytesperline");
    static final VarHandle SIZEIMAGE = field(FORMAT, "sizeimage");

    /** {@code struct v4l2_requestbuffers}. */
    static final StructLayout REQUESTBUFFERS = MemoryLayout.structLayout(
            JAVA_INT.withName("count"),
            JAVA_INT.withName("type"),
            JAVA_INT.withName("memory"),
            JAVA_INT.withName("capabilities"),
            MemoryLayout.paddingLayout(4));

    static final VarHandle REQUEST_COUNT = field(REQUESTBUFFERS, "count");
    static final VarHandle REQUEST_TYPE = field(REQUESTBUFFERS, "type");
    static final VarHandle REQUEST_MEMORY = field(REQUESTBUFFERS, "memory");

    /** {@code struct v4l2_buffer} with the {@code fd} of its union. */
    static final StructLayout BUFFER = MemoryLayout.structLayout(
            JAVA_INT.withName("index"),
            JAVA_INT.withName("type"),
            JAVA_INT.withName("bytesused"),
            JAVA_INT.withName("flags"),
            MemoryLayout.paddingLayout(40),
            JAVA_INT.withName("sequence"),
            JAVA_INT.withName("memory"),
            JAVA_INT.withName("fd"),
            MemoryLayout.paddingLayout(4),
            JAVA_INT.withName("length"),
            MemoryLayout.paddingLayout(12));

    static final VarHandle INDEX = field(BUFFER, "index");
    static final VarHandle TYPE = field(BUFFER, "type");
    static final VarHandle BYTESUSED = field(BUFFER, "bytesused");
    static final VarHandle FLAGS = field(BUFFER, "flags");
    static final VarHandle SEQUENCE = field(BUFFER, "sequence");
    static final VarHandle MEMORY = field(BUFFER, "memory");
    static final VarHandle FD = field(BUFFER, "fd");

    /** {@code struct v4l2_control}. */
    static final StructLayout CONTROL = MemoryLayout.structLayout(JAVA_INT.withName("id"), JAVA_INT.withName("value"));

    static final VarHandle CONTROL_ID = field(CONTROL, "id");
    static final VarHandle CONTROL_VALUE = field(CONTROL, "value");

    static final long VIDIOC_QUERYCAP = Ioctl.ior('V', 0, CAPABILITY);
    static final long VIDIOC_S_FMT = Ioctl.iowr('V', 5, FORMAT);
    static final long VIDIOC_REQBUFS = Ioctl.iowr('V', 8, REQUESTBUFFERS);
    static final long VIDIOC_QBUF = Ioctl.iowr('V', 15, BUFFER);
    static final long VIDIOC_DQBUF = Ioctl.iowr('V', 17, BUFFER);
    static final long VIDIOC_STREAMON = Ioctl.iow('V', 18, JAVA_INT);
    static final long VIDIOC_STREAMOFF = Ioctl.iow('V', 19, JAVA_INT);
    static final long VIDIOC_S_CTRL = Ioctl.iowr('V', 28, CONTROL);

    private V4l2Header() {}
}
