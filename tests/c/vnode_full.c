/* needs: fs_ffs fs_tmpfs vfs */
/* formats: tmpfs ufs1le ufs2be */
/* A full file system is ENOSPC to the operation that needs room, which leaves locks as they were. */
#include "vnode.h"

static void
test(struct vnode *root)
{
	static char block[65536];
	struct vnode *file = make(root, "file", VREG), *made;
	size_t done = 0;
	off_t at = 0;
	int error, names = 0;

	while ((error = write_at(file, block, sizeof block, at, &done)) == 0) {
		EQUAL(done, sizeof block);
		at += sizeof block;
		HOLDS(at < 64 << 20);
	}
	EQUAL(error, RUMP_ENOSPC);
	/* The rest, until nothing fits. */
	at = (off_t)attributes_of(file).va_size;
	while ((error = write_at(file, block, 1, at, &done)) == 0)
		at++;
	EQUAL(error, RUMP_ENOSPC);
	for (error = 0; error == 0 && names < 100000; names++) {
		char name[256];

		memset(name, 'n', sizeof name);
		snprintf(name + 200, sizeof name - 200, "%d", names);
		error = try_make(root, name, VREG, &made);
		if (error == 0)
			rump_pub_vp_rele(made);
	}
	EQUAL(error, RUMP_ENOSPC);
	EQUAL(try_remove(root, "file", VREG), 0);
	rump_pub_vp_rele(file);
	make_name(root, "again", VREG);
}

int
main(int count, char **arguments)
{
	on_file_system_of(count, arguments, "2m", test);
	return 0;
}
