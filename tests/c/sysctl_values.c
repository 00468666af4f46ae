/* needs: fs_tmpfs vfs */
/* What is known says the truth. */
#include "check.h"
#include "sysctl.h"

int
main(void)
{
	char text[256];
	struct timespec now, booted;
	struct rump_netbsd_clockinfo rate;

	setenv("RUMP_NCPU", "3", 1);
	boot();
	rump_pub_lwproc_rfork(RUMP_RFFD_COPY);
	EQUAL(value_of("kern.ostype", text, sizeof text), 7);
	HOLDS(strcmp(text, "NetBSD") == 0);
	value_of("kern.osrelease", text, sizeof text);
	HOLDS(strcmp(text, "7.99.34") == 0);
	EQUAL(int_of("kern.osrevision"), 799003400);
	EQUAL(int_of("kern.osrevision"), rump_pub_getversion());
	value_of("kern.version", text, sizeof text);
	HOLDS(strncmp(text, "NetBSD 7.99.34", 14) == 0);
	EQUAL(int_of("hw.ncpu"), 3);
	EQUAL(int_of("hw.ncpuonline"), 3);
	EQUAL(int_of("hw.pagesize"), 4096);
	EQUAL(int_of("hw.byteorder"), 1234);
	EQUAL(int_of("hw.alignbytes"), 7);
	value_of("hw.machine", text, sizeof text);
	HOLDS(strcmp(text, "amd64") == 0);
	value_of("hw.machine_arch", text, sizeof text);
	HOLDS(strcmp(text, "x86_64") == 0);
	EQUAL(int_of("kern.ngroups"), N_NGROUPS_MAX);
	EQUAL(int_of("kern.iov_max"), N_IOV_MAX);
	EQUAL(int_of("kern.rawpartition"), 3);
	EQUAL(int_of("kern.monotonic_clock"), 200112);
	EQUAL(value_of("vfs.generic.fstypes", text, sizeof text), strlen("rumpfs tmpfs") + 1);
	HOLDS(strcmp(text, "rumpfs tmpfs") == 0);

	EQUAL(value_of("kern.boottime", &booted, sizeof booted), sizeof booted);
	OK(rump_sys_clock_gettime(N_CLOCK_REALTIME, &now));
	HOLDS(booted.tv_sec <= now.tv_sec && now.tv_sec - booted.tv_sec < 60);
	EQUAL(value_of("kern.clockrate", &rate, sizeof rate), sizeof rate);
	EQUAL(rate.hz * rate.tick, 1000000);
	struct { struct timespec time; int64_t most_error, estimated_error, tai, state; } ntp;
	EQUAL(value_of("kern.ntptime", &ntp, sizeof ntp), sizeof ntp);
	HOLDS(ntp.time.tv_sec >= now.tv_sec && ntp.time.tv_sec - now.tv_sec < 60);
	EQUAL(ntp.state, 5);
	EQUAL(int_of("kern.login_name_max"), 16);
	EQUAL(int_of("kern.maxpartitions"), 16);
	int ticks = int_of("kern.hardclock_ticks");
	pause_milliseconds(50);
	int later = int_of("kern.hardclock_ticks");
	HOLDS(later - ticks >= 4 && later - ticks < 60 * rate.hz);

	int first = int_of("kern.urandom"), second = int_of("kern.urandom"), third = int_of("kern.urandom");
	HOLDS(first != second || second != third);
	size_t size = 256;
	OK(rump_sys___sysctl(NAME(N_CTL_KERN, 81), text, &size, NULL, 0));
	EQUAL(size, 256);
	char large[257];
	size = sizeof large;
	FAILS(rump_sys___sysctl(NAME(N_CTL_KERN, 81), large, &size, NULL, 0), RUMP_E2BIG);
	return 0;
}
