/* needs: */
/* select leaves in each set what is ready, counts bits, and refuses descriptors that are not open. */
#include "events.h"

static struct rump_netbsd_fd_set in, out, except;

static void
set_bit(struct rump_netbsd_fd_set *set, int descriptor)
{
	set->fds_bits[descriptor / 32] |= 1u << descriptor % 32;
}

static bool
has_bit(const struct rump_netbsd_fd_set *set, int descriptor)
{
	return set->fds_bits[descriptor / 32] >> descriptor % 32 & 1;
}

int
main(void)
{
	struct timeval none = { 0, 0 };
	int ends[2];

	boot();
	OK(rump_sys_pipe2(ends, 0));
	for (int i = 0; i < 4; i++) {
		memset(&in, 0, sizeof in);
		memset(&out, 0, sizeof out);
		memset(&except, 0, sizeof except);
		set_bit(&in, ends[0]);
		set_bit(&out, ends[1]);
		set_bit(&except, ends[0]);
		if (i >= 2)
			OK(rump_sys_write(ends[1], "a", 1));
		EQUAL(OK(rump_sys_select(ends[1] + 1, (fd_set *)&in, (fd_set *)&out,
		    (fd_set *)&except, i % 2 ? NULL : &none)), i >= 2 ? 2 : 1);
		EQUAL(has_bit(&in, ends[0]), i >= 2);
		HOLDS(has_bit(&out, ends[1]));
		EQUAL(has_bit(&except, ends[0]), 0);
	}
	/* Bits from the first that does not count on are not looked at. */
	memset(&in, 0xff, sizeof in);
	EQUAL(OK(rump_sys_select(0, (fd_set *)&in, NULL, NULL, &none)), 0);
	memset(&in, 0, sizeof in);
	set_bit(&in, 15);
	FAILS(rump_sys_select(16, (fd_set *)&in, NULL, NULL, NULL), RUMP_EBADF);
	HOLDS(has_bit(&in, 15));
	FAILS(rump_sys_select(-1, NULL, NULL, NULL, &none), RUMP_EINVAL);
	none.tv_usec = 1000000;
	FAILS(rump_sys_select(0, NULL, NULL, NULL, &none), RUMP_EINVAL);
	none.tv_usec = 0;
	none.tv_sec = -1;
	FAILS(rump_sys_select(0, NULL, NULL, NULL, &none), RUMP_EINVAL);
	/* As a short sleep. */
	none = (struct timeval){ 0, 1000 };
	EQUAL(OK(rump_sys_select(0, NULL, NULL, NULL, &none)), 0);
	return 0;
}
