/* needs: fs_ffs vfs */
/* formats: ufs1le ufs1be ufs2le ufs2be */
/* statvfs(2) says what the superblock of the image says, and follows what is made and removed. */
#include "ffs.h"

int
main(int count, char **arguments)
{
	boot_in_ffs(count, arguments, "24m", "bsize=8192,fsize=1024,minfree=7,density=16384");
	struct raw_image raw = open_raw("image.ffs");
	bool large = is_ufs2() || raw_number(&raw, raw.superblock + 211, 1) & 0x80;
	uint64_t data = large ? raw_number(&raw, raw.superblock + 1088, 8) : superblock_field(&raw, 40);
	uint64_t blocks = large ? raw_number(&raw, raw.superblock + 1016, 8) : superblock_field(&raw, 196);
	uint64_t inodes = large ? raw_number(&raw, raw.superblock + 1024, 8) : superblock_field(&raw, 200);
	uint64_t fragments = large ? raw_number(&raw, raw.superblock + 1032, 8) : superblock_field(&raw, 204);
	struct rump_netbsd_statvfs space = space_of("/m"), later;

	EQUAL(space.f_bsize, 8192);
	EQUAL(space.f_frsize, 1024);
	EQUAL(space.f_iosize, 8192);
	EQUAL(space.f_blocks, data);
	EQUAL(space.f_bfree, blocks * 8 + fragments);
	EQUAL(space.f_bresvd, data * 7 / 100);
	EQUAL(space.f_bavail, space.f_bfree - space.f_bresvd);
	EQUAL(space.f_files, superblock_field(&raw, 44) * superblock_field(&raw, 184) - 2);
	EQUAL(space.f_ffree, inodes);
	EQUAL(space.f_favail, inodes);
	EQUAL(space.f_namemax, 255);
	HOLDS(strcmp(space.f_fstypename, "ffs") == 0);
	HOLDS(strcmp(space.f_mntonname, "/m") == 0);
	HOLDS(strcmp(space.f_mntfromname, DEVICE) == 0);
	/* 1 fragment; 12 blocks and one of pointers; a directory. */
	make_pattern_file("small", 1000, 1);
	later = space_of("/m");
	EQUAL(space.f_bfree - later.f_bfree, 1);
	EQUAL(status_of("small").st_blocks, 2);
	make_pattern_file("large", 13 * 8192, 1);
	EQUAL(status_of("large").st_blocks, 14 * 16);
	EQUAL(later.f_bfree - space_of("/m").f_bfree, 14 * 8);
	EQUAL(space.f_ffree - space_of("/m").f_ffree, 2);
	OK(rump_sys_mkdir("d", 0755));
	EQUAL(space.f_ffree - space_of("/m").f_ffree, 3);
	EQUAL(space.f_bfree - space_of("/m").f_bfree, 1 + 14 * 8 + 1);
	OK(rump_sys_rmdir("d"));
	OK(rump_sys_unlink("small"));
	OK(rump_sys_unlink("large"));
	later = space_of("/m");
	EQUAL(later.f_bfree, space.f_bfree);
	EQUAL(later.f_ffree, space.f_ffree);
	close(raw.descriptor);
	unmount_image();
	return 0;
}
