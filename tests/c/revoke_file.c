/* needs: fs_ffs fs_tmpfs vfs */
/* formats: rumpfs tmpfs ufs1be ufs2le */
/* revoke(2) on a file: who has it open reads and writes no more, and is told; its locks go; a new open works. */
#include "vnode.h"
#include "events.h"

static void
test(struct vnode *root)
{
	char buffer[8];
	Event events[4];
	struct rump_netbsd_flock lock = { .l_type = N_F_WRLCK };
	int file, again, queue = OK(rump_sys_kqueue()), number = 0;

	(void)root;
	make_file("file", "abcd", 4);
	file = OK(rump_sys_open("file", RUMP_O_RDWR));
	OK(rump_sys_flock(file, N_LOCK_EX));
	OK(change(queue, file, N_EVFILT_VNODE, N_EV_ADD | N_EV_CLEAR, N_NOTE_REVOKE, 0));
	OK(rump_sys_revoke("file"));

	FAILS(rump_sys_read(file, buffer, 4), RUMP_EIO);
	FAILS(rump_sys_write(file, "x", 1), RUMP_EIO);
	FAILS(rump_sys_fstat(file, (struct stat *)&(Status){ 0 }), RUMP_EBADF);
	FAILS(rump_sys_ftruncate(file, 0), RUMP_EBADF);
	FAILS(rump_sys_ioctl(file, N_FIONREAD, &number), RUMP_EBADF);
	FAILS(rump_sys_fcntl(file, N_F_SETLK, &lock), RUMP_EBADF);
	FAILS(rump_sys_flock(file, N_LOCK_EX), RUMP_EBADF);
	EQUAL(poll_one(file, N_POLLIN | N_POLLOUT, 0) & (N_POLLIN | N_POLLOUT | N_POLLHUP),
	    N_POLLIN | N_POLLOUT | N_POLLHUP);
	EQUAL(events_of(queue, events, 4, 1000), 1);
	EQUAL(events[0].fflags, N_NOTE_REVOKE);
	HOLDS(events[0].flags & N_EV_EOF);

	again = OK(rump_sys_open("file", RUMP_O_RDWR));
	OK(rump_sys_flock(again, N_LOCK_EX | N_LOCK_NB));
	EQUAL(OK(rump_sys_read(again, buffer, sizeof buffer)), 4);
	SAME(buffer, "abcd", 4);
	OK(rump_sys_close(file));
	OK(rump_sys_close(again));
	OK(rump_sys_close(queue));
}

int
main(int count, char **arguments)
{
	on_file_system(count, arguments, test);
	return 0;
}
