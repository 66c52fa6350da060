package io.dmaheap.linux.memfd;

import io.dmaheap.linux.libc.Libc;

/** Memfds on a C library of the test's choice. */
public final class MemfdsFixture {
    private MemfdsFixture() {}

    public static Memfds of(Libc libc) {
        return new Memfds(libc);
    }
}
