/* needs: fs_tmpfs fs_ffs dev_cgd dev_vnd dev_disk dev vfs */
/* formats: ufs2le */
/* Encrypted disks: what may be configured and by whom; one over a host file and one over a file hold file systems. */
#include "disk.h"
#include "ffs.h"

static const unsigned char key[64] = "a key that everybody knows, of sixty-four bytes at the very most";
static int cgd;

static struct cgd_request
good(const char *below)
{
	return (struct cgd_request) { .disk = below, .algorithm = "aes-cbc", .iv_method = "encblkno1",
	    .key_length = 256, .key = key, .block_size = 128 };
}

static void
refused(struct cgd_request request, int error)
{
	FAILS(rump_sys_ioctl(cgd, N_CGDIOCSET, &request), error);
}

static void
requests(void)
{
	struct cgd_request request = good("/dev/image");
	int reader = OK(rump_sys_open("/dev/rcgd0d", RUMP_O_RDONLY));

	FAILS(rump_sys_ioctl(reader, N_CGDIOCSET, &request), RUMP_EBADF);
	OK(rump_sys_close(reader));
	FAILS(rump_sys_ioctl(cgd, N_CGDIOCCLR, &request), RUMP_ENXIO);
	refused(good("/nothing"), RUMP_ENOENT);
	refused(good("/dev/null"), RUMP_ENOTBLK);
	refused(good("/dev"), RUMP_EISDIR);
	refused(good("/dev/vnd0a"), RUMP_ENXIO);
	refused(good("/dev/cgd0d"), RUMP_ENXIO);
	refused(good(NULL), RUMP_EFAULT);
	request.algorithm = "rot13";
	refused(request, RUMP_EINVAL);
	request = good("/dev/image");
	request.iv_method = "plain";
	refused(request, RUMP_EINVAL);
	for (size_t length = 0; length < 1200; length++) {
		request = good("/dev/image");
		request.key_length = length;
		if (length != 128 && length != 192 && length != 256)
			refused(request, RUMP_EINVAL);
	}
	request.key_length = (size_t)-8;
	refused(request, RUMP_EINVAL);
	request = good("/dev/image");
	request.block_size = 64;
	refused(request, RUMP_EINVAL);
	request = good("/dev/image");
	request.key = NULL;
	refused(request, RUMP_EFAULT);
}

/* Puts an FFS onto the encrypted disk, mounts it, and unmounts it. */
static void
use(const void *image, size_t size)
{
	fill_disk("/dev/rcgd0d", image, size);
	OK(try_mount("/dev/cgd0a", "/mnt", 0));
	int file = OK(rump_sys_open("/mnt/secret", RUMP_O_RDWR | RUMP_O_CREAT, 0600));
	EQUAL(OK(rump_sys_write(file, "between us", 10)), 10);
	OK(rump_sys_close(file));
	struct cgd_request request = { .flags = 0 };
	FAILS(rump_sys_ioctl(cgd, N_CGDIOCCLR, &request), RUMP_EBUSY);
	OK(rump_sys_unmount("/mnt", 0));
	OK(rump_sys_ioctl(cgd, N_CGDIOCCLR, &request));
}

static void
use_again(const char *below)
{
	struct cgd_request request = good(below);
	char text[16];

	OK(rump_sys_ioctl(cgd, N_CGDIOCSET, &request));
	OK(try_mount("/dev/cgd0a", "/mnt", 0));
	int file = OK(rump_sys_open("/mnt/secret", RUMP_O_RDONLY));
	EQUAL(OK(rump_sys_read(file, text, sizeof text)), 10);
	SAME(text, "between us", 10);
	OK(rump_sys_close(file));
	OK(rump_sys_unmount("/mnt", 0));
	OK(rump_sys_ioctl(cgd, N_CGDIOCCLR, &request));

	/* With a wrong key there is no file system, and nothing breaks. */
	unsigned char wrong[32];
	memcpy(wrong, key, sizeof wrong);
	wrong[31] ^= 1;
	request.key = wrong;
	OK(rump_sys_ioctl(cgd, N_CGDIOCSET, &request));
	FAILS(try_mount("/dev/cgd0a", "/mnt", 0), RUMP_EINVAL);
	OK(rump_sys_ioctl(cgd, N_CGDIOCCLR, &request));
}

int
main(int count, char **arguments)
{
	size_t size;

	take_format(count, arguments);
	make_image("inner.bin", "2m", "");
	void *image = host_bytes("inner.bin", &size);
	boot();
	OK(rump_sys_mkdir("/mnt", 0777));
	int host = open("disk.bin", O_CREAT | O_RDWR, 0666);
	HOLDS(ftruncate(host, (off_t)size) == 0);
	EQUAL(rump_pub_etfs_register("/dev/image", "disk.bin", RUMP_ETFS_BLK), 0);
	cgd = open_disk("/dev/rcgd0d");
	EQUAL(status_of("/dev/cgd0a").st_rdev, 21 << 8);
	EQUAL(status_of("/dev/rcgd0a").st_rdev, 93 << 8);
	requests();

	struct cgd_request request = good("/dev/image");
	OK(rump_sys_ioctl(cgd, N_CGDIOCSET, &request));
	refused(request, RUMP_EBUSY);
	use(image, size);
	use_again("/dev/image");

	int file = OK(rump_sys_open("/file", RUMP_O_RDWR | RUMP_O_CREAT, 0600));
	OK(rump_sys_ftruncate(file, (off_t)size));
	OK(rump_sys_close(file));
	configure_file("/dev/rvnd0d", "/file", 0);
	request = good("/dev/vnd0d");
	OK(rump_sys_ioctl(cgd, N_CGDIOCSET, &request));
	use(image, size);
	use_again("/dev/vnd0d");
	unconfigure_file("/dev/rvnd0d", 0);
	free(image);
	return 0;
}
