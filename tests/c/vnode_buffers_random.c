/* needs: fs_ffs fs_tmpfs vfs */
/* formats: rumpfs tmpfs ufs1le ufs1be ufs2le ufs2be */
/* Buffers, pages that stay lent for a while, writes and truncations in random order say what an array in memory says. */
#include "buffers.h"

enum { MOST = 40 * RUMP_PAGE_SIZE, SEEDS = 6, STEPS = 300, PAGES = MOST / RUMP_PAGE_SIZE };

static unsigned char model[MOST], bytes[MOST];
static size_t size;

/* What the program has, or believes to have, of each page. */
static struct {
	struct vm_page *page;
	unsigned char contents[RUMP_PAGE_SIZE];
	bool is_changed;
} lent[PAGES];

static void
resize(size_t to)
{
	if (to < size)
		memset(model + to, 0, size - to);
	size = to;
}

static void
random_bytes(uint64_t *random, size_t count)
{
	uint64_t start = next_random(random);

	for (size_t i = 0; i < count; i++)
		bytes[i] = (unsigned char)(start + i * 11);
}

static void
truncate_or_write(struct vnode *file, uint64_t *random)
{
	size_t at = next_random(random) % MOST, count = next_random(random) % (MOST - at), done;

	if (next_random(random) % 3 == 0) {
		struct vattr *change = rump_pub_vattr_init();

		fields_of(change)->va_size = at;
		EQUAL(change_attributes(file, change, root_credentials), 0);
		resize(at);
		return;
	}
	random_bytes(random, count);
	EQUAL(write_at(file, bytes, count, (off_t)at, &done), 0);
	EQUAL(done, count);
	memcpy(model + at, bytes, count);
	if (count > 0 && at + count > size)
		size = at + count;
}

static void
transfer(struct vnode *file, uint64_t *random)
{
	size_t unit = is_ffs() ? (size_t)attributes_of(file).va_blocksize : RUMP_DEV_BSIZE;
	size_t at = next_random(random) % MOST / unit * unit, count = unit;
	bool reads = next_random(random) % 2 == 0;
	struct buf buffer;

	if (at + count > MOST)
		return;
	if (next_random(random) % 4 == 0)
		count = 1 + next_random(random) % (MOST - at);
	random_bytes(random, count);
	buffer = buffer_for(reads ? RUMP_B_READ : 0, bytes, count, (int64_t)(at / unit));
	if (!reads && at >= size) {
		EQUAL(carry_out(file, &buffer), RUMP_EINVAL);
		EQUAL(buffer.b_resid, count);
		return;
	}
	EQUAL(reads || next_random(random) % 2 ? carry_out(file, &buffer) : RUMP_VOP_BWRITE(file, &buffer), 0);
	EQUAL(buffer.b_resid, 0);
	if (reads)
		SAME(bytes, model + at, count);
	else
		memcpy(model + at, bytes, count < size - at ? count : size - at);
}

/* Borrows a page, or changes one that is lent. */
static void
borrow(struct vnode *file, uint64_t *random)
{
	/* Often the last one, which the file may fill in part. */
	size_t index = size > 0 && next_random(random) % 2 ? (size - 1) / RUMP_PAGE_SIZE : next_random(random) % PAGES;
	size_t start = index * RUMP_PAGE_SIZE, at, count;
	struct vm_page *page = NULL;
	int pages = 1;

	if (start >= size) {
		EQUAL(RUMP_VOP_GETPAGES(file, (off_t)start, &page, &pages, 0, 1, 0, 0), RUMP_EINVAL);
		return;
	}
	EQUAL(RUMP_VOP_GETPAGES(file, (off_t)start, &page, &pages, 0, 1 + next_random(random) % 2, 0, 0), 0);
	if (lent[index].page == NULL || !lent[index].is_changed) {
		HOLDS(lent[index].page == NULL || lent[index].page == page);
		memcpy(lent[index].contents, model + start, RUMP_PAGE_SIZE);
	}
	lent[index].page = page;
	SAME(page->uanon, lent[index].contents, RUMP_PAGE_SIZE);
	if (next_random(random) % 2) {
		at = next_random(random) % RUMP_PAGE_SIZE;
		count = next_random(random) % (RUMP_PAGE_SIZE - at);
		random_bytes(random, count);
		memcpy((char *)page->uanon + at, bytes, count);
		memcpy(lent[index].contents + at, bytes, count);
		page->flags &= (uint16_t)~RUMP_PG_CLEAN;
		lent[index].is_changed = true;
	}
	page->flags &= (uint16_t)~RUMP_PG_BUSY;
}

static void
give_back(struct vnode *file, uint64_t *random)
{
	size_t first = next_random(random) % PAGES, end = first + 1 + next_random(random) % (PAGES - first);
	int flags = (int)(next_random(random) % 16) & (RUMP_PGO_CLEANIT | RUMP_PGO_FREE | RUMP_PGO_DEACTIVATE);

	EQUAL(RUMP_VOP_PUTPAGES(file, (off_t)(first * RUMP_PAGE_SIZE), (off_t)(end * RUMP_PAGE_SIZE), flags), 0);
	for (size_t i = first; i < end; i++) {
		size_t start = i * RUMP_PAGE_SIZE;

		if (lent[i].page == NULL)
			continue;
		if (lent[i].is_changed && (flags & RUMP_PGO_CLEANIT)) {
			if (start < size)
				memcpy(model + start, lent[i].contents,
				    size - start < RUMP_PAGE_SIZE ? size - start : RUMP_PAGE_SIZE);
			lent[i].is_changed = false;
		}
		if ((flags & RUMP_PGO_FREE) || (!lent[i].is_changed && (flags & RUMP_PGO_DEACTIVATE))) {
			lent[i].page = NULL;
			lent[i].is_changed = false;
		} else
			EQUAL((lent[i].page->flags & RUMP_PG_CLEAN) == 0, lent[i].is_changed);
	}
}

static void
check_contents(struct vnode *file)
{
	size_t done;

	EQUAL(attributes_of(file).va_size, size);
	EQUAL(read_at(file, bytes, MOST, 0, &done), 0);
	EQUAL(done, size);
	SAME(bytes, model, size);
}

static void
run(struct vnode *root, uint64_t seed)
{
	static void (*const steps[])(struct vnode *, uint64_t *) = { truncate_or_write, transfer, transfer, borrow, borrow, give_back };
	struct vnode *file = make(root, "file", VREG);
	uint64_t random = seed;

	resize(0);
	memset(lent, 0, sizeof lent);
	for (int i = 0; i < STEPS; i++) {
		steps[next_random(&random) % 6](file, &random);
		if (i % 16 == 0)
			check_contents(file);
	}
	EQUAL(RUMP_VOP_PUTPAGES(file, 0, 0, RUMP_PGO_FREE), 0);
	check_contents(file);
	EQUAL(try_remove(root, "file", VREG), 0);
	rump_pub_vp_rele(file);
}

static void
test(struct vnode *root)
{
	const char *seed = getenv("TEST_SEED");

	if (seed != NULL)
		run(root, strtoull(seed, NULL, 0));
	for (uint64_t i = 1; seed == NULL && i <= SEEDS; i++)
		run(root, i);
}

int
main(int count, char **arguments)
{
	on_file_system(count, arguments, test);
	return 0;
}
