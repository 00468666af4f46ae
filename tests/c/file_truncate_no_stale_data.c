/* needs: fs_tmpfs vfs */
/* What was cut off reads as zeroes when the file grows again, at any offset and by any way of growing. */
#include "check.h"

int
main(void)
{
	static unsigned char full[200000], buffer[200000];
	static const off_t cuts[] = { 0, 1, 511, 512, 513, 4095, 4096, 4097, 8191, 65535, 65536, 65537, 131072, 150001, 199999 };

	boot_in_tmpfs();
	memset(full, 0xee, sizeof full);
	int file = OK(rump_sys_open("f", RUMP_O_CREAT | RUMP_O_RDWR, 0666));
	for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++) {
		for (int way = 0; way < 3; way++) {
			size_t cut = (size_t)cuts[i];
			EQUAL(OK(rump_sys_pwrite(file, full, sizeof full, 0)), sizeof full);
			OK(rump_sys_ftruncate(file, (off_t)cut));
			EQUAL(status_of("f").st_size, cut);
			EQUAL(OK(rump_sys_pread(file, buffer, sizeof buffer, 0)), cut);
			if (way == 0)
				OK(rump_sys_ftruncate(file, sizeof full));
			else if (way == 1)
				EQUAL(OK(rump_sys_pwrite(file, "\0", 1, sizeof full - 1)), 1);
			else {
				/* A write further on in the same page. */
				EQUAL(OK(rump_sys_pwrite(file, "\0", 1, (off_t)cut + 7)), 1);
				OK(rump_sys_truncate("f", sizeof full));
			}
			memset(buffer, 0x55, sizeof buffer);
			size_t got = (size_t)OK(rump_sys_pread(file, buffer, sizeof buffer, 0));
			HOLDS(got >= sizeof full);
			ALL(buffer, 0xee, cut);
			ALL(buffer + cut, 0, sizeof full - cut);
			OK(rump_sys_ftruncate(file, 0));
		}
	}
	return 0;
}
