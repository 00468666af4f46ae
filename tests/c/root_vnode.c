/* needs: fs_tmpfs vfs */
/* rumpns_rootvnode is the root directory; what is mounted on it takes its place, for the processes there as well. */
#include "vnode.h"

#include <rump/rump_faction.h>

static struct vnode *
root_at(const char *path)
{
	struct vnode *root = root_of(path);

	rump_pub_vp_rele(root);
	return root;
}

int
main(void)
{
	struct vnode *first, *second;
	ino_t number;

	HOLDS(rumpns_rootvnode == NULL);
	boot();
	HOLDS(rumpns_rootvnode != NULL && rumpns_rootvnode == root_at("/"));
	first = rumpns_rootvnode;
	root_credentials = rump_pub_cred_create(0, 0, 0, NULL);
	make_empty("/old");
	OK(rump_sys_mkdir("/directory", 0755));
	number = status_of("/").st_dev;

	/* A mount elsewhere changes nothing. */
	OK(try_mount_tmpfs("/directory", 0, 0, 0));
	HOLDS(rumpns_rootvnode == first);

	OK(rump_sys_chdir("/directory"));
	new_process();
	OK(rump_sys_chdir("/"));
	OK(try_mount_tmpfs("/", 0, 0, 0));
	second = rumpns_rootvnode;
	HOLDS(second != first && second == root_at("/"));
	HOLDS(!exists("/old") && !exists("/directory") && !exists("old"));
	HOLDS((ino_t)status_of(".").st_dev != number);
	make_empty("new");
	struct vnode *file = look_up(rumpns_rootvnode, "new");
	HOLDS(file != NULL);
	rump_pub_vp_rele(file);
	HOLDS(look_up(rumpns_rootvnode, "old") == NULL);
	EQUAL(status_of("/..").st_ino, status_of("/").st_ino);
	/* It is in use for as long as it is the root. */
	FAILS(rump_sys_unmount("/", 0), RUMP_EBUSY);
	rump_pub_lwproc_releaselwp();
	/* The first process is where it was, with another root. */
	HOLDS(exists("/new") && !exists("new"));

	/* Over that one, a third; by force, they come off again. */
	OK(try_mount_tmpfs("/", 0, 0, 0));
	HOLDS(rumpns_rootvnode != second && !exists("/new"));
	OK(rump_sys_unmount("/", RUMP_MNT_FORCE));
	HOLDS(rumpns_rootvnode == second && exists("/new"));
	OK(rump_sys_unmount("/", RUMP_MNT_FORCE));
	HOLDS(rumpns_rootvnode == first && exists("/old") && exists("/directory"));
	FAILS(rump_sys_unmount("/", RUMP_MNT_FORCE), RUMP_EBUSY);
	rump_pub_cred_put(root_credentials);
	return 0;
}
