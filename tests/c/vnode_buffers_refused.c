/* needs: fs_ffs fs_tmpfs vfs */
/* formats: tmpfs ufs1le ufs1be ufs2le ufs2be */
/* Buffers and pages on full and on read-only file systems: ENOSPC and EROFS, and nothing has changed. */
#include "buffers.h"

static char bytes[65536];

static void
remount(int flags)
{
	if (is_ffs())
		OK(try_mount(DEVICE, mounted_at, flags | RUMP_MNT_UPDATE));
	else
		OK(try_mount_tmpfs(mounted_at, 1000, 2 << 20, flags | RUMP_MNT_UPDATE));
}

/* One page, for writing or not; the error. */
static int
page_of(struct vnode *file, int access, int flags, struct vm_page **page)
{
	int count = 1, error = RUMP_VOP_GETPAGES(file, 0, page, &count, 0, access, 0, flags);

	if (error == 0)
		EQUAL(count, 1);
	return error;
}

static void
fill(struct vnode *file)
{
	size_t done;
	off_t at = 0;

	while (write_at(file, bytes, sizeof bytes, at, &done) == 0)
		at += sizeof bytes;
	at = (off_t)attributes_of(file).va_size;
	while (write_at(file, bytes, 1, at, &done) == 0)
		at++;
}

static void
test(struct vnode *root)
{
	struct vnode *holes = make(root, "holes", VREG), *filler = make(root, "filler", VREG);
	struct vattr *change = rump_pub_vattr_init();
	size_t block = (size_t)attributes_of(holes).va_blocksize, done;
	struct vm_page *page = NULL;
	struct buf buffer;

	fields_of(change)->va_size = sizeof bytes;
	EQUAL(change_attributes(holes, change, root_credentials), 0);
	fill(filler);
	buffer = buffer_for(0, bytes, block, 0);
	EQUAL(carry_out(holes, &buffer), RUMP_ENOSPC);
	HOLDS(buffer.b_resid > 0);
	EQUAL(page_of(holes, RUMP_VM_PROT_WRITE, RUMP_PGO_SYNCIO, &page), RUMP_ENOSPC);
	HOLDS(page == NULL);
	/* Without blocks for it, the page can be had; giving it back tells. */
	EQUAL(page_of(holes, RUMP_VM_PROT_WRITE, RUMP_PGO_NOBLOCKALLOC, &page), 0);
	memset(page->uanon, 'p', RUMP_PAGE_SIZE);
	page->flags &= (uint16_t)~(RUMP_PG_CLEAN | RUMP_PG_BUSY);
	EQUAL(RUMP_VOP_PUTPAGES(holes, 0, 0, RUMP_PGO_CLEANIT | RUMP_PGO_FREE), RUMP_ENOSPC);
	HOLDS((page->flags & RUMP_PG_CLEAN) == 0);
	EQUAL(read_at(holes, bytes, sizeof bytes, 0, &done), 0);
	EQUAL(done, sizeof bytes);
	ALL(bytes, 0, sizeof bytes);
	EQUAL(try_remove(root, "filler", VREG), 0);
	rump_pub_vp_rele(filler);
	EQUAL(RUMP_VOP_PUTPAGES(holes, 0, 0, RUMP_PGO_CLEANIT | RUMP_PGO_FREE), 0);
	EQUAL(read_at(holes, bytes, RUMP_PAGE_SIZE, 0, &done), 0);
	ALL(bytes, 'p', RUMP_PAGE_SIZE);

	remount(RUMP_MNT_RDONLY);
	EQUAL(move(holes, 0, bytes, block, 0), RUMP_EROFS);
	buffer = buffer_for(0, bytes, block, 0);
	EQUAL(RUMP_VOP_BWRITE(holes, &buffer), RUMP_EROFS);
	EQUAL(move(holes, RUMP_B_READ, bytes, block, 0), 0);
	EQUAL(page_of(holes, RUMP_VM_PROT_WRITE, 0, &page), RUMP_EROFS);
	EQUAL(page_of(holes, RUMP_VM_PROT_READ, 0, &page), 0);
	HOLDS(page->flags & RUMP_PG_RDONLY);
	memset(page->uanon, 'r', RUMP_PAGE_SIZE);
	page->flags &= (uint16_t)~(RUMP_PG_CLEAN | RUMP_PG_BUSY);
	EQUAL(RUMP_VOP_PUTPAGES(holes, 0, 0, RUMP_PGO_CLEANIT | RUMP_PGO_FREE), RUMP_EROFS);
	EQUAL(RUMP_VOP_PUTPAGES(holes, 0, 0, RUMP_PGO_FREE), 0);
	remount(0);
	EQUAL(read_at(holes, bytes, RUMP_PAGE_SIZE, 0, &done), 0);
	ALL(bytes, 'p', RUMP_PAGE_SIZE);
	rump_pub_vp_rele(holes);
}

int
main(int count, char **arguments)
{
	on_file_system_of(count, arguments, "2m", test);
	return 0;
}
