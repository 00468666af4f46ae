/* needs: fs_ffs vfs */
/* formats: ufs1le ufs2be */
/* fsync_range(2) and VOP_FSYNC with a range write that range of a file, and with none all of it; what is stable is on the image. */
#include "vnode.h"

enum { PAGE = 4096, PAGES = 40, FILE_SYNC = 0x20, DATA_SYNC = 0x10, DISK_SYNC = 0x40, SYNC_WAIT = 1, SYNC_DATA_ONLY = 2 };

/* Whether a page that is full of a byte is on the image. */
static bool
is_on_image(int byte)
{
	static unsigned char page[PAGE];
	size_t length;
	unsigned char *image = read_host_file("image.ffs", &length);
	bool found = false;

	memset(page, byte, PAGE);
	for (size_t at = 0; !found && at + PAGE <= length; at += 512)
		found = memcmp(image + at, page, PAGE) == 0;
	free(image);
	return found;
}

static void
mark(int file, int page, int byte)
{
	static char bytes[PAGE];

	memset(bytes, byte, PAGE);
	EQUAL(OK(rump_sys_pwrite(file, bytes, PAGE, (off_t)page * PAGE)), PAGE);
}

int
main(int count, char **arguments)
{
	boot_in_ffs(count, arguments, "8m", "");
	make_pattern_file("f", PAGE * PAGES, 3);
	int file = OK(rump_sys_open("f", RUMP_O_RDWR));
	OK(rump_sys_fsync(file));
	for (int page = 0; page < 8; page++)
		mark(file, page * 5, 0xe0 + page);
	OK(rump_sys_fsync_range(file, FILE_SYNC, 5 * PAGE, PAGE));
	HOLDS(!is_on_image(0xe0) && is_on_image(0xe1) && !is_on_image(0xe2));
	OK(rump_sys_fsync_range(file, DATA_SYNC | DISK_SYNC, 15 * PAGE + 7, 1));
	HOLDS(!is_on_image(0xe2) && is_on_image(0xe3) && !is_on_image(0xe4));
	FAILS(rump_sys_fsync_range(file, FILE_SYNC, 5, -1), RUMP_EINVAL);
	FAILS(rump_sys_fsync_range(file, FILE_SYNC, 5, -5), RUMP_EINVAL);
	/* A range that begins before the file does, as the sum says. */
	OK(rump_sys_fsync_range(file, FILE_SYNC, -PAGE, PAGE + 1));
	HOLDS(is_on_image(0xe0) && !is_on_image(0xe2));

	root_credentials = rump_pub_cred_create(0, 0, 0, NULL);
	new_process();
	struct vnode *root = root_of("/m"), *vnode = look_up(root, "f");
	EQUAL(RUMP_VOP_LOCK(vnode, LK_EXCLUSIVE), 0);
	EQUAL(RUMP_VOP_FSYNC(vnode, root_credentials, SYNC_WAIT | SYNC_DATA_ONLY, 20 * PAGE, 21 * PAGE), 0);
	HOLDS(is_on_image(0xe4) && !is_on_image(0xe5));
	EQUAL(RUMP_VOP_FSYNC(vnode, root_credentials, SYNC_WAIT, 0, 0), 0);
	EQUAL(RUMP_VOP_UNLOCK(vnode), 0);
	rump_pub_vp_rele(vnode);
	rump_pub_vp_rele(root);
	rump_pub_cred_put(root_credentials);
	rump_pub_lwproc_releaselwp();
	for (int page = 0; page < 8; page++)
		HOLDS(is_on_image(0xe0 + page));
	mark(file, 1, 0xd1);
	OK(rump_sys_fsync_range(file, FILE_SYNC, 30 * PAGE, 0));
	HOLDS(is_on_image(0xd1));
	OK(rump_sys_close(file));
	int reader = OK(rump_sys_open("f", RUMP_O_RDONLY));
	FAILS(rump_sys_fsync_range(reader, FILE_SYNC, 0, 1), RUMP_EBADF);
	OK(rump_sys_close(reader));
	unmount_image();
	return 0;
}
