package io.dmaheap.linux.uapi;

import static io.dmaheap.linux.libc.FileStructs.field;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.dmaheap.linux.libc.Ioctl;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;

/** {@code linux/udmabuf.h}. */
public final class UdmabufHeader {
    public static final int UDMABUF_FLAGS_CLOEXEC = 1;

    /** {@code struct udmabuf_create}. */
    public static final StructLayout CREATE_DATA = MemoryLayout.structLayout(
            JAVA_INT.withName("memfd"),
            JAVA_INT.withName("flags"),
            JAVA_LONG.withName("offset"),
            JAVA_LONG.withName("size"));

    public static final VarHandle MEMFD = field(CREATE_DATA, "memfd");
    public static final VarHandle FLAGS = field(CREATE_DATA, "flags");
    public static final VarHandle OFFSET = field(CREATE_DATA, "offset");
    public static final VarHandle SIZE = field(CREATE_DATA, "size");

    public static final long UDMABUF_CREATE = Ioctl.iow('u', 0x42, CREATE_DATA);

    private UdmabufHeader() {}
}
