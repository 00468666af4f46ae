/* needs: vfs */
/* A host file as block device: any offset and length, nothing past its end. */
#include "check.h"
#include <fcntl.h>

enum { SIZE = 1 << 20 };

int
main(void)
{
	static unsigned char image[SIZE], buffer[SIZE];
	unsigned state = 1;

	for (int i = 0; i < SIZE; i++)
		image[i] = (unsigned char)(i * 2654435761u >> 11);
	int host = open("image", O_CREAT | O_RDWR, 0666);
	EQUAL(write(host, image, SIZE), SIZE);
	boot();
	EQUAL(rump_pub_etfs_register("/disk", "image", RUMP_ETFS_BLK), 0);
	EQUAL(status_of("/disk").st_mode & S_IFMT, S_IFBLK);
	int disk = OK(rump_sys_open("/disk", RUMP_O_RDWR));
	for (int round = 0; round < 500; round++) {
		state = state * 1103515245 + 12345;
		size_t offset = (state >> 8) % SIZE;
		state = state * 1103515245 + 12345;
		size_t length = (state >> 8) % 20000 + 1;
		if (length > SIZE - offset)
			length = SIZE - offset;
		if (round % 2) {
			memset(buffer, round, length);
			memcpy(image + offset, buffer, length);
			EQUAL(OK(rump_sys_pwrite(disk, buffer, length, (off_t)offset)), length);
		} else {
			EQUAL(OK(rump_sys_pread(disk, buffer, length, (off_t)offset)), length);
			SAME(buffer, image + offset, length);
		}
	}
	EQUAL(OK(rump_sys_pread(disk, buffer, 100, SIZE - 10)), 10);
	SAME(buffer, image + SIZE - 10, 10);
	EQUAL(OK(rump_sys_pread(disk, buffer, 100, SIZE)), 0);
	OK(rump_sys_fsync(disk));
	OK(rump_sys_close(disk));
	EQUAL(pread(host, buffer, SIZE, 0), SIZE);
	SAME(buffer, image, SIZE);
	return 0;
}
