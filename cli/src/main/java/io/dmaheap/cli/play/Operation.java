package io.dmaheap.cli.play;

/** What is measured. Each is a cost of its own: a heap that allocates quickly may map slowly. */
public enum Operation {
    /** The request to the heap: the ioctl, and what the framework adds. */
    ALLOCATE,
    /** The first begin of CPU access, which maps the buffer. */
    MAP,
    /** Reading one byte of each page for the first time. */
    FIRST_TOUCH,
    /** Begin and end of CPU access to a buffer that is mapped. */
    SYNC,
    /** One trip round the pipeline: a word of each page written by a producer and read by a consumer. */
    RECYCLE,
    /** Unmapping and giving back. */
    CLOSE
}
