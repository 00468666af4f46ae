/* needs: fs_ffs fs_tmpfs vfs */
/* Debug builds end a program that breaks the rules of vnode_if.src, whichever rule it is. */
#include "vnode.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

static struct vnode *file, *root;

static void
read_unlocked(void)
{
	char byte;
	struct uio *uio = rump_pub_uio_setup(&byte, 1, 0, RUMPUIO_READ);

	RUMP_VOP_READ(file, uio, 0, root_credentials);
}

static void
look_up_unlocked(void)
{
	struct vnode *found;

	RUMP_VOP_LOOKUP(root, &found, name_for(RUMP_NAMEI_LOOKUP, "file"));
}

static void
lock_twice(void)
{
	RUMP_VOP_LOCK(file, LK_EXCLUSIVE);
	RUMP_VOP_LOCK(file, LK_EXCLUSIVE | LK_NOWAIT);
}

static void
unlock_unlocked(void)
{
	RUMP_VOP_UNLOCK(file);
}

static void
poll_locked(void)
{
	RUMP_VOP_LOCK(file, LK_EXCLUSIVE);
	RUMP_VOP_POLL(file, 1);
}

static void
link_locked(void)
{
	RUMP_VOP_LOCK(root, LK_EXCLUSIVE);
	RUMP_VOP_LOCK(file, LK_EXCLUSIVE);
	RUMP_VOP_LINK(root, file, name_for(RUMP_NAMEI_CREATE, "link"));
}

static void
remove_half_locked(void)
{
	RUMP_VOP_LOCK(root, LK_EXCLUSIVE);
	RUMP_VOP_REMOVE(root, file, name_for(RUMP_NAMEI_DELETE, "file"));
}

static void
keep_the_rules(void)
{
	rump_pub_vp_rele(file);
	EQUAL(try_remove(root, "file", VREG), 0);
}

/* How a program ends that does this: 0, or the signal. */
static int
end_of(void (*act)(void))
{
	int status, child = fork();

	if (child == 0) {
		char *arguments[] = { "", "tmpfs" };
		int nowhere = open("/dev/null", O_WRONLY);

		dup2(nowhere, 1);
		dup2(nowhere, 2);
		mount_file_system(2, arguments, "");
		root = root_of(mounted_at);
		file = make(root, "file", VREG);
		act();
		_exit(0);
	}
	EQUAL(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
}

int
main(void)
{
	EQUAL(end_of(keep_the_rules), 0);
	EQUAL(end_of(read_unlocked), SIGABRT);
	EQUAL(end_of(look_up_unlocked), SIGABRT);
	EQUAL(end_of(lock_twice), SIGABRT);
	EQUAL(end_of(unlock_unlocked), SIGABRT);
	EQUAL(end_of(poll_locked), SIGABRT);
	EQUAL(end_of(link_locked), SIGABRT);
	EQUAL(end_of(remove_half_locked), SIGABRT);
	return 0;
}
