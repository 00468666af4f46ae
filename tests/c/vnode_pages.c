/* needs: fs_ffs fs_tmpfs vfs */
/* formats: rumpfs tmpfs ufs1le ufs1be ufs2le ufs2be */
/* VOP_GETPAGES and VOP_PUTPAGES: pages that are lent, changed, written back and given back, and what is refused. */
#include "vnode.h"

#include <rump/rump_vnode_data.h>

enum { PAGE = RUMP_PAGE_SIZE, PAGES = 8, LENGTH = 6 * PAGE + 1234 };

static char expected[PAGES * PAGE], bytes[PAGES * PAGE];

static int
get(struct vnode *file, off_t offset, struct vm_page **pages, int *count, int center, int access, int flags)
{
	return RUMP_VOP_GETPAGES(file, offset, pages, count, center, access, 0, flags);
}

/* Some pages, of which all are there. */
static void
get_all(struct vnode *file, off_t offset, struct vm_page **pages, int count, int access)
{
	int given = count;

	EQUAL(get(file, offset, pages, &given, 0, access, RUMP_PGO_SYNCIO), 0);
	EQUAL(given, count);
	for (int i = 0; i < count; i++) {
		HOLDS(pages[i] != NULL);
		HOLDS((uintptr_t)pages[i]->uanon % PAGE == 0);
		HOLDS(pages[i]->uobject == file);
		EQUAL(pages[i]->offset, offset + i * PAGE);
		HOLDS(pages[i]->flags & RUMP_PG_BUSY);
	}
}

static void
done_with(struct vm_page *page, bool is_changed)
{
	page->flags &= (uint16_t)~(RUMP_PG_BUSY | (is_changed ? RUMP_PG_CLEAN : 0));
}

static void
check_contents(struct vnode *file, size_t length)
{
	size_t done;

	EQUAL(attributes_of(file).va_size, length);
	EQUAL(read_at(file, bytes, sizeof bytes, 0, &done), 0);
	EQUAL(done, length);
	SAME(bytes, expected, length);
}

static void
test_reading(struct vnode *file)
{
	struct vm_page *pages[PAGES + 2] = { NULL }, *again = NULL;
	int count = PAGES + 2;

	/* As many as there are; the end of the last one is zeroes. */
	EQUAL(get(file, 0, pages, &count, 3, RUMP_VM_PROT_READ, RUMP_PGO_SYNCIO), 0);
	EQUAL(count, 7);
	HOLDS(pages[7] == NULL && pages[8] == NULL);
	for (int i = 0; i < count; i++) {
		HOLDS((pages[i]->flags & (RUMP_PG_BUSY | RUMP_PG_CLEAN)) == (RUMP_PG_BUSY | RUMP_PG_CLEAN));
		SAME(pages[i]->uanon, expected + i * PAGE, PAGE);
	}
	/* Nobody gets a busy page, and nobody waits for one. */
	count = 1;
	EQUAL(get(file, 2 * PAGE, &again, &count, 0, RUMP_VM_PROT_READ, RUMP_PGO_SYNCIO), RUMP_EBUSY);
	EQUAL(get(file, 2 * PAGE, &again, &count, 0, RUMP_VM_PROT_READ, RUMP_PGO_LOCKED), RUMP_EBUSY);
	HOLDS(again == NULL);
	EQUAL(RUMP_VOP_PUTPAGES(file, 0, 0, RUMP_PGO_FREE | RUMP_PGO_BUSYFAIL), RUMP_EDEADLK);
	done_with(pages[2], false);
	EQUAL(get(file, 2 * PAGE, &again, &count, 0, RUMP_VM_PROT_READ, RUMP_PGO_LOCKED), 0);
	HOLDS(again == pages[2] && (again->flags & RUMP_PG_BUSY));
	/* Some of them go. */
	EQUAL(RUMP_VOP_PUTPAGES(file, PAGE, 3 * PAGE, RUMP_PGO_FREE), 0);
	EQUAL(get(file, 2 * PAGE, &again, &count, 0, RUMP_VM_PROT_READ, RUMP_PGO_LOCKED), RUMP_EBUSY);
	SAME(pages[0]->uanon, expected, PAGE);
	SAME(pages[3]->uanon, expected + 3 * PAGE, PAGE);
	EQUAL(RUMP_VOP_PUTPAGES(file, 77, 77, RUMP_PGO_ALLPAGES | RUMP_PGO_FREE), 0);
	check_contents(file, LENGTH);
}

static void
test_writing(struct vnode *file)
{
	struct vm_page *pages[PAGES], *again;
	int count = 1;
	size_t done;

	get_all(file, 0, pages, 7, RUMP_VM_PROT_READ | RUMP_VM_PROT_WRITE);
	memset(pages[1]->uanon, 'w', PAGE);
	memset(expected + PAGE, 'w', PAGE);
	done_with(pages[1], true);
	/* Changed, but not said to be. */
	memset(pages[2]->uanon, 'n', PAGE);
	/* The last page, whose end is behind the file's. */
	memset(pages[6]->uanon, 'l', PAGE);
	memset(expected + 6 * PAGE, 'l', LENGTH - 6 * PAGE);
	done_with(pages[6], true);
	EQUAL(RUMP_VOP_PUTPAGES(file, 0, 2 * PAGE, RUMP_PGO_CLEANIT | RUMP_PGO_SYNCIO), 0);
	HOLDS(pages[1]->flags & RUMP_PG_CLEAN);
	HOLDS((pages[6]->flags & RUMP_PG_CLEAN) == 0);
	EQUAL(RUMP_VOP_PUTPAGES(file, 0, 0, RUMP_PGO_CLEANIT), 0);
	HOLDS(pages[6]->flags & RUMP_PG_CLEAN);
	check_contents(file, LENGTH);

	/* Clean ones are read anew when they are wanted again, and changed ones are not. */
	done_with(pages[3], true);
	memset(pages[3]->uanon, 'k', PAGE);
	done_with(pages[4], false);
	EQUAL(write_at(file, "fresh", 5, 4 * PAGE, &done), 0);
	memcpy(expected + 4 * PAGE, "fresh", 5);
	EQUAL(get(file, 4 * PAGE, &again, &count, 0, RUMP_VM_PROT_READ, 0), 0);
	HOLDS(again == pages[4]);
	SAME(again->uanon, expected + 4 * PAGE, PAGE);
	EQUAL(get(file, 3 * PAGE, &again, &count, 0, RUMP_VM_PROT_READ, 0), 0);
	HOLDS(again == pages[3]);
	ALL(again->uanon, 'k', PAGE);

	/* What has not changed goes, and then the rest with its changes. */
	EQUAL(RUMP_VOP_PUTPAGES(file, 0, 0, RUMP_PGO_DEACTIVATE), 0);
	check_contents(file, LENGTH);
	ALL(pages[3]->uanon, 'k', PAGE);
	EQUAL(RUMP_VOP_PUTPAGES(file, 0, 0, RUMP_PGO_FREE), 0);
	check_contents(file, LENGTH);

	/* fsync(2) of what is lent. */
	get_all(file, 5 * PAGE, pages, 1, RUMP_VM_PROT_WRITE);
	memset(pages[0]->uanon, 'f', PAGE);
	memset(expected + 5 * PAGE, 'f', PAGE);
	done_with(pages[0], true);
	EQUAL(RUMP_VOP_LOCK(file, LK_EXCLUSIVE), 0);
	EQUAL(RUMP_VOP_FSYNC(file, root_credentials, 1, 0, 0), 0);
	EQUAL(RUMP_VOP_UNLOCK(file), 0);
	HOLDS(pages[0]->flags & RUMP_PG_CLEAN);
	check_contents(file, LENGTH);
	EQUAL(RUMP_VOP_PUTPAGES(file, 0, 0, RUMP_PGO_CLEANIT | RUMP_PGO_FREE), 0);
}

static void
test_options(struct vnode *file)
{
	struct vm_page *const dontcare = (struct vm_page *)-1L;
	struct vm_page *pages[PAGES];
	struct vattr *change = rump_pub_vattr_init();
	int count = 3;

	/* Without reading: all of it counts as changed. */
	EQUAL(get(file, PAGE, pages, &count, 0, RUMP_VM_PROT_WRITE, RUMP_PGO_OVERWRITE), 0);
	EQUAL(count, 3);
	for (int i = 0; i < 3; i++) {
		HOLDS((pages[i]->flags & RUMP_PG_CLEAN) == 0);
		memset(pages[i]->uanon, 'o' + i, PAGE);
		memset(expected + (1 + i) * PAGE, 'o' + i, PAGE);
		done_with(pages[i], true);
	}
	EQUAL(RUMP_VOP_PUTPAGES(file, 0, 0, RUMP_PGO_CLEANIT), 0);
	check_contents(file, LENGTH);
	/* What is there, and wanted. */
	pages[0] = pages[2] = pages[3] = NULL;
	pages[1] = dontcare;
	count = 4;
	EQUAL(get(file, PAGE, pages, &count, 2, RUMP_VM_PROT_READ, RUMP_PGO_LOCKED), 0);
	HOLDS(pages[0] != NULL && pages[1] == dontcare && pages[2] != NULL && pages[3] == NULL);
	ALL(pages[2]->uanon, 'q', PAGE);
	EQUAL(get(file, PAGE, pages, &count, 3, RUMP_VM_PROT_READ, RUMP_PGO_LOCKED), RUMP_EBUSY);
	EQUAL(RUMP_VOP_PUTPAGES(file, 0, 0, RUMP_PGO_FREE), 0);

	/* Behind the end: there for the asking, and written when the file has grown. */
	count = 2;
	EQUAL(get(file, 7 * PAGE, pages, &count, 0, RUMP_VM_PROT_WRITE, 0), RUMP_EINVAL);
	EQUAL(get(file, 6 * PAGE, pages, &count, 1, RUMP_VM_PROT_WRITE, 0), RUMP_EINVAL);
	EQUAL(get(file, 6 * PAGE, pages, &count, 1, RUMP_VM_PROT_WRITE, RUMP_PGO_PASTEOF), 0);
	EQUAL(count, 2);
	ALL(pages[1]->uanon, 0, PAGE);
	memset(pages[1]->uanon, 'g', PAGE);
	done_with(pages[1], true);
	check_contents(file, LENGTH);
	fields_of(change)->va_size = 7 * PAGE + 10;
	EQUAL(change_attributes(file, change, root_credentials), 0);
	EQUAL(RUMP_VOP_PUTPAGES(file, 0, 0, RUMP_PGO_CLEANIT | RUMP_PGO_FREE), 0);
	memset(expected + LENGTH, 0, 7 * PAGE - LENGTH);
	memset(expected + 7 * PAGE, 'g', 10);
	check_contents(file, 7 * PAGE + 10);
}

static void
test_refused(struct vnode *root, struct vnode *file)
{
	struct vnode *directory = make(root, "directory", VDIR);
	struct vm_page *page = NULL;
	int count = 1, none = 0, negative = -1;

	EQUAL(get(file, 0, &page, NULL, 0, 1, 0), RUMP_EINVAL);
	EQUAL(get(file, 0, &page, &none, 0, 1, 0), RUMP_EINVAL);
	EQUAL(get(file, 0, &page, &negative, 0, 1, 0), RUMP_EINVAL);
	EQUAL(get(file, 100, &page, &count, 0, 1, 0), RUMP_EINVAL);
	EQUAL(get(file, -PAGE, &page, &count, 0, 1, 0), RUMP_EINVAL);
	EQUAL(get(file, INT64_MAX / PAGE * PAGE, &page, &count, 0, 1, RUMP_PGO_PASTEOF), RUMP_EINVAL);
	EQUAL(get(file, 0, &page, &count, 1, 1, 0), RUMP_EINVAL);
	EQUAL(get(file, 0, &page, &count, -1, 1, 0), RUMP_EINVAL);
	EQUAL(get(file, 0, &page, &count, 0, 1, 0x100), RUMP_EINVAL);
	EQUAL(get(file, 0, NULL, &count, 0, 1, RUMP_PGO_LOCKED), RUMP_EBUSY);
	EQUAL(get(directory, 0, &page, &count, 0, 1, 0), RUMP_EOPNOTSUPP);
	HOLDS(page == NULL);
	EQUAL(RUMP_VOP_PUTPAGES(file, -1, 0, RUMP_PGO_FREE), RUMP_EINVAL);
	EQUAL(RUMP_VOP_PUTPAGES(file, 2 * PAGE, PAGE, RUMP_PGO_FREE), RUMP_EINVAL);
	EQUAL(RUMP_VOP_PUTPAGES(file, INT64_MAX, 0, RUMP_PGO_FREE), 0);
	rump_pub_vp_rele(directory);
}

/* Pages hold a file that has lost its name. */
static void
test_removed(struct vnode *root)
{
	struct vnode *file = make(root, "removed", VREG);
	struct vm_page *page;
	size_t done;

	EQUAL(write_at(file, "text", 4, 0, &done), 0);
	get_all(file, 0, &page, 1, RUMP_VM_PROT_WRITE);
	EQUAL(try_remove(root, "removed", VREG), 0);
	memcpy(page->uanon, "gone", 4);
	done_with(page, true);
	EQUAL(RUMP_VOP_PUTPAGES(file, 0, 0, RUMP_PGO_CLEANIT), 0);
	EQUAL(read_at(file, bytes, 10, 0, &done), 0);
	EQUAL(done, 4);
	SAME(bytes, "gone", 4);
	EQUAL(RUMP_VOP_PUTPAGES(file, 0, 0, RUMP_PGO_FREE), 0);
	rump_pub_vp_rele(file);
}

/* Nobody but its page holds the file. */
static struct vm_page *
page_alone(void)
{
	struct vnode *root = root_of(mounted_at), *file = make(root, "lent", VREG);
	struct vm_page *page;
	size_t done;

	EQUAL(write_at(file, "text", 4, 0, &done), 0);
	get_all(file, 0, &page, 1, RUMP_VM_PROT_WRITE);
	memcpy(page->uanon, "TEXT", 4);
	done_with(page, true);
	rump_pub_vp_rele(file);
	rump_pub_vp_rele(root);
	return page;
}

/* A page that is lent keeps its mount busy; by force, it goes all the same, and the page stays what it is. */
static void
test_mount(bool by_force)
{
	struct vm_page *page = page_alone();
	struct vnode *file = page->uobject, *found;
	char text[8] = "";

	OK(rump_sys_chdir("/"));
	FAILS(rump_sys_unmount(mounted_at, 0), RUMP_EBUSY);
	/* Its own reference, as long as the page holds one. */
	rump_pub_vp_incref(file);
	if (by_force) {
		OK(rump_sys_unmount(mounted_at, RUMP_MNT_FORCE));
		SAME(page->uanon, "TEXT", 4);
		EQUAL(RUMP_VOP_PUTPAGES(file, 0, 0, RUMP_PGO_CLEANIT | RUMP_PGO_FREE), RUMP_EIO);
		EQUAL(RUMP_VOP_PUTPAGES(file, 0, 0, RUMP_PGO_FREE), 0);
		rump_pub_vp_rele(file);
		return;
	}
	EQUAL(RUMP_VOP_PUTPAGES(file, 0, 0, RUMP_PGO_CLEANIT | RUMP_PGO_FREE), 0);
	rump_pub_vp_rele(file);
	OK(rump_sys_chdir(mounted_at));
	EQUAL(rump_pub_namei(RUMP_NAMEI_LOOKUP, 0, "lent", NULL, &found, NULL), 0);
	int descriptor = OK(rump_sys_open("lent", RUMP_O_RDONLY));
	EQUAL(OK(rump_sys_read(descriptor, text, sizeof text)), 4);
	SAME(text, "TEXT", 4);
	OK(rump_sys_close(descriptor));
	rump_pub_vp_rele(found);
	OK(rump_sys_unlink("lent"));
}

static void
test(struct vnode *root)
{
	struct vnode *file = make(root, "file", VREG);
	size_t done;

	for (int i = 0; i < LENGTH; i++)
		expected[i] = (char)(i * 5 + i / 777);
	EQUAL(write_at(file, expected, LENGTH, 0, &done), 0);
	test_reading(file);
	test_writing(file);
	test_options(file);
	test_refused(root, file);
	test_removed(root);
	rump_pub_vp_rele(file);
}

int
main(int count, char **arguments)
{
	struct vnode *root;
	bool has_mount;

	mount_file_system(count, arguments, "");
	has_mount = strcmp(mounted_at, "/") != 0;
	root = root_of(mounted_at);
	test(root);
	rump_pub_vp_rele(root);
	if (has_mount)
		test_mount(false);
	unmount_file_system();
	if (has_mount) {
		if (is_ffs())
			mount_image(0);
		else
			OK(try_mount_tmpfs(mounted_at, 0, 0, 0));
		test_mount(true);
	}
	return 0;
}
