// SPDX-License-Identifier: Apache-2.0
// A program without dmaheap that shares buffers with it, as docs/sharing.md describes: `peer SOCKET` connects, takes a message with one
// buffer, prints its text and the first line of the buffer, and sends back a buffer of its own.
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	union { char bytes[CMSG_SPACE(sizeof(int))]; struct cmsghdr align; } control;
	char text[1 + 65536];
	struct iovec vector = { text, sizeof(text) };
	struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control) };
	int fd, s = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	if (argc != 2 || strlen(argv[1]) >= sizeof(address.sun_path))
		errx(2, "usage: peer SOCKET");
	strcpy(address.sun_path, argv[1]);
	if (connect(s, (struct sockaddr *)&address, sizeof(address)))
		err(1, "connect");

	ssize_t length = recvmsg(s, &message, MSG_CMSG_CLOEXEC);
	if (length < 1 || text[0] != 1 || !CMSG_FIRSTHDR(&message))
		errx(1, "no message with a buffer");
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(fd));
	off_t size = lseek(fd, 0, SEEK_END);
	char *bytes = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
	if (bytes == MAP_FAILED)
		err(1, "mmap");
	printf("%.*s: %ld bytes: %s\n", (int)length - 1, text + 1, (long)size, bytes);

	int memfd = memfd_create("from C", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (memfd < 0 || ftruncate(memfd, 8192) || pwrite(memfd, "made in C", 10, 4096) != 10 ||
	    fcntl(memfd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW))
		err(1, "memfd");
	memcpy(text, "\1the answer", 11);
	vector.iov_len = 11;
	memset(&control, 0, sizeof(control));
	message.msg_controllen = sizeof(control);
	struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
	*rights = (struct cmsghdr){ CMSG_LEN(sizeof(memfd)), SOL_SOCKET, SCM_RIGHTS };
	memcpy(CMSG_DATA(rights), &memfd, sizeof(memfd));
	if (sendmsg(s, &message, MSG_NOSIGNAL) != 11)
		err(1, "sendmsg");
	return 0;
}
