// SPDX-License-Identifier: Apache-2.0
// The baseline for calls of a trusted application: the ioctls of a client with nothing around them, on the application of vm/board/ta.
// Usage: tee DEVICE OPERATIONS   prints nanoseconds per invocation.
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <linux/tee.h>

enum { SIZE = 4096, SUM = 1 };

static void die(const char *what) {
    perror(what);
    exit(1);
}

int main(int argc, char **argv) {
    static const uint8_t video[16] = {0x04, 0x5d, 0x29, 0x22, 0x7f, 0x6a, 0x47, 0x19,
                                      0x87, 0x77, 0x63, 0xb1, 0xd3, 0xe2, 0x2d, 0xdc};
    struct {
        struct tee_ioctl_open_session_arg head;
        struct tee_ioctl_param params[4];
    } opening = {.head = {.num_params = 4}};
    struct {
        struct tee_ioctl_invoke_arg head;
        struct tee_ioctl_param params[4];
    } call;
    struct tee_ioctl_buf_data data = {(uintptr_t)&opening, sizeof opening};
    struct tee_ioctl_shm_alloc_data shared = {.size = SIZE};
    struct timespec from, to;

    if (argc != 3) {
        fprintf(stderr, "usage: %s DEVICE OPERATIONS\n", argv[0]);
        return 2;
    }
    int tee = open(argv[1], O_RDWR | O_CLOEXEC);
    if (tee < 0) die(argv[1]);
    long operations = atol(argv[2]);
    memcpy(opening.head.uuid, video, sizeof video);
    if (ioctl(tee, TEE_IOC_OPEN_SESSION, &data) || opening.head.ret) die("TEE_IOC_OPEN_SESSION");
    if (ioctl(tee, TEE_IOC_SHM_ALLOC, &shared) < 0) die("TEE_IOC_SHM_ALLOC");

    clock_gettime(CLOCK_MONOTONIC, &from);
    for (long i = 0; i < operations; i++) {
        memset(&call, 0, sizeof call);
        call.head.func = SUM;
        call.head.session = opening.head.session;
        call.head.num_params = 4;
        call.params[0] = (struct tee_ioctl_param){TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INPUT, 0, SIZE, shared.id};
        call.params[1].attr = TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT;
        data = (struct tee_ioctl_buf_data){(uintptr_t)&call, sizeof call};
        if (ioctl(tee, TEE_IOC_INVOKE, &data) || call.head.ret || call.params[1].b != SIZE) die("TEE_IOC_INVOKE");
    }
    clock_gettime(CLOCK_MONOTONIC, &to);
    double nanos = (to.tv_sec - from.tv_sec) * 1e9 + (to.tv_nsec - from.tv_nsec);
    printf("%.0f\n", nanos / operations);
    return 0;
}
