/*
 * Prints what the C compiler thinks of the structs, ioctl numbers and constants that io.dmaheap.linux spells out in Java.
 * One fact a line: name value. Kept beside it: layouts-x86_64.txt, layouts-aarch64.txt.
 *
 *   gcc layouts.c -o layouts && ./layouts >layouts-x86_64.txt
 *   aarch64-linux-gnu-gcc -static layouts.c -o layouts && qemu-aarch64 ./layouts >layouts-aarch64.txt
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <linux/dma-heap.h>
#include <linux/magic.h>
#include <linux/sync_file.h>
#include <linux/udmabuf.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/vfs.h>
#include <unistd.h>

#define SIZE(type, name) printf("sizeof(" name ") %zu\n", sizeof(type))
#define OFFSET(type, name, member) printf(name "." #member " %zu\n", offsetof(type, member))
#define VALUE(constant) printf(#constant " %llu\n", (unsigned long long)(constant))

int main(void)
{
	SIZE(struct dma_heap_allocation_data, "dma_heap_allocation_data");
	OFFSET(struct dma_heap_allocation_data, "dma_heap_allocation_data", len);
	OFFSET(struct dma_heap_allocation_data, "dma_heap_allocation_data", fd);
	OFFSET(struct dma_heap_allocation_data, "dma_heap_allocation_data", fd_flags);
	OFFSET(struct dma_heap_allocation_data, "dma_heap_allocation_data", heap_flags);
	VALUE(DMA_HEAP_IOCTL_ALLOC);

	SIZE(struct dma_buf_sync, "dma_buf_sync");
	OFFSET(struct dma_buf_sync, "dma_buf_sync", flags);
	SIZE(struct dma_buf_export_sync_file, "dma_buf_sync_file");
	OFFSET(struct dma_buf_export_sync_file, "dma_buf_sync_file", flags);
	OFFSET(struct dma_buf_export_sync_file, "dma_buf_sync_file", fd);
	VALUE(DMA_BUF_IOCTL_SYNC);
	VALUE(DMA_BUF_SET_NAME_B);
	VALUE(DMA_BUF_IOCTL_EXPORT_SYNC_FILE);
	VALUE(DMA_BUF_IOCTL_IMPORT_SYNC_FILE);
	VALUE(DMA_BUF_SYNC_READ);
	VALUE(DMA_BUF_SYNC_WRITE);
	VALUE(DMA_BUF_SYNC_START);
	VALUE(DMA_BUF_SYNC_END);
	VALUE(DMA_BUF_MAGIC);

	SIZE(struct udmabuf_create, "udmabuf_create");
	OFFSET(struct udmabuf_create, "udmabuf_create", memfd);
	OFFSET(struct udmabuf_create, "udmabuf_create", flags);
	OFFSET(struct udmabuf_create, "udmabuf_create", offset);
	OFFSET(struct udmabuf_create, "udmabuf_create", size);
	VALUE(UDMABUF_CREATE);
	VALUE(UDMABUF_FLAGS_CLOEXEC);

	SIZE(struct sync_merge_data, "sync_merge_data");
	OFFSET(struct sync_merge_data, "sync_merge_data", fd2);
	OFFSET(struct sync_merge_data, "sync_merge_data", fence);
	SIZE(struct sync_file_info, "sync_file_info");
	OFFSET(struct sync_file_info, "sync_file_info", status);
	OFFSET(struct sync_file_info, "sync_file_info", num_fences);
	OFFSET(struct sync_file_info, "sync_file_info", sync_fence_info);
	VALUE(SYNC_IOC_MERGE);
	VALUE(SYNC_IOC_FILE_INFO);

	SIZE(struct statx, "statx");
	OFFSET(struct statx, "statx", stx_ino);
	OFFSET(struct statx, "statx", stx_size);
	OFFSET(struct statx, "statx", stx_dev_major);
	OFFSET(struct statx, "statx", stx_dev_minor);
	VALUE(STATX_INO);
	SIZE(struct statfs, "statfs");
	OFFSET(struct statfs, "statfs", f_type);
	SIZE(struct pollfd, "pollfd");
	OFFSET(struct pollfd, "pollfd", fd);
	OFFSET(struct pollfd, "pollfd", events);
	OFFSET(struct pollfd, "pollfd", revents);
	VALUE(POLLIN);
	VALUE(POLLOUT);

	SIZE(struct sockaddr_un, "sockaddr_un");
	OFFSET(struct sockaddr_un, "sockaddr_un", sun_family);
	OFFSET(struct sockaddr_un, "sockaddr_un", sun_path);
	SIZE(struct iovec, "iovec");
	OFFSET(struct iovec, "iovec", iov_base);
	OFFSET(struct iovec, "iovec", iov_len);
	SIZE(struct msghdr, "msghdr");
	OFFSET(struct msghdr, "msghdr", msg_iov);
	OFFSET(struct msghdr, "msghdr", msg_iovlen);
	OFFSET(struct msghdr, "msghdr", msg_control);
	OFFSET(struct msghdr, "msghdr", msg_controllen);
	OFFSET(struct msghdr, "msghdr", msg_flags);
	SIZE(struct cmsghdr, "cmsghdr");
	OFFSET(struct cmsghdr, "cmsghdr", cmsg_len);
	OFFSET(struct cmsghdr, "cmsghdr", cmsg_level);
	OFFSET(struct cmsghdr, "cmsghdr", cmsg_type);
	SIZE(struct ucred, "ucred");
	OFFSET(struct ucred, "ucred", pid);
	OFFSET(struct ucred, "ucred", uid);
	OFFSET(struct ucred, "ucred", gid);
	VALUE(AF_UNIX);
	VALUE(SOCK_SEQPACKET);
	VALUE(SOCK_CLOEXEC);
	VALUE(SOCK_NONBLOCK);
	VALUE(SOL_SOCKET);
	VALUE(SO_PEERCRED);
	VALUE(SCM_RIGHTS);
	VALUE(MSG_CTRUNC);
	VALUE(MSG_TRUNC);
	VALUE(MSG_DONTWAIT);
	VALUE(MSG_NOSIGNAL);
	VALUE(MSG_CMSG_CLOEXEC);

	VALUE(O_RDONLY);
	VALUE(O_WRONLY);
	VALUE(O_RDWR);
	VALUE(O_ACCMODE);
	VALUE(O_NONBLOCK);
	VALUE(O_CLOEXEC);
	VALUE(SEEK_SET);
	VALUE(SEEK_END);
	VALUE(PROT_READ);
	VALUE(PROT_WRITE);
	VALUE(MAP_SHARED);
	VALUE(F_GETFL);
	VALUE(F_DUPFD_CLOEXEC);
	VALUE(F_ADD_SEALS);
	VALUE(F_GET_SEALS);
	VALUE(F_SEAL_SEAL);
	VALUE(F_SEAL_SHRINK);
	VALUE(F_SEAL_GROW);
	VALUE(F_SEAL_WRITE);
	VALUE(MFD_CLOEXEC);
	VALUE(MFD_ALLOW_SEALING);

	VALUE(EPERM);
	VALUE(ENOENT);
	VALUE(EINTR);
	VALUE(EIO);
	VALUE(ENXIO);
	VALUE(EBADF);
	VALUE(EAGAIN);
	VALUE(ENOMEM);
	VALUE(EACCES);
	VALUE(EFAULT);
	VALUE(EBUSY);
	VALUE(EEXIST);
	VALUE(ENODEV);
	VALUE(ENOTDIR);
	VALUE(EINVAL);
	VALUE(ENFILE);
	VALUE(EMFILE);
	VALUE(ENOTTY);
	VALUE(ENOSPC);
	VALUE(ESPIPE);
	VALUE(EPIPE);
	VALUE(ENAMETOOLONG);
	VALUE(ENOSYS);
	VALUE(EPROTO);
	VALUE(EBADFD);
	VALUE(EMSGSIZE);
	VALUE(EOPNOTSUPP);
	VALUE(EADDRINUSE);
	VALUE(ECONNABORTED);
	VALUE(ECONNRESET);
	VALUE(ETOOMANYREFS);
	VALUE(ETIMEDOUT);
	VALUE(ECONNREFUSED);
	return 0;
}
