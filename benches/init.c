/* init NAME: the time that rump_init takes and the resident memory that it adds; what is linked decides what boots. */
#include "bench.h"

static long
resident_kilobytes(void)
{
	long size, resident = 0;
	FILE *file = fopen("/proc/self/statm", "r");

	if (file == NULL || fscanf(file, "%ld %ld", &size, &resident) != 2)
		exit(1);
	fclose(file);
	return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

int
main(int argc, char **argv)
{
	char name[64];
	long before = resident_kilobytes();
	double start = seconds_now();

	if (argc != 2 || rump_init() != 0)
		return 1;
	snprintf(name, sizeof(name), "init-%s-time", argv[1]);
	result(name, "rump", (seconds_now() - start) * 1e6, "us");
	snprintf(name, sizeof(name), "init-%s-memory", argv[1]);
	result(name, "rump", resident_kilobytes() - before, "kB");
	return 0;
}
