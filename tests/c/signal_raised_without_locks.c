/* needs: fs_tmpfs vfs vfs_aio */
/* A signal that is raised in the host finds no lock held: its handler may use what caused it. */
#include "aio.h"
#include "signal_io.h"
#include <signal.h>

enum { LARGE = 600 * 1024, HOST_SIGNAL = SIGUSR1, SIGNAL = 30 };

static char data[LARGE];
static int pair[2];
static volatile int signals;
static volatile size_t taken;

/* Asks how much there is, and reads it. */
static void
read_all(int signal)
{
	static char buffer[LARGE];
	int error = errno, length = 0;

	(void)signal;
	signals++;
	OK(rump_sys_ioctl(pair[0], 0x4004667f, &length));
	if (length > 0) {
		EQUAL(OK(rump_sys_read(pair[0], buffer, (size_t)length)), length);
		SAME(buffer, data + taken, length);
		taken += (size_t)length;
	}
	errno = error;
}

/* Writes a little more. */
static void
write_more(int signal)
{
	int error = errno, room = 0;

	(void)signal;
	signals++;
	OK(rump_sys_ioctl(pair[1], 0x40046678, &room));
	if (room > 0)
		EQUAL(OK(rump_sys_write(pair[1], "x", 1)), 1);
	errno = error;
}

static int file;

static void
use_file(int signal)
{
	int error = errno;

	(void)signal;
	signals++;
	EQUAL(OK(rump_sys_lseek(file, 0, SEEK_CUR)), 90);
	EQUAL(OK(rump_sys_write(file, "0123456789", 10)), 10);
	errno = error;
}

static struct netbsd_aiocb block;
static pid_t process;

/* It comes on a thread of the kernel's, which has another lwp. */
static void
use_block(int signal)
{
	struct lwp *own = rump_pub_lwproc_curlwp();
	int error = errno;

	(void)signal;
	EQUAL(rump_pub_lwproc_newlwp(process), 0);
	EQUAL(OK(rump_sys_aio_error((void *)&block)), 0);
	EQUAL(OK(rump_sys_aio_return((void *)&block)), 1);
	if (signals < 20)
		OK(rump_sys_aio_write((void *)&block));
	signals++;
	rump_pub_lwproc_releaselwp();
	rump_pub_lwproc_switch(own);
	errno = error;
}

static void
handle(int signal, void (*handler)(int))
{
	struct sigaction action = { .sa_handler = handler };

	EQUAL(sigaction(signal, &action, NULL), 0);
	signals = 0;
}

static void
tell(int descriptor, bool on)
{
	int value = on;

	OK(rump_sys_fcntl(descriptor, N_F_SETOWN, rump_sys_getpid()));
	OK(rump_sys_ioctl(descriptor, N_FIOASYNC, &value));
}

static void
try_pair(void)
{
	static char buffer[LARGE];

	/* More than the pipe holds: the handler alone makes room. */
	handle(SIGIO, read_all);
	tell(pair[0], true);
	for (size_t length = 1; length <= LARGE; length = length * 7 + length / 3) {
		taken = 0;
		EQUAL(OK(rump_sys_write(pair[1], data, length)), length);
		EQUAL(taken, length);
	}
	taken = 0;
	struct iovec pieces[3] = { { data, 10 }, { data + 10, 100000 }, { data + 100010, LARGE - 100010 } };
	EQUAL(OK(rump_sys_writev(pair[1], pieces, 3)), LARGE);
	EQUAL(taken, LARGE);
	HOLDS(signals > 3);
	tell(pair[0], false);

	handle(SIGIO, write_more);
	EQUAL(OK(rump_sys_write(pair[1], data, 200 * 1024)), 200 * 1024);
	tell(pair[1], true);
	for (size_t left = 200 * 1024; left > 0;) {
		ssize_t length = OK(rump_sys_read(pair[0], buffer, left));

		HOLDS(length > 0);
		left -= (size_t)length;
	}
	HOLDS(signals > 0);
	tell(pair[1], false);
	for (int left = signals; left > 0; left--) {
		EQUAL(OK(rump_sys_read(pair[0], buffer, 1)), 1);
		EQUAL(buffer[0], 'x');
	}

	handle(SIGIO, read_all);
	tell(pair[0], true);
	OK(rump_sys_close(pair[1]));
	EQUAL(signals, 1);
	OK(rump_sys_close(pair[0]));
}

int
main(void)
{
	struct rlimit limit = { 100, 1000 };

	boot_in_tmpfs();
	new_process();
	for (size_t i = 0; i < LARGE; i++)
		data[i] = (char)(i / 251 + i);
	OK(rump_sys_pipe2(pair, 0));
	try_pair();
	OK(rump_sys_mkfifo("fifo", 0600));
	pair[0] = OK(rump_sys_open("fifo", RUMP_O_RDONLY | RUMP_O_NONBLOCK));
	pair[1] = OK(rump_sys_open("fifo", RUMP_O_WRONLY));
	try_pair();

	/* The limit on file sizes: the file's own offset is free. */
	handle(SIGXFSZ, use_file);
	file = OK(rump_sys_open("file", RUMP_O_CREAT | RUMP_O_RDWR, 0600));
	EQUAL(OK(rump_sys_write(file, data, 90)), 90);
	OK(rump_sys_setrlimit(N_RLIMIT_FSIZE, &limit));
	FAILS(rump_sys_write(file, data, 11), RUMP_EFBIG);
	EQUAL(signals, 1);
	EQUAL(status_of("file").st_size, 100);

	/* A control block that is done is free. */
	handle(HOST_SIGNAL, use_block);
	process = rump_sys_getpid();
	block = request(file, "y", 1, 0);
	block.event.notify = 1;
	block.event.signal = SIGNAL;
	OK(rump_sys_aio_write((void *)&block));
	for (int i = 0; i < 5000 && signals < 21; i++)
		pause_milliseconds(1);
	EQUAL(signals, 21);
	return 0;
}
