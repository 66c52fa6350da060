/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shows that the board's protected heap is one: the trusted application in ta/ writes and reads a buffer of it,
 * and the CPU cannot. Prints "ok" lines; the first thing that is not as it should be ends it with status 1.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <linux/dma-heap.h>
#include <linux/tee.h>

#define SIZE (64 * 1024)
#define POOL 0x0ec00000 /* where extra.dts says that the pool is */

/* newer than the C library's kernel headers */
struct register_fd {
	int64_t fd;
	uint64_t size;
	uint32_t flags;
	int32_t id;
};
#define REGISTER_FD _IOWR(TEE_IOC_MAGIC, TEE_IOC_BASE + 8, struct register_fd)

enum { FILL, SUM, COPY, WHERE }; /* the commands of ta/video.c */
static const uint8_t video[16] = { 0x04, 0x5d, 0x29, 0x22, 0x7f, 0x6a, 0x47, 0x19,
				   0x87, 0x77, 0x63, 0xb1, 0xd3, 0xe2, 0x2d, 0xdc };
static int tee;
static uint32_t session;
static sigjmp_buf before;

static void check(int good, const char *what)
{
	printf("%s %s\n", good ? "ok  " : "FAIL", what);
	if (!good) {
		printf("     errno, if the kernel was to blame: %d\n", errno);
		exit(1);
	}
}

/* One call of the trusted application with the shared memory id, and a value that it may answer in. */
static uint32_t call(uint32_t command, uint64_t memory_kind, int id, uint64_t value_kind, struct tee_ioctl_param *value)
{
	struct {
		struct tee_ioctl_invoke_arg head;
		struct tee_ioctl_param params[4];
	} request = { .head = { .func = command, .session = session, .num_params = 4 } };
	struct tee_ioctl_buf_data data = { (uintptr_t)&request, sizeof request };

	request.params[0] = (struct tee_ioctl_param){ .attr = memory_kind, .a = 0, .b = SIZE, .c = id };
	request.params[1] = *value;
	request.params[1].attr = value_kind;
	check(ioctl(tee, TEE_IOC_INVOKE, &data) == 0, "the trusted application is called");
	*value = request.params[1];
	return request.head.ret;
}

static int allocate(const char *heap)
{
	struct dma_heap_allocation_data data = { .len = SIZE, .fd_flags = O_RDWR | O_CLOEXEC };
	int fd = open(heap, O_RDONLY | O_CLOEXEC);

	check(fd >= 0, heap);
	check(ioctl(fd, DMA_HEAP_IOCTL_ALLOC, &data) == 0, "a buffer is allocated");
	close(fd);
	return data.fd;
}

static void faulted(int number)
{
	(void)number;
	siglongjmp(before, 1);
}

static int cpu_can_read(off_t address)
{
	int fd = open("/dev/mem", O_RDONLY | O_SYNC);
	volatile uint8_t *bytes = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, address);

	check(fd >= 0 && bytes != MAP_FAILED, "/dev/mem is mapped");
	signal(SIGBUS, faulted);
	if (sigsetjmp(before, 1))
		return 0;
	(void)*bytes;
	return 1;
}

int main(void)
{
	struct {
		struct tee_ioctl_open_session_arg head;
		struct tee_ioctl_param params[4];
	} request = { .head = { .num_params = 4 } };
	struct tee_ioctl_buf_data data = { (uintptr_t)&request, sizeof request };
	struct register_fd shared = { 0 };
	struct tee_ioctl_param value = { 0 };
	int buffer = allocate("/dev/dma_heap/protected,secure-video");

	check(mmap(NULL, SIZE, PROT_READ, MAP_SHARED, buffer, 0) == MAP_FAILED && errno == EINVAL, "it cannot be mapped");
	check(!cpu_can_read(POOL), "the CPU cannot read the pool's physical memory");

	tee = open("/dev/tee0", O_RDWR | O_CLOEXEC);
	check(tee >= 0, "/dev/tee0");
	memcpy(request.head.uuid, video, sizeof video);
	check(ioctl(tee, TEE_IOC_OPEN_SESSION, &data) == 0, "a session is asked for");
	check(request.head.ret == 0, "the trusted application is there");
	session = request.head.session;

	shared.fd = buffer;
	check(ioctl(tee, REGISTER_FD, &shared) >= 0 && shared.size == SIZE, "the buffer is registered");
	value.a = 7;
	check(call(FILL, TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_OUTPUT, shared.id, TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INPUT, &value) == 0,
	      "it fills the buffer");
	check(call(SUM, TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INPUT, shared.id, TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT, &value) == 0 &&
		      value.a == SIZE / 256 * (255 * 256 / 2) && value.b == SIZE,
	      "it reads back what it wrote");
	check(call(WHERE, TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INPUT, shared.id, TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT, &value) == 0 &&
		      value.a == 1 && value.b == 0,
	      "it is told that the buffer is secure memory, and not normal memory");
	return 0;
}
