/* needs: fs_ffs dev_vnd dev_disk dev vfs */
/* formats: ufs2le */
/* A disk on a sparse file whose file system is full: writes that find no room fail, those before are there. */
#include "disk.h"
#include "ffs.h"

enum { PIECE = 65536, SIZE = 16 << 20 };

static unsigned char bytes[PIECE], found[PIECE];

static void
raw_writes(void)
{
	int raw = open_disk("/dev/rvnd0d"), good = 0;

	for (;; good++) {
		pseudo_random(bytes, PIECE, (uint32_t)good);
		ssize_t count = rump_sys_pwrite(raw, bytes, PIECE, (off_t)good * PIECE);
		if (count == PIECE)
			continue;
		EQUAL(count, -1);
		EQUAL(errno, RUMP_ENOSPC);
		break;
	}
	HOLDS(good > 5 && good < SIZE / PIECE);
	int nothing = 0;
	OK(rump_sys_ioctl(raw, N_DIOCCACHESYNC, &nothing));
	for (int i = 0; i < good; i++) {
		pseudo_random(bytes, PIECE, (uint32_t)i);
		EQUAL(OK(rump_sys_pread(raw, found, PIECE, (off_t)i * PIECE)), PIECE);
		SAME(found, bytes, PIECE);
	}
	OK(rump_sys_close(raw));
}

int
main(int count, char **arguments)
{
	size_t size;

	take_format(count, arguments);
	make_image("outer.ffs", "4m", "");
	make_image("inner.bin", "16m", "");
	void *inner = host_bytes("inner.bin", &size);
	boot();
	EQUAL(rump_pub_etfs_register(DEVICE, "outer.ffs", RUMP_ETFS_BLK), 0);
	OK(rump_sys_mkdir("/outer", 0777));
	OK(rump_sys_mkdir("/inner", 0777));
	OK(try_mount(DEVICE, "/outer", 0));
	int file = OK(rump_sys_open("/outer/sparse", RUMP_O_RDWR | RUMP_O_CREAT, 0600));
	OK(rump_sys_ftruncate(file, SIZE));
	configure_file("/dev/rvnd0d", "/outer/sparse", 0);
	raw_writes();
	unconfigure_file("/dev/rvnd0d", 0);

	/* A file system that is larger than what there is room for. Only what is not zero is put in. */
	OK(rump_sys_ftruncate(file, 0));
	OK(rump_sys_ftruncate(file, SIZE));
	for (size_t at = 0; at < size; at += 8192)
		for (int i = 0; i < 8192; i++)
			if (((unsigned char *)inner)[at + (size_t)i] != 0) {
				EQUAL(OK(rump_sys_pwrite(file, (char *)inner + at, 8192, (off_t)at)), 8192);
				break;
			}
	free(inner);
	OK(rump_sys_close(file));
	configure_file("/dev/rvnd0d", "/outer/sparse", 0);
	OK(try_mount("/dev/vnd0a", "/inner", 0));
	file = OK(rump_sys_open("/inner/large", RUMP_O_RDWR | RUMP_O_CREAT, 0600));
	int failed = 0;
	for (int i = 0; i < 100 && !failed; i++)
		failed = rump_sys_write(file, bytes, PIECE) != PIECE || rump_sys_fsync(file) != 0;
	HOLDS(failed);
	EQUAL(errno, RUMP_ENOSPC);
	OK(rump_sys_close(file));
	OK(rump_sys_unmount("/inner", RUMP_MNT_FORCE));
	unconfigure_file("/dev/rvnd0d", VND_FORCE);
	OK(rump_sys_unlink("/outer/sparse"));
	OK(rump_sys_unmount("/outer", 0));
	return 0;
}
