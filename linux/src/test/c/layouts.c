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
#include <linux/tee.h>
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

#ifndef TEE_IOC_SHM_REGISTER_FD
/* headers of linux before 6.18 */
struct tee_ioctl_shm_register_fd_data {
	__s64 fd;
	__u64 size;
	__u32 flags;
	__s32 id;
};
#define TEE_IOC_SHM_REGISTER_FD _IOWR(TEE_IOC_MAGIC, TEE_IOC_BASE + 8, struct tee_ioctl_shm_register_fd_data)
#endif

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

	SIZE(struct tee_ioctl_version_data, "tee_ioctl_version_data");
	OFFSET(struct tee_ioctl_version_data, "tee_ioctl_version_data", impl_id);
	OFFSET(struct tee_ioctl_version_data, "tee_ioctl_version_data", impl_caps);
	OFFSET(struct tee_ioctl_version_data, "tee_ioctl_version_data", gen_caps);
	SIZE(struct tee_ioctl_shm_alloc_data, "tee_ioctl_shm_alloc_data");
	OFFSET(struct tee_ioctl_shm_alloc_data, "tee_ioctl_shm_alloc_data", size);
	OFFSET(struct tee_ioctl_shm_alloc_data, "tee_ioctl_shm_alloc_data", flags);
	OFFSET(struct tee_ioctl_shm_alloc_data, "tee_ioctl_shm_alloc_data", id);
	SIZE(struct tee_ioctl_shm_register_data, "tee_ioctl_shm_register_data");
	OFFSET(struct tee_ioctl_shm_register_data, "tee_ioctl_shm_register_data", addr);
	OFFSET(struct tee_ioctl_shm_register_data, "tee_ioctl_shm_register_data", length);
	OFFSET(struct tee_ioctl_shm_register_data, "tee_ioctl_shm_register_data", flags);
	OFFSET(struct tee_ioctl_shm_register_data, "tee_ioctl_shm_register_data", id);
	SIZE(struct tee_ioctl_shm_register_fd_data, "tee_ioctl_shm_register_fd_data");
	OFFSET(struct tee_ioctl_shm_register_fd_data, "tee_ioctl_shm_register_fd_data", fd);
	OFFSET(struct tee_ioctl_shm_register_fd_data, "tee_ioctl_shm_register_fd_data", size);
	OFFSET(struct tee_ioctl_shm_register_fd_data, "tee_ioctl_shm_register_fd_data", flags);
	OFFSET(struct tee_ioctl_shm_register_fd_data, "tee_ioctl_shm_register_fd_data", id);
	SIZE(struct tee_ioctl_buf_data, "tee_ioctl_buf_data");
	OFFSET(struct tee_ioctl_buf_data, "tee_ioctl_buf_data", buf_ptr);
	OFFSET(struct tee_ioctl_buf_data, "tee_ioctl_buf_data", buf_len);
	SIZE(struct tee_ioctl_param, "tee_ioctl_param");
	OFFSET(struct tee_ioctl_param, "tee_ioctl_param", attr);
	OFFSET(struct tee_ioctl_param, "tee_ioctl_param", a);
	OFFSET(struct tee_ioctl_param, "tee_ioctl_param", b);
	OFFSET(struct tee_ioctl_param, "tee_ioctl_param", c);
	SIZE(struct tee_ioctl_open_session_arg, "tee_ioctl_open_session_arg");
	OFFSET(struct tee_ioctl_open_session_arg, "tee_ioctl_open_session_arg", uuid);
	OFFSET(struct tee_ioctl_open_session_arg, "tee_ioctl_open_session_arg", clnt_uuid);
	OFFSET(struct tee_ioctl_open_session_arg, "tee_ioctl_open_session_arg", clnt_login);
	OFFSET(struct tee_ioctl_open_session_arg, "tee_ioctl_open_session_arg", cancel_id);
	OFFSET(struct tee_ioctl_open_session_arg, "tee_ioctl_open_session_arg", session);
	OFFSET(struct tee_ioctl_open_session_arg, "tee_ioctl_open_session_arg", ret);
	OFFSET(struct tee_ioctl_open_session_arg, "tee_ioctl_open_session_arg", ret_origin);
	OFFSET(struct tee_ioctl_open_session_arg, "tee_ioctl_open_session_arg", num_params);
	SIZE(struct tee_ioctl_invoke_arg, "tee_ioctl_invoke_arg");
	OFFSET(struct tee_ioctl_invoke_arg, "tee_ioctl_invoke_arg", func);
	OFFSET(struct tee_ioctl_invoke_arg, "tee_ioctl_invoke_arg", session);
	OFFSET(struct tee_ioctl_invoke_arg, "tee_ioctl_invoke_arg", cancel_id);
	OFFSET(struct tee_ioctl_invoke_arg, "tee_ioctl_invoke_arg", ret);
	OFFSET(struct tee_ioctl_invoke_arg, "tee_ioctl_invoke_arg", ret_origin);
	OFFSET(struct tee_ioctl_invoke_arg, "tee_ioctl_invoke_arg", num_params);
	SIZE(struct tee_ioctl_cancel_arg, "tee_ioctl_cancel_arg");
	OFFSET(struct tee_ioctl_cancel_arg, "tee_ioctl_cancel_arg", cancel_id);
	OFFSET(struct tee_ioctl_cancel_arg, "tee_ioctl_cancel_arg", session);
	SIZE(struct tee_ioctl_close_session_arg, "tee_ioctl_close_session_arg");
	OFFSET(struct tee_ioctl_close_session_arg, "tee_ioctl_close_session_arg", session);
	VALUE(TEE_IOC_VERSION);
	VALUE(TEE_IOC_SHM_ALLOC);
	VALUE(TEE_IOC_OPEN_SESSION);
	VALUE(TEE_IOC_INVOKE);
	VALUE(TEE_IOC_CANCEL);
	VALUE(TEE_IOC_CLOSE_SESSION);
	VALUE(TEE_IOC_SHM_REGISTER_FD);
	VALUE(TEE_IOC_SHM_REGISTER);
	VALUE(TEE_IOCTL_PARAM_ATTR_TYPE_NONE);
	VALUE(TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INPUT);
	VALUE(TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT);
	VALUE(TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INOUT);
	VALUE(TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INPUT);
	VALUE(TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_OUTPUT);
	VALUE(TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INOUT);
	VALUE(TEE_MEMREF_NULL);

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
	VALUE(POLLRDHUP);

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
	VALUE(SO_TYPE);
	VALUE(SO_PEERCRED);
	VALUE(SO_ACCEPTCONN);
	VALUE(SO_DOMAIN);
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
	VALUE(F_SETFD);
	VALUE(FD_CLOEXEC);
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
	VALUE(ESRCH);
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
	VALUE(ENOTSOCK);
	VALUE(EPROTOTYPE);
	VALUE(ENOTCONN);
	VALUE(EOPNOTSUPP);
	VALUE(EADDRINUSE);
	VALUE(ECONNABORTED);
	VALUE(ECONNRESET);
	VALUE(ETOOMANYREFS);
	VALUE(ETIMEDOUT);
	VALUE(ECONNREFUSED);
	return 0;
}
