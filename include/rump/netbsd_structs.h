/*
 * Structures as a rump kernel lays them out, for programs on hosts whose own differ.
 *
 * The members have NetBSD's names without typedefs: fixed widths say the same on
 * each host with 64-bit pointers. A name that is a macro on common hosts has
 * another here (d_fileno is d_ino). abi/layout.c checks sizes and offsets.
 */

#ifndef _RUMP_NETBSD_STRUCTS_H_
#define _RUMP_NETBSD_STRUCTS_H_

#include <stddef.h>
#include <stdint.h>

/* A time in microseconds. */
struct rump_netbsd_timeval {
	int64_t tv_sec;
	int32_t tv_usec;
};

/* A time in nanoseconds. */
struct rump_netbsd_timespec {
	int64_t tv_sec;
	int64_t tv_nsec;
};

/* A periodic timer, microseconds. */
struct rump_netbsd_itimerval {
	struct rump_netbsd_timeval it_interval;
	struct rump_netbsd_timeval it_value;
};

/* A periodic timer, nanoseconds. */
struct rump_netbsd_itimerspec {
	struct rump_netbsd_timespec it_interval;
	struct rump_netbsd_timespec it_value;
};

/* stat(2), version 50. */
struct rump_netbsd_stat {
	uint64_t st_dev;
	uint32_t st_mode;
	uint64_t st_ino;
	uint32_t st_nlink;
	uint32_t st_uid;
	uint32_t st_gid;
	uint64_t st_rdev;
	struct rump_netbsd_timespec st_atim;
	struct rump_netbsd_timespec st_mtim;
	struct rump_netbsd_timespec st_ctim;
	struct rump_netbsd_timespec st_birthtim;
	int64_t st_size;
	int64_t st_blocks;
	int32_t st_blksize;
	uint32_t st_flags;
	uint32_t st_gen;
	uint32_t st_spare[2];
};

/* statvfs(2). */
struct rump_netbsd_statvfs {
	uint64_t f_flag;
	uint64_t f_bsize;
	uint64_t f_frsize;
	uint64_t f_iosize;
	uint64_t f_blocks;
	uint64_t f_bfree;
	uint64_t f_bavail;
	uint64_t f_bresvd;
	uint64_t f_files;
	uint64_t f_ffree;
	uint64_t f_favail;
	uint64_t f_fresvd;
	uint64_t f_syncreads;
	uint64_t f_syncwrites;
	uint64_t f_asyncreads;
	uint64_t f_asyncwrites;
	int32_t f_fsidx[2];
	uint64_t f_fsid;
	uint64_t f_namemax;
	uint32_t f_owner;
	uint32_t f_spare[4];
	char f_fstypename[32];
	char f_mntonname[1024];
	char f_mntfromname[1024];
};

/* What getdents(2), version 30, writes; entries are d_reclen apart. */
struct rump_netbsd_dirent {
	uint64_t d_ino;
	uint16_t d_reclen;
	uint16_t d_namlen;
	uint8_t d_type;
	char d_name[512];
};

/* A record lock; fcntl(2). */
struct rump_netbsd_flock {
	int64_t l_start;
	int64_t l_len;
	int32_t l_pid;
	int16_t l_type;
	int16_t l_whence;
};

/* What a process has used; getrusage(2). */
struct rump_netbsd_rusage {
	struct rump_netbsd_timeval ru_utime;
	struct rump_netbsd_timeval ru_stime;
	int64_t ru_maxrss;
	int64_t ru_ixrss;
	int64_t ru_idrss;
	int64_t ru_isrss;
	int64_t ru_minflt;
	int64_t ru_majflt;
	int64_t ru_nswap;
	int64_t ru_inblock;
	int64_t ru_oublock;
	int64_t ru_msgsnd;
	int64_t ru_msgrcv;
	int64_t ru_nsignals;
	int64_t ru_nvcsw;
	int64_t ru_nivcsw;
};

/* An event and its filter; kevent(2). */
struct rump_netbsd_kevent {
	uintptr_t ident;
	uint32_t filter;
	uint32_t flags;
	uint32_t fflags;
	int64_t data;
	intptr_t udata;
};

/* The descriptors of select(2): 256 bits. */
struct rump_netbsd_fd_set {
	uint32_t fds_bits[8];
};

/* An address of any family. */
struct rump_netbsd_sockaddr {
	uint8_t sa_len;
	uint8_t sa_family;
	char sa_data[14];
};

/* Room for an address of any family. */
struct rump_netbsd_sockaddr_storage {
	uint8_t ss_len;
	uint8_t ss_family;
	char ss_pad1[6];
	int64_t ss_align;
	char ss_pad2[112];
};

/* An address of a local socket. */
struct rump_netbsd_sockaddr_un {
	uint8_t sun_len;
	uint8_t sun_family;
	char sun_path[104];
};

/* An address of IPv4; port and address in network byte order. */
struct rump_netbsd_sockaddr_in {
	uint8_t sin_len;
	uint8_t sin_family;
	uint16_t sin_port;
	uint32_t sin_addr;
	int8_t sin_zero[8];
};

/* An address of IPv6; port in network byte order. */
struct rump_netbsd_sockaddr_in6 {
	uint8_t sin6_len;
	uint8_t sin6_family;
	uint16_t sin6_port;
	uint32_t sin6_flowinfo;
	uint8_t sin6_addr[16];
	uint32_t sin6_scope_id;
};

/* A message; sendmsg(2). */
struct rump_netbsd_msghdr {
	void *msg_name;
	uint32_t msg_namelen;
	void *msg_iov;	/* struct iovec is the same everywhere */
	int msg_iovlen;
	void *msg_control;
	uint32_t msg_controllen;
	int msg_flags;
};

/* One of several messages; sendmmsg(2). */
struct rump_netbsd_mmsghdr {
	struct rump_netbsd_msghdr msg_hdr;
	uint32_t msg_len;
};

/* The head of control data; its contents are 8 bytes aligned. */
struct rump_netbsd_cmsghdr {
	uint32_t cmsg_len;
	int cmsg_level;
	int cmsg_type;
};

/* Membership of an IPv4 group. */
struct rump_netbsd_ip_mreq {
	uint32_t imr_multiaddr;
	uint32_t imr_interface;
};

/* Membership of an IPv6 group. */
struct rump_netbsd_ipv6_mreq {
	uint8_t ipv6mr_multiaddr[16];
	uint32_t ipv6mr_interface;
};

/* An IPv4 address of an interface; SIOCAIFADDR. */
struct rump_netbsd_ifaliasreq {
	char ifra_name[16];
	struct rump_netbsd_sockaddr ifra_addr;
	struct rump_netbsd_sockaddr ifra_dstaddr;
	struct rump_netbsd_sockaddr ifra_mask;
};

/* How long an IPv6 address lives, in seconds. */
struct rump_netbsd_in6_addrlifetime {
	int64_t ia6t_expire;
	int64_t ia6t_preferred;
	uint32_t ia6t_vltime;
	uint32_t ia6t_pltime;
};

/* An IPv6 address of an interface; SIOCAIFADDR_IN6. */
struct rump_netbsd_in6_aliasreq {
	char ifra_name[16];
	struct rump_netbsd_sockaddr_in6 ifra_addr;
	struct rump_netbsd_sockaddr_in6 ifra_dstaddr;
	struct rump_netbsd_sockaddr_in6 ifra_prefixmask;
	int ifra_flags;
	struct rump_netbsd_in6_addrlifetime ifra_lifetime;
};

/* A user, as NFS knows one. */
struct rump_netbsd_uucred {
	uint16_t cr_unused;
	uint32_t cr_uid;
	uint32_t cr_gid;
	int16_t cr_ngroups;
	uint32_t cr_groups[16];
};

/* How a file system is exported; unused by mount(2) today. */
struct rump_netbsd_export_args30 {
	int ex_flags;
	uint32_t ex_root;
	struct rump_netbsd_uucred ex_anon;
	struct rump_netbsd_sockaddr *ex_addr;
	int ex_addrlen;
	struct rump_netbsd_sockaddr *ex_mask;
	int ex_masklen;
	char *ex_indexfile;
};

/* The mount data of "ffs", "ext2fs" and "lfs". */
struct rump_netbsd_ufs_args {
	char *fspec;
};

/* The mount data of "mfs". */
struct rump_netbsd_mfs_args {
	char *fspec;
	struct rump_netbsd_export_args30 unused;
	void *base;
	uint64_t size;
};

/* The mount data of "tmpfs"; ta_version is 1. */
struct rump_netbsd_tmpfs_args {
	int ta_version;
	uint64_t ta_nodes_max;
	int64_t ta_size_max;
	uint32_t ta_root_uid;
	uint32_t ta_root_gid;
	uint32_t ta_root_mode;
};

/* The mount data of "msdos"; version is 3. */
struct rump_netbsd_msdosfs_args {
	char *fspec;
	struct rump_netbsd_export_args30 unused;
	uint32_t uid;
	uint32_t gid;
	uint32_t mask;
	int flags;
	int version;
	uint32_t dirmask;
	int gmtoff;
};

/* The mount data of "cd9660". */
struct rump_netbsd_iso_args {
	const char *fspec;
	struct rump_netbsd_export_args30 unused;
	int flags;
};

/* The mount data of "nfs"; version is 3. */
struct rump_netbsd_nfs_args {
	int version;
	struct rump_netbsd_sockaddr *addr;
	int addrlen;
	int sotype;
	int proto;
	unsigned char *fh;
	int fhsize;
	int flags;
	int wsize;
	int rsize;
	int readdirsize;
	int timeo;
	int retrans;
	int maxgrouplist;
	int readahead;
	int leaseterm;
	int deadthresh;
	char *hostname;
};

/* The mount data of "ptyfs". */
struct rump_netbsd_ptyfs_args {
	int version;
	uint32_t gid;
	uint32_t mode;
	int flags;
};

/* The mount data of "udf". */
struct rump_netbsd_udf_args {
	uint32_t version;
	char *fspec;
	int32_t sessionnr;
	uint32_t udfmflags;
	int32_t gmtoff;
	uint32_t anon_uid;
	uint32_t anon_gid;
	uint32_t nobody_uid;
	uint32_t nobody_gid;
	uint32_t sector_size;
	uint8_t reserved[32];
};

/* The mount data of "v7fs". */
struct rump_netbsd_v7fs_args {
	char *fspec;
	int endian;
};

/* The mount data of "efs". */
struct rump_netbsd_efs_args {
	char *fspec;
	int version;
};

/* The mount data of file systems that lie over another. */
struct rump_netbsd_layer_args {
	char *target;
	struct rump_netbsd_export_args30 unused;
};

/* The mount data of "null". */
struct rump_netbsd_null_args {
	struct rump_netbsd_layer_args la;
};

/* The mount data of "union". */
struct rump_netbsd_union_args {
	char *target;
	int mntflags;
};

/*
 * A request to an interface by its name. ifr_name and its kin are macros on
 * Linux, so that the members have other names here.
 */
struct rump_netbsd_ifreq {
	char name[16];
	union {
		struct rump_netbsd_sockaddr address;
		struct rump_netbsd_sockaddr_storage space;
		int16_t flags;
		int address_flags;
		int metric;
		int mtu;
		int link_type;
		uint32_t value;
		void *data;
		struct {
			uint32_t length;	/* bytes */
			void *bytes;
		} buffer;
	} request;
};

/* sysctl(2): a node, version 1, and the description of one. */
struct rump_netbsd_sysctlnode {
	uint32_t sysctl_flags;
	int32_t sysctl_num;
	char sysctl_name[32];
	uint32_t sysctl_ver;
	uint32_t __rsvd;
	union {
		struct {
			uint32_t csize;
			uint32_t clen;
			uint64_t child;
		} node;
		uint64_t data;			/* an address */
		int32_t idata;
		uint64_t qdata;
		uint8_t bdata;
	} sysctl_un;
	uint64_t sysctl_size;
	uint64_t sysctl_func;
	uint64_t sysctl_parent;
	uint64_t sysctl_desc;
};

struct rump_netbsd_sysctldesc {
	int32_t descr_num;
	uint32_t descr_ver;
	uint32_t descr_len;			/* with the NUL; the next one begins at a multiple of 4 */
	char descr_str[];
};

/* sysctl(3): kern.clockrate. */
struct rump_netbsd_clockinfo {
	int32_t hz;
	int32_t tick;				/* microseconds */
	int32_t tickadj;
	int32_t stathz;
	int32_t profhz;
};

/* Of the kernel's own, what the operations on vnodes are given. */

/* vattr(9): what is not given has all bits set. */
struct rump_netbsd_vattr {
	int32_t va_type;			/* enum vtype */
	uint32_t va_mode;
	uint32_t va_nlink;
	uint32_t va_uid;
	uint32_t va_gid;
	uint64_t va_fsid;
	uint64_t va_fileid;
	uint64_t va_size;
	int64_t va_blocksize;
	struct rump_netbsd_timespec va_atime;
	struct rump_netbsd_timespec va_mtime;
	struct rump_netbsd_timespec va_ctime;
	struct rump_netbsd_timespec va_birthtime;
	uint64_t va_gen;
	uint64_t va_flags;
	uint64_t va_rdev;
	uint64_t va_bytes;
	uint64_t va_filerev;
	uint32_t va_vaflags;
	int64_t va_spare;
};

/* namei(9): one name on its way through a directory. */
struct rump_netbsd_componentname {
	uint32_t cn_nameiop;
	uint32_t cn_flags;
	void *cn_cred;
	const char *cn_nameptr;
	size_t cn_namelen;
	size_t cn_consume;
};

/* vfsops(9): a file's identity on its file system. */
struct rump_netbsd_fid {
	uint16_t fid_len;			/* bytes, this member included */
	uint16_t fid_reserved;
	char fid_data[];
};

/* uio(9): uio_iov is an array of pieces, each an address and a length. */
struct rump_netbsd_uio {
	void *uio_iov;
	int32_t uio_iovcnt;
	int64_t uio_offset;
	size_t uio_resid;
	int32_t uio_rw;				/* 0 reads, 1 writes */
	void *uio_vmspace;
};

#endif /* _RUMP_NETBSD_STRUCTS_H_ */
