/* needs: fs_ffs fs_tmpfs vfs */
/* formats: rumpfs tmpfs ufs1le ufs1be ufs2le ufs2be */
/* RUMP_VOP_LOCK: many readers or one writer, waiting or not; what is not locked cannot be unlocked. */
#include "vnode_test.h"

static struct vnode *file;
static volatile int entered;

static void *
second_writer(void *unused)
{
	(void)unused;
	EQUAL(RUMP_VOP_LOCK(file, LK_EXCLUSIVE), 0);
	entered = 1;
	EQUAL(RUMP_VOP_UNLOCK(file), 0);
	return NULL;
}

static void *
locker(void *flags)
{
	int error = RUMP_VOP_LOCK(file, *(int *)flags);

	if (error == 0)
		EQUAL(RUMP_VOP_UNLOCK(file), 0);
	return (void *)(intptr_t)error;
}

/* Whether another thread gets the lock, without waiting. */
static int
elsewhere(int flags)
{
	pthread_t thread;
	void *error;

	flags |= LK_NOWAIT;
	thread = start_thread(locker, &flags);
	EQUAL(pthread_join(thread, &error), 0);
	return (int)(intptr_t)error;
}

static void
test(struct vnode *root)
{
	pthread_t thread;

	file = make(root, "locked", VREG);
	EQUAL(RUMP_VOP_LOCK(file, LK_SHARED), 0);
	EQUAL(RUMP_VOP_LOCK(file, LK_SHARED | LK_NOWAIT), 0);
	EQUAL(elsewhere(LK_SHARED), 0);
	EQUAL(elsewhere(LK_EXCLUSIVE), RUMP_EBUSY);
	EQUAL(RUMP_VOP_ISLOCKED(file), LK_SHARED);
	EQUAL(RUMP_VOP_UNLOCK(file), 0);
	EQUAL(RUMP_VOP_UNLOCK(file), 0);
	EQUAL(RUMP_VOP_ISLOCKED(file), 0);

	EQUAL(RUMP_VOP_LOCK(file, LK_EXCLUSIVE), 0);
	EQUAL(elsewhere(LK_SHARED), RUMP_EBUSY);
	EQUAL(elsewhere(LK_EXCLUSIVE), RUMP_EBUSY);
	entered = 0;
	thread = start_thread(second_writer, NULL);
	pause_milliseconds(50);
	EQUAL(entered, 0);
	EQUAL(RUMP_VOP_UNLOCK(file), 0);
	join_thread(thread);
	EQUAL(entered, 1);
	rump_pub_vp_rele(file);
}
