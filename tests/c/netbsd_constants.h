/* Constants of NetBSD that the headers of include/rump do not name. */

#ifndef TESTS_NETBSD_CONSTANTS_H_
#define TESTS_NETBSD_CONSTANTS_H_

/* open(2) relative to a directory. */
#define N_AT_FDCWD		(-100)
#define N_AT_EACCESS		0x100
#define N_AT_SYMLINK_NOFOLLOW	0x200
#define N_AT_SYMLINK_FOLLOW	0x400
#define N_AT_REMOVEDIR		0x800

/* fcntl(2). */
#define N_F_DUPFD		0
#define N_F_GETFD		1
#define N_F_SETFD		2
#define N_F_GETFL		3
#define N_F_SETFL		4
#define N_F_GETLK		7
#define N_F_SETLK		8
#define N_F_SETLKW		9
#define N_F_CLOSEM		10
#define N_F_MAXFD		11
#define N_F_DUPFD_CLOEXEC	12
#define N_F_GETNOSIGPIPE	13
#define N_F_SETNOSIGPIPE	14
#define N_FD_CLOEXEC		1
#define N_F_RDLCK		1
#define N_F_UNLCK		2
#define N_F_WRLCK		3

/* flock(2). */
#define N_LOCK_SH		1
#define N_LOCK_EX		2
#define N_LOCK_NB		4
#define N_LOCK_UN		8

/* ioctl(2). */
#define N_FIOCLEX		_RUMP_IO('f', 1)
#define N_FIONCLEX		_RUMP_IO('f', 2)
#define N_FIONREAD		_RUMP_IOR('f', 127, int)
#define N_FIONBIO		_RUMP_IOW('f', 126, int)

/* utimensat(2). */
#define N_UTIME_NOW		((1 << 30) - 1)
#define N_UTIME_OMIT		((1 << 30) - 2)

/* chflags(2). */
#define N_UF_NODUMP		0x00000001
#define N_UF_IMMUTABLE		0x00000002
#define N_UF_APPEND		0x00000004
#define N_SF_IMMUTABLE		0x00020000
#define N_SF_APPEND		0x00040000

/* getrlimit(2), clock_gettime(2), lseek(2). */
#define N_RLIMIT_FSIZE		1
#define N_RLIMIT_NPROC		7
#define N_RLIMIT_NOFILE		8
#define N_RLIM_INFINITY		0x7fffffffffffffffULL
#define N_CLOCK_REALTIME	0
#define N_CLOCK_MONOTONIC	3
#define N_TIMER_ABSTIME		1

/* pathconf(2). */
#define N_PC_LINK_MAX		1
#define N_PC_NAME_MAX		4
#define N_PC_PATH_MAX		5
#define N_PC_PIPE_BUF		6
#define N_PC_CHOWN_RESTRICTED	7
#define N_PC_NO_TRUNC		8

#define N_NAME_MAX		255
#define N_PATH_MAX		1024	/* with the NUL */
#define N_PIPE_BUF		512
#define N_IOV_MAX		1024
#define N_NGROUPS_MAX		16

/* getdents(2). */
#define N_DT_FIFO		1
#define N_DT_CHR		2
#define N_DT_DIR		4
#define N_DT_BLK		6
#define N_DT_REG		8
#define N_DT_LNK		10

#endif /* TESTS_NETBSD_CONSTANTS_H_ */
