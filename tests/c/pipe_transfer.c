/* needs: */
/* Eight megabytes through a pipe, in pieces of odd sizes on both sides, arrive in order. */
#include "check.h"

enum { TOTAL = 8 << 20 };

static int pair[2];

static unsigned char
byte_at(size_t position)
{
	return (unsigned char)(position * 2654435761u >> 13);
}

static void *
writer(void *argument)
{
	static unsigned char buffer[100000];
	size_t sent = 0, size = 1;

	(void)argument;
	while (sent < TOTAL) {
		size = size * 7 % 99991 + 1;
		if (size > TOTAL - sent)
			size = TOTAL - sent;
		for (size_t i = 0; i < size; i++)
			buffer[i] = byte_at(sent + i);
		EQUAL(OK(rump_sys_write(pair[1], buffer, size)), size);
		sent += size;
	}
	OK(rump_sys_close(pair[1]));
	return NULL;
}

int
main(void)
{
	static unsigned char buffer[70000];
	size_t got = 0, size = 3;

	boot();
	OK(rump_sys_pipe2(pair, 0));
	pthread_t thread = start_thread(writer, NULL);
	for (;;) {
		size = size * 5 % 69997 + 1;
		size_t count = (size_t)OK(rump_sys_read(pair[0], buffer, size));
		if (count == 0)
			break;
		HOLDS(count <= size);
		for (size_t i = 0; i < count; i++)
			EQUAL(buffer[i], byte_at(got + i));
		got += count;
	}
	EQUAL(got, TOTAL);
	join_thread(thread);
	return 0;
}
