/* needs: fs_tmpfs vfs */
/* A file's times are those of its last change, not of the moment that somebody looks. */
#include "check.h"

int
main(void)
{
	boot_in_tmpfs();
	make_file("first", "x", 1);
	OK(rump_sys_mkdir("d1", 0777));
	make_empty("d1/f");
	pause_milliseconds(30);
	make_file("second", "x", 1);
	OK(rump_sys_mkdir("d2", 0777));
	make_empty("d2/f");
	Status second = status_of("second"), first = status_of("first");
	HOLDS(first.st_mtim.tv_sec < second.st_mtim.tv_sec ||
	    (first.st_mtim.tv_sec == second.st_mtim.tv_sec && first.st_mtim.tv_nsec < second.st_mtim.tv_nsec));
	second = status_of("d2");
	first = status_of("d1");
	HOLDS(first.st_mtim.tv_sec < second.st_mtim.tv_sec ||
	    (first.st_mtim.tv_sec == second.st_mtim.tv_sec && first.st_mtim.tv_nsec < second.st_mtim.tv_nsec));
	return 0;
}
