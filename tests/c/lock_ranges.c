/* needs: fs_tmpfs vfs */
/* fcntl(2) locks: of processes, by ranges, split and joined, told by F_GETLK. */
#include "check.h"

static struct rump_netbsd_flock
range(int type, int64_t start, int64_t length)
{
	return (struct rump_netbsd_flock){ start, length, 0, (int16_t)type, SEEK_SET };
}

static int
set(int file, int type, int64_t start, int64_t length)
{
	struct rump_netbsd_flock lock = range(type, start, length);

	return rump_sys_fcntl(file, N_F_SETLK, &lock);
}

int
main(void)
{
	struct rump_netbsd_flock lock;

	boot_in_tmpfs();
	make_file("f", "0123456789", 10);
	struct lwp *first = new_process();
	pid_t owner = rump_sys_getpid();
	int file = OK(rump_sys_open("f", RUMP_O_RDWR));
	OK(set(file, N_F_WRLCK, 0, 100));
	OK(set(file, N_F_UNLCK, 40, 20));
	OK(set(file, N_F_RDLCK, 80, 100));
	new_process();
	EQUAL(set(file, N_F_WRLCK, 39, 1), -1);
	EQUAL(errno, RUMP_EAGAIN);
	OK(set(file, N_F_WRLCK, 40, 20));
	FAILS(set(file, N_F_WRLCK, 60, 1), RUMP_EAGAIN);
	OK(set(file, N_F_RDLCK, 80, 50));
	FAILS(set(file, N_F_WRLCK, 179, 1), RUMP_EAGAIN);
	OK(set(file, N_F_WRLCK, 180, 0));
	lock = range(N_F_WRLCK, 50, 50);
	OK(rump_sys_fcntl(file, N_F_GETLK, &lock));
	EQUAL(lock.l_type, N_F_WRLCK);
	EQUAL(lock.l_start, 60);
	EQUAL(lock.l_len, 20);
	EQUAL(lock.l_pid, owner);
	EQUAL(lock.l_whence, SEEK_SET);
	lock = range(N_F_RDLCK, 80, 10);
	OK(rump_sys_fcntl(file, N_F_GETLK, &lock));
	EQUAL(lock.l_type, N_F_UNLCK);
	EQUAL(lock.l_start, 80);
	/* Relative to the end. */
	lock = (struct rump_netbsd_flock){ -10, 5, 0, N_F_WRLCK, SEEK_END };
	FAILS(rump_sys_fcntl(file, N_F_SETLK, &lock), RUMP_EAGAIN);
	lock = (struct rump_netbsd_flock){ -11, 5, 0, N_F_WRLCK, SEEK_END };
	FAILS(rump_sys_fcntl(file, N_F_SETLK, &lock), RUMP_EINVAL);
	lock = range(77, 0, 1);
	FAILS(rump_sys_fcntl(file, N_F_SETLK, &lock), RUMP_EINVAL);
	lock = (struct rump_netbsd_flock){ 0, 1, 0, N_F_WRLCK, 9 };
	FAILS(rump_sys_fcntl(file, N_F_SETLK, &lock), RUMP_EINVAL);
	rump_pub_lwproc_switch(first);
	int reader = OK(rump_sys_open("f", RUMP_O_RDONLY));
	FAILS(set(reader, N_F_WRLCK, 0, 1), RUMP_EBADF);
	/* The close of any descriptor of the file ends all locks of the process in it. */
	OK(rump_sys_close(reader));
	lock = range(N_F_WRLCK, 0, 0);
	OK(rump_sys_fcntl(file, N_F_GETLK, &lock));
	EQUAL(lock.l_start, 40);
	return 0;
}
