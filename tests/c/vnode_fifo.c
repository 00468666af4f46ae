/* needs: fs_ffs fs_tmpfs vfs */
/* formats: rumpfs tmpfs ufs1le ufs1be ufs2le ufs2be */
/* A fifo through its vnode: opening waits for the other side without the vnode's lock, data goes through, times follow it. */
#include "vnode_test.h"

static struct vnode *fifo;
static volatile int opened;

static int
open_or_close(int (*operation)(struct vnode *, int, struct kauth_cred *), int flags)
{
	int error;

	EQUAL(RUMP_VOP_LOCK(fifo, LK_EXCLUSIVE), 0);
	error = operation(fifo, flags, root_credentials);
	EQUAL(RUMP_VOP_UNLOCK(fifo), 0);
	return error;
}

static void *
reader(void *unused)
{
	char buffer[16];
	size_t done;

	(void)unused;
	EQUAL(open_or_close(RUMP_VOP_OPEN, N_FREAD), 0);
	opened = 1;
	EQUAL(RUMP_VOP_LOCK(fifo, LK_EXCLUSIVE), 0);
	struct uio *uio = rump_pub_uio_setup(buffer, sizeof buffer, 0, RUMPUIO_READ);
	EQUAL(RUMP_VOP_READ(fifo, uio, 0, root_credentials), 0);
	EQUAL(RUMP_VOP_UNLOCK(fifo), 0);
	done = sizeof buffer - rump_pub_uio_free(uio);
	EQUAL(done, 5);
	SAME(buffer, "hello", 5);
	EQUAL(open_or_close(RUMP_VOP_CLOSE, N_FREAD), 0);
	return NULL;
}

static void
test(struct vnode *root)
{
	struct vattr *change = rump_pub_vattr_init();
	struct rump_netbsd_vattr times;
	pthread_t thread;
	size_t done;

	fifo = make(root, "fifo", VFIFO);
	EQUAL(attributes_of(fifo).va_type, VFIFO);
	EQUAL(open_or_close(RUMP_VOP_OPEN, N_FWRITE | RUMP_O_NONBLOCK), RUMP_ENXIO);
	fields_of(change)->va_atime.tv_sec = fields_of(change)->va_mtime.tv_sec = 1000;
	fields_of(change)->va_atime.tv_nsec = fields_of(change)->va_mtime.tv_nsec = 0;
	EQUAL(change_attributes(fifo, change, root_credentials), 0);
	thread = start_thread(reader, NULL);
	pause_milliseconds(50);
	EQUAL(opened, 0);
	EQUAL(open_or_close(RUMP_VOP_OPEN, N_FWRITE), 0);
	EQUAL(write_at(fifo, "hello", 5, 0, &done), 0);
	EQUAL(done, 5);
	join_thread(thread);
	times = attributes_of(fifo);
	HOLDS(times.va_atime.tv_sec > 1000 && times.va_mtime.tv_sec > 1000);
	EQUAL(open_or_close(RUMP_VOP_CLOSE, N_FWRITE), 0);
	rump_pub_vp_rele(fifo);
}
