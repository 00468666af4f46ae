/* needs: dev_cgd dev_md dev_disk dev vfs */
/*
 * Encrypted disks write what the original writes (hashes of what NetBSD 7.99.34 wrote with the same key and data), give
 * it back after they were configured anew, and garbage with another key.
 */
#include "disk.h"

enum { SIZE = 16384, PLACE = 4096 };

static unsigned char key[64], data[SIZE], found[SIZE];

static int
configure(int cgd, const char *below, const char *algorithm, const char *method, size_t bits)
{
	struct cgd_request request = { .disk = below, .algorithm = algorithm, .iv_method = method,
	    .key_length = bits, .key = key, .block_size = (size_t)-1 };

	return rump_sys_ioctl(cgd, N_CGDIOCSET, &request);
}

static void
unconfigure(int cgd)
{
	struct cgd_request request = { .flags = 0 };

	OK(rump_sys_ioctl(cgd, N_CGDIOCCLR, &request));
}

static uint64_t
fnv(const unsigned char *bytes, size_t size)
{
	uint64_t hash = 0xcbf29ce484222325ULL;

	for (size_t i = 0; i < size; i++)
		hash = (hash ^ bytes[i]) * 0x100000001b3ULL;
	return hash;
}

int
main(void)
{
	static const struct {
		const char *algorithm, *method;
		size_t bits, block_size;
		int mode;
		uint64_t hash;
	} known[] = {
		{ "aes-cbc", "encblkno1", 128, 16, 2, 0x6d6bd2a5a7eb9f6dULL },
		{ "aes-cbc", "encblkno1", 192, 16, 2, 0x765b5528f4a57dfcULL },
		{ "aes-cbc", "encblkno1", 256, 16, 2, 0xaef3e8ddbd6e2c3fULL },
		{ "aes-cbc", "encblkno8", 256, 128, 1, 0xc956b18a52f9bb83ULL },
		{ "aes-cbc", "encblkno", 128, 128, 1, 0xf25247345fbb765fULL },
		{ "3des-cbc", "encblkno1", 192, 8, 2, 0x8e84e9b609868a40ULL },
		{ "3des-cbc", "encblkno8", 192, 64, 1, 0x321a3f5dcc98d5adULL },
		{ "blowfish-cbc", "encblkno1", 128, 8, 2, 0x23bf68d6b6a577a1ULL },
		{ "blowfish-cbc", "encblkno1", 448, 8, 2, 0x147cde9fd7d63109ULL },
		{ "blowfish-cbc", "encblkno8", 40, 64, 1, 0x230ab75f5012900eULL },
		{ "aes-xts", "encblkno1", 256, 16, 2, 0 },
		{ "aes-xts", "encblkno1", 512, 16, 2, 0 },
	};

	for (size_t i = 0; i < sizeof key; i++)
		key[i] = (unsigned char)(i * 7 + 3);
	for (unsigned i = 0; i < SIZE; i++)
		data[i] = (unsigned char)((i * i >> 3) ^ (i >> 9));
	boot();
	configure_memory("/dev/rmd0d", 1 << 20);
	int cgd = open_disk("/dev/rcgd0d"), below = open_disk("/dev/rmd0d");
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		struct cgd_user user = { .unit = -1 };
		OK(configure(cgd, "/dev/md0a", known[i].algorithm, known[i].method, known[i].bits));
		EQUAL(media_size(cgd), 1 << 20);
		OK(rump_sys_ioctl(cgd, N_CGDIOCGET, &user));
		EQUAL(user.unit, 0);
		EQUAL(user.device, 17 << 8);
		EQUAL(strcmp(user.algorithm, known[i].algorithm), 0);
		EQUAL(user.block_size, known[i].block_size);
		EQUAL(user.mode, known[i].mode);
		EQUAL(user.key_length, known[i].bits);
		EQUAL(OK(rump_sys_pwrite(cgd, data, SIZE, PLACE)), SIZE);
		EQUAL(OK(rump_sys_pread(below, found, SIZE, PLACE)), SIZE);
		if (known[i].hash != 0)
			EQUAL(fnv(found, SIZE), known[i].hash);
		HOLDS(memcmp(found, data, SIZE) != 0);
		unconfigure(cgd);
		FAILS(rump_sys_pread(cgd, found, SIZE, PLACE), RUMP_ENXIO);
		OK(rump_sys_ioctl(cgd, N_CGDIOCGET, &user));
		EQUAL(user.key_length, 0);

		OK(configure(cgd, "/dev/md0a", known[i].algorithm, known[i].method, known[i].bits));
		EQUAL(OK(rump_sys_pread(cgd, found, SIZE, PLACE)), SIZE);
		SAME(found, data, SIZE);
		unconfigure(cgd);
		key[1] ^= 0x10;
		OK(configure(cgd, "/dev/md0a", known[i].algorithm, known[i].method, known[i].bits));
		key[1] ^= 0x10;
		EQUAL(OK(rump_sys_pread(cgd, found, SIZE, PLACE)), SIZE);
		HOLDS(memcmp(found, data, SIZE) != 0);
		unconfigure(cgd);
	}
	return 0;
}
