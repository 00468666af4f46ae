/* needs: vfs */
/* With a size, only that part of the host's file is seen and can be changed. */
#include "check.h"
#include <fcntl.h>

enum { SIZE = 65536, BEGIN = 8192, LENGTH = 16384 };

int
main(void)
{
	static unsigned char image[SIZE], buffer[SIZE];
	static const enum rump_etfs_type types[] = { RUMP_ETFS_BLK, RUMP_ETFS_REG };

	memset(image, 0x11, SIZE);
	int host = open("image", O_CREAT | O_RDWR, 0666);
	boot();
	for (int i = 0; i < 2; i++) {
		char key[] = "/part0";
		key[5] += (char)i;
		memset(image, 0x11, SIZE);
		memset(image + BEGIN, 0x22, LENGTH);
		EQUAL(pwrite(host, image, SIZE, 0), SIZE);
		EQUAL(rump_pub_etfs_register_withsize(key, "image", types[i], BEGIN, LENGTH), 0);
		EQUAL(rump_pub_etfs_register_withsize("/bad", "image", types[i], BEGIN, SIZE), RUMP_EINVAL);
		EQUAL(rump_pub_etfs_register_withsize("/bad", "image", types[i], SIZE * 2, 512), RUMP_EINVAL);
		int part = OK(rump_sys_open(key, RUMP_O_RDWR));
		EQUAL(OK(rump_sys_pread(part, buffer, SIZE, 0)), LENGTH);
		ALL(buffer, 0x22, LENGTH);
		memset(buffer, 0x33, SIZE);
		EQUAL(OK(rump_sys_pwrite(part, buffer, LENGTH, 0)), LENGTH);
		EQUAL(rump_sys_pwrite(part, buffer, 512, LENGTH) > 0, 0);
		OK(rump_sys_fsync(part));
		OK(rump_sys_close(part));
		EQUAL(pread(host, buffer, SIZE, 0), SIZE);
		ALL(buffer, 0x11, BEGIN);
		ALL(buffer + BEGIN, 0x33, LENGTH);
		ALL(buffer + BEGIN + LENGTH, 0x11, SIZE - BEGIN - LENGTH);
	}
	/* Up to the end of the file. */
	EQUAL(rump_pub_etfs_register_withsize("/rest", "image", RUMP_ETFS_REG, BEGIN, RUMP_ETFS_SIZE_ENDOFF), 0);
	EQUAL(status_of("/rest").st_size, SIZE - BEGIN);
	return 0;
}
