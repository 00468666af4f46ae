/* needs: fs_ffs vfs */
/* formats: ufs1le ufs1be ufs2le ufs2be */
/* No inodes left: ENOSPC from whatever makes a file, and one removed can be made again. */
#include "ffs.h"

int
main(int count, char **arguments)
{
	char path[64];
	int files = 0, file;

	boot_in_ffs(count, arguments, "8m", "density=65536");
	uint64_t inodes = space_of("/m").f_ffree;
	HOLDS(inodes > 50 && inodes < 5000);
	for (;; files++) {
		snprintf(path, sizeof path, "file-%d", files);
		file = rump_sys_open(path, RUMP_O_CREAT | RUMP_O_RDWR, 0666);
		if (file == -1)
			break;
		EQUAL(OK(rump_sys_write(file, path, strlen(path))), strlen(path));
		OK(rump_sys_close(file));
	}
	EQUAL(errno, RUMP_ENOSPC);
	EQUAL(files, inodes);
	EQUAL(space_of("/m").f_ffree, 0);
	FAILS(rump_sys_mkdir("d", 0755), RUMP_ENOSPC);
	FAILS(rump_sys_symlink("x", "l"), RUMP_ENOSPC);
	FAILS(rump_sys_mkfifo("p", 0644), RUMP_ENOSPC);
	/* A second name needs no inode. */
	OK(rump_sys_link("file-0", "second"));
	OK(rump_sys_unlink("second"));
	mount_again();
	FAILS(rump_sys_open("one-more", RUMP_O_CREAT | RUMP_O_RDWR, 0666), RUMP_ENOSPC);
	OK(rump_sys_unlink("file-0"));
	OK(rump_sys_mkdir("d", 0755));
	FAILS(rump_sys_mkdir("d/e", 0755), RUMP_ENOSPC);
	OK(rump_sys_rmdir("d"));
	/* A file that is open still has its inode. */
	file = OK(rump_sys_open("file-1", RUMP_O_RDONLY));
	OK(rump_sys_unlink("file-1"));
	make_empty("instead-of-0");
	FAILS(rump_sys_open("instead-of-1", RUMP_O_CREAT | RUMP_O_RDWR, 0666), RUMP_ENOSPC);
	OK(rump_sys_close(file));
	make_empty("instead-of-1");
	for (int number = 2; number < files; number++) {
		snprintf(path, sizeof path, "file-%d", number);
		EQUAL(status_of(path).st_size, strlen(path));
		OK(rump_sys_unlink(path));
	}
	EQUAL(space_of("/m").f_ffree, inodes - 2);
	unmount_image();
	return 0;
}
