// SPDX-License-Identifier: Apache-2.0
// The baseline for allocation: the same system calls as the library, made by a C program with nothing around them.
// Usage: allocate NODE SIZE ROUNDS OPERATIONS [touch]   prints nanoseconds per operation, a line per round.
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <linux/dma-heap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static void die(const char *what) {
    perror(what);
    exit(1);
}

static void sync_cpu(int fd, unsigned long long flags) {
    struct dma_buf_sync sync = {.flags = flags | DMA_BUF_SYNC_WRITE};
    if (ioctl(fd, DMA_BUF_IOCTL_SYNC, &sync)) die("DMA_BUF_IOCTL_SYNC");
}

static void touch(int fd, size_t size) {
    char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (memory == MAP_FAILED) die("mmap");
    sync_cpu(fd, DMA_BUF_SYNC_START);
    for (size_t i = 0; i < size; i += 4096) ((volatile char *)memory)[i] = 1;
    sync_cpu(fd, DMA_BUF_SYNC_END);
    if (munmap(memory, size)) die("munmap");
}

int main(int argc, char **argv) {
    if (argc < 5) {
        fprintf(stderr, "usage: %s NODE SIZE ROUNDS OPERATIONS [touch]\n", argv[0]);
        return 2;
    }
    int heap = open(argv[1], O_RDWR | O_CLOEXEC);
    if (heap < 0) die(argv[1]);
    size_t size = strtoull(argv[2], NULL, 0);
    long rounds = atol(argv[3]), operations = atol(argv[4]);
    int touching = argc > 5;

    for (long round = 0; round < rounds; round++) {
        struct timespec from, to;
        clock_gettime(CLOCK_MONOTONIC, &from);
        for (long i = 0; i < operations; i++) {
            struct dma_heap_allocation_data request = {.len = size, .fd_flags = O_RDWR | O_CLOEXEC};
            if (ioctl(heap, DMA_HEAP_IOCTL_ALLOC, &request)) die("DMA_HEAP_IOCTL_ALLOC");
            if (touching) touch(request.fd, size);
            if (close(request.fd)) die("close");
        }
        clock_gettime(CLOCK_MONOTONIC, &to);
        double nanos = (to.tv_sec - from.tv_sec) * 1e9 + (to.tv_nsec - from.tv_nsec);
        printf("%.0f\n", nanos / operations);
    }
    return 0;
}
