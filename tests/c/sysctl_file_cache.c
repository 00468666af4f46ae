/* needs: fs_ffs vfs */
/* formats: ufs2le */
/* vm.filecache counts what files of a device take of the memory. */
#include "ffs.h"
#include "sysctl.h"

static int64_t
cached(void)
{
	int64_t bytes;

	EQUAL(value_of("vm.filecache", &bytes, sizeof bytes), 8);
	return bytes;
}

int
main(int count, char **arguments)
{
	enum { SIZE = 3 << 20 };
	char *data = malloc(SIZE);

	take_format(count, arguments);
	make_image("image.ffs", "16m", "");
	boot_with_device("image.ffs");
	mount_image(0);
	int64_t before = cached();
	HOLDS(before >= 0);
	memset(data, 'x', SIZE);
	make_file("f", data, SIZE);
	int64_t with_file = cached();
	HOLDS(with_file - before >= SIZE && with_file - before < 2 * SIZE);
	OK(rump_sys_unlink("f"));
	HOLDS(cached() - before < 1 << 20);
	unmount_image();
	return 0;
}
