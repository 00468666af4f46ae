/* needs: */
/* Sets may be larger than FD_SETSIZE says, and descriptors past the last open one are forgiven. */
#include "events.h"

enum { HIGH = 600 };

int
main(void)
{
	uint32_t in[128] = { 0 }, out[128] = { 0 };
	struct timespec none = { 0, 0 };
	int ends[2];

	boot();
	OK(rump_sys_pipe2(ends, 0));
	EQUAL(OK(rump_sys_dup2(ends[0], HIGH)), HIGH);
	EQUAL(OK(rump_sys_dup2(ends[1], HIGH + 1)), HIGH + 1);
	OK(rump_sys_write(ends[1], "a", 1));
	in[HIGH / 32] = 1u << HIGH % 32;
	out[(HIGH + 1) / 32] = 1u << (HIGH + 1) % 32;
	EQUAL(OK(rump_sys_pselect(HIGH + 2, (fd_set *)in, (fd_set *)out, NULL, NULL, NULL)), 2);
	EQUAL(in[HIGH / 32], 1u << HIGH % 32);
	EQUAL(out[(HIGH + 1) / 32], 1u << (HIGH + 1) % 32);
	in[127] = 1u << 31;
	EQUAL(OK(rump_sys_pselect(4096, (fd_set *)in, NULL, NULL, &none, NULL)), 1);
	FAILS(rump_sys_pselect(1, NULL, NULL, NULL, &(struct timespec){ 0, -1 }, NULL), RUMP_EINVAL);
	return 0;
}
