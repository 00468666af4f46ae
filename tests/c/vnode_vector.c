/* needs: fs_ffs fs_tmpfs vfs */
/* formats: rumpfs tmpfs ufs1le ufs2be */
/* A struct uio of the program's own, in pieces: it says how far the transfer came, and what is left of the pieces. */
#include "vnode_test.h"

static int
transfer(struct vnode *file, struct rump_netbsd_uio *uio)
{
	int error;

	EQUAL(RUMP_VOP_LOCK(file, LK_EXCLUSIVE), 0);
	if (uio->uio_rw == 1)
		error = RUMP_VOP_WRITE(file, (struct uio *)(void *)uio, 0, root_credentials);
	else
		error = RUMP_VOP_READ(file, (struct uio *)(void *)uio, 0, root_credentials);
	EQUAL(RUMP_VOP_UNLOCK(file), 0);
	return error;
}

static void
test(struct vnode *root)
{
	char first[] = "abc", second[] = "", third[] = "defgh", one[2], two[10];
	struct iovec pieces[] = { { first, 3 }, { second, 0 }, { third, 5 } };
	struct uio *simple = rump_pub_uio_setup(first, 3, 0, RUMPUIO_READ);
	void *space = ((struct rump_netbsd_uio *)(void *)simple)->uio_vmspace;
	struct rump_netbsd_uio uio = { pieces, 3, 1, 8, 1, space };
	struct vnode *file = make(root, "file", VREG);

	EQUAL(transfer(file, &uio), 0);
	EQUAL(uio.uio_resid, 0);
	EQUAL(uio.uio_offset, 9);
	EQUAL(attributes_of(file).va_size, 9);

	/* Reading ends within the second piece. */
	pieces[0] = (struct iovec){ one, 2 };
	pieces[1] = (struct iovec){ two, 10 };
	uio = (struct rump_netbsd_uio){ pieces, 2, 1, 12, 0, space };
	EQUAL(transfer(file, &uio), 0);
	EQUAL(uio.uio_resid, 4);
	EQUAL(uio.uio_offset, 9);
	HOLDS(pieces[1].iov_base == two + 6 && pieces[1].iov_len == 4);
	SAME(one, "ab", 2);
	SAME(two, "cdefgh", 6);
	EQUAL(rump_pub_uio_free(simple), 3);
	rump_pub_vp_rele(file);
}
