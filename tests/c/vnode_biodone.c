/* needs: vfs */
/* rump_biodone() for who carries buffers out without a vnode, on a thread of the host too. */
#include "buffers.h"
#include "console.h"

#define LIBRUMPUSER
#define __dead __attribute__((__noreturn__))
#define __printflike(format, first)
#include <rump/rumpuser.h>
#include <sched.h>

enum { SIZE = 65536 };

static char bytes[SIZE], image[SIZE];

/* A transfer past the kernel, which is told of its end on a thread of the host. */
static void
test_transfer(const char *path)
{
	struct buf buffer = buffer_for(RUMP_B_READ | RUMP_B_ASYNC, bytes, 4096, 0);
	int before = completed, descriptor;

	EQUAL(rumpuser_open(path, RUMPUSER_OPEN_RDONLY, &descriptor), 0);
	rump_schedule();
	rumpuser_bio(descriptor, RUMPUSER_BIO_READ, bytes, 4096, 8192, rump_biodone, &buffer);
	rump_unschedule();
	while (__atomic_load_n(&completed, __ATOMIC_ACQUIRE) == before)
		sched_yield();
	EQUAL(buffer.b_error, 0);
	EQUAL(buffer.b_resid, 0);
	SAME(bytes, image + 8192, 4096);
	EQUAL(rumpuser_close(descriptor), 0);
}

static void
test_completion(void)
{
	struct buf buffer = buffer_for(0, bytes, 4096, 0);
	int before;

	/* One that nobody is told of is given up. */
	buffer.b_flags = RUMP_B_ASYNC | RUMP_B_COWDONE;
	buffer.b_iodone = NULL;
	buffer.b_cflags = RUMP_BC_BUSY | RUMP_BC_AGE;
	rump_biodone(&buffer, 96, RUMP_EIO);
	EQUAL(buffer.b_error, RUMP_EIO);
	EQUAL(buffer.b_resid, 4000);
	EQUAL(buffer.b_oflags, RUMP_BO_DONE);
	EQUAL(buffer.b_flags, RUMP_B_ASYNC);
	EQUAL(buffer.b_cflags, RUMP_BC_INVAL | RUMP_BC_AGE);
	buffer = buffer_for(0, bytes, 4096, 0);
	rump_biodone(&buffer, SIZE_MAX, 0);
	EQUAL(buffer.b_resid, 0);
	/* Once is enough. */
	before = completed;
	console_start();
	rump_biodone(&buffer, 0, RUMP_EIO);
	HOLDS(strstr(console_end(), "complete already") != NULL);
	EQUAL(completed, before);
	EQUAL(buffer.b_error, 0);
	rump_biodone(NULL, 0, 0);
}

int
main(void)
{
	int host = open("image", O_CREAT | O_RDWR, 0666);

	for (int i = 0; i < SIZE; i++)
		image[i] = (char)(i * 3 + i / 512);
	EQUAL(pwrite(host, image, SIZE, 0), SIZE);
	/* The threads of the host are not simulated: there the transfer is over when the call returns. */
	if (is_simulated())
		setenv("RUMP_THREADS", "0", 1);
	boot();
	test_transfer("image");
	test_completion();
	return 0;
}
