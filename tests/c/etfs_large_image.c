/* needs: vfs */
/* An image of more than 2 TB: data near its end is at its place. */
#include "check.h"
#include <fcntl.h>

int
main(void)
{
	const off_t size = ((off_t)5 << 40) + 4096;
	char buffer[600], host_data[600];
	int host = open("image", O_CREAT | O_RDWR, 0666);

	EQUAL(ftruncate(host, size), 0);
	boot();
	EQUAL(rump_pub_etfs_register("/disk", "image", RUMP_ETFS_BLK), 0);
	EQUAL(status_of("/disk").st_mode & S_IFMT, S_IFBLK);
	int disk = OK(rump_sys_open("/disk", RUMP_O_RDWR));
	memset(buffer, 0x5c, sizeof buffer);
	static const off_t places[] = { 0, ((off_t)1 << 31) - 300, ((off_t)1 << 32) - 300, ((off_t)1 << 41) - 300,
		((off_t)5 << 40) + 4096 - 600 };
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
		EQUAL(OK(rump_sys_pwrite(disk, buffer, sizeof buffer, places[i])), sizeof buffer);
	OK(rump_sys_fsync(disk));
	OK(rump_sys_close(disk));
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		EQUAL(pread(host, host_data, sizeof host_data, places[i]), sizeof host_data);
		SAME(host_data, buffer, sizeof buffer);
		EQUAL(pread(host, host_data, 100, places[i] + 600 < size ? places[i] + 600 : 4096),  100);
		ALL(host_data, 0, 100);
	}
	return 0;
}
