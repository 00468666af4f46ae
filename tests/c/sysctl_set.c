/* needs: */
/* Values that can be set: strings with or without the NUL, integers of their size alone, and by whom. */
#include "check.h"
#include "sysctl.h"

int
main(void)
{
	char text[300], old[300];
	size_t size = sizeof old;
	int number = 0x12345678;

	boot();
	value_of("kern.hostname", text, sizeof text);
	OK(rump_sys___sysctl(NAME(N_CTL_KERN, N_KERN_HOSTNAME), old, &size, "new.example", 11));
	HOLDS(strcmp(old, text) == 0 && size == strlen(text) + 1);
	EQUAL(value_of("kern.hostname", text, sizeof text), 12);
	HOLDS(strcmp(text, "new.example") == 0);
	OK(rump_sys___sysctl(NAME(N_CTL_KERN, N_KERN_HOSTNAME), NULL, NULL, "x", 2));
	EQUAL(value_of("kern.hostname", text, sizeof text), 2);

	/* 255 characters fit. */
	memset(text, 'h', sizeof text);
	OK(rump_sys___sysctl(NAME(N_CTL_KERN, N_KERN_HOSTNAME), NULL, NULL, text, 255));
	EQUAL(value_of("kern.hostname", old, sizeof old), 256);
	FAILS(rump_sys___sysctl(NAME(N_CTL_KERN, N_KERN_HOSTNAME), NULL, NULL, text, 256), RUMP_EINVAL);
	FAILS(rump_sys___sysctl(NAME(N_CTL_KERN, N_KERN_HOSTNAME), NULL, NULL, text, 257), RUMP_EINVAL);
	text[255] = '\0';
	OK(rump_sys___sysctl(NAME(N_CTL_KERN, N_KERN_HOSTNAME), NULL, NULL, text, 256));
	/* A length of 0 sets nothing. */
	OK(rump_sys___sysctl(NAME(N_CTL_KERN, N_KERN_HOSTNAME), NULL, NULL, text, 0));
	EQUAL(value_of("kern.hostname", old, sizeof old), 256);
	/* The old value is given though the new one is bad. */
	memset(old, 0, sizeof old);
	size = sizeof old;
	FAILS(rump_sys___sysctl(NAME(N_CTL_KERN, N_KERN_HOSTNAME), old, &size, text, 300), RUMP_EINVAL);
	EQUAL(size, 256);
	HOLDS(strcmp(old, text) == 0);
	OK(rump_sys___sysctl(NAME(N_CTL_KERN, 22), NULL, NULL, "domain", 7));
	EQUAL(value_of("kern.domainname", text, sizeof text), 7);
	/* Not what can only be read. */
	FAILS(rump_sys___sysctl(NAME(N_CTL_KERN, N_KERN_OSTYPE), NULL, NULL, "Plan 9", 7), RUMP_EPERM);
	FAILS(rump_sys___sysctl(NAME(N_CTL_HW, N_HW_NCPU), NULL, NULL, &number, 4), RUMP_EPERM);

	/* A bad address leaves the length alone; so does a bad name. */
	size = 100;
	FAILS(rump_sys___sysctl(NAME(N_CTL_KERN, 999), old, &size, NULL, 0), RUMP_ENOENT);
	EQUAL(size, 100);
	FAILS(rump_sys___sysctl(NAME(N_CTL_KERN, N_KERN_OSTYPE, 3), old, &size, NULL, 0), RUMP_ENOTDIR);
	FAILS(rump_sys___sysctl(NAME(N_CTL_KERN), old, &size, NULL, 0), RUMP_EINVAL);
	FAILS(rump_sys___sysctl(NAME(N_CTL_KERN, -99), old, &size, NULL, 0), RUMP_EOPNOTSUPP);
	FAILS(rump_sys___sysctl(NAME(N_CTL_KERN, -99, 1), old, &size, NULL, 0), RUMP_ENOENT);
	FAILS(rump_sys___sysctl(NAME(1000), old, &size, NULL, 0), RUMP_ENOENT);
	FAILS(rump_sys___sysctl((const int[]){ 1 }, 0, old, &size, NULL, 0), RUMP_EINVAL);
	FAILS(rump_sys___sysctl(NAME(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1), old, &size, NULL, 0), RUMP_EINVAL);

	new_process_of(1000, 1000);
	FAILS(rump_sys___sysctl(NAME(N_CTL_KERN, N_KERN_HOSTNAME), NULL, NULL, "mine", 5), RUMP_EPERM);
	EQUAL(value_of("kern.hostname", text, sizeof text), 256);
	return 0;
}
