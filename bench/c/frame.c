// SPDX-License-Identifier: Apache-2.0
// The baseline for emulated buffers: the system calls that make a memory file and end it, with nothing around them.
// Usage: frame SIZE ROUNDS OPERATIONS   prints nanoseconds per operation, a line per round.
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static void die(const char *what) {
    perror(what);
    exit(1);
}

int main(int argc, char **argv) {
    if (argc != 4) {
        fprintf(stderr, "usage: %s SIZE ROUNDS OPERATIONS\n", argv[0]);
        return 2;
    }
    off_t size = strtoll(argv[1], NULL, 0);
    long rounds = atol(argv[2]), operations = atol(argv[3]);

    for (long round = 0; round < rounds; round++) {
        struct timespec from, to;
        clock_gettime(CLOCK_MONOTONIC, &from);
        for (long i = 0; i < operations; i++) {
            int fd = memfd_create("dmaheap:system", MFD_CLOEXEC | MFD_ALLOW_SEALING);
            if (fd < 0) die("memfd_create");
            if (ftruncate(fd, size)) die("ftruncate");
            if (close(fd)) die("close");
        }
        clock_gettime(CLOCK_MONOTONIC, &to);
        double nanos = (to.tv_sec - from.tv_sec) * 1e9 + (to.tv_nsec - from.tv_nsec);
        printf("%.0f\n", nanos / operations);
    }
    return 0;
}
