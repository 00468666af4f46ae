/* needs: */
/* Threads that share a queue: a descriptor's knotes go with it, before anybody gets its number again. Who adds a knote to a
 * number used again has a new one, and nobody is told of the former one any more. */
#include "check.h"
#include "events.h"

enum { THREADS = 4, ROUNDS = 400, NUMBERS = 64, LOOKS = 1500 };

static int queue;
/* What each number is open as, by its latest opener: larger for later ones. */
static uint64_t opened_as[NUMBERS];
static uint64_t generation;
static volatile bool is_over;

static int
ask(uint64_t number, int flags, uint64_t generation_of_knote)
{
	Event event = {
		.ident = number,
		.filter = N_EVFILT_READ,
		.flags = (uint32_t)flags,
		.udata = (intptr_t)generation_of_knote,
	};

	return rump_sys_kevent(queue, (struct kevent *)&event, 1, NULL, 0, NULL);
}

static void *
open_and_close(void *argument)
{
	for (int round = 0; round < ROUNDS; round++) {
		uint64_t own;
		int pair[2];

		OK(rump_sys_pipe2(pair, 0));
		HOLDS(pair[0] < NUMBERS);
		own = __atomic_add_fetch(&generation, 1, __ATOMIC_SEQ_CST);
		__atomic_store_n(&opened_as[pair[0]], own, __ATOMIC_SEQ_CST);
		EQUAL(OK(rump_sys_write(pair[1], "x", 1)), 1);
		EQUAL(ask((uint64_t)pair[0], N_EV_ADD, own), 0);
		/* Every other time it is left for the descriptor to take along. */
		if (round % 2 != 0) {
			EQUAL(ask((uint64_t)pair[0], N_EV_DELETE, 0), 0);
			FAILS(ask((uint64_t)pair[0], N_EV_DELETE, 0), RUMP_ENOENT);
		}
		OK(rump_sys_close(pair[0]));
		OK(rump_sys_close(pair[1]));
	}
	return argument;
}

static void *
look(void *argument)
{
	for (int i = 0; i < LOOKS && !is_over; i++) {
		const struct timespec none = { 0, 0 };
		uint64_t before[NUMBERS];
		Event events[NUMBERS];

		for (int number = 0; number < NUMBERS; number++)
			before[number] = __atomic_load_n(&opened_as[number], __ATOMIC_SEQ_CST);
		int count = OK(rump_sys_kevent(queue, NULL, 0, (struct kevent *)events, NUMBERS, &none));
		for (int at = 0; at < count; at++) {
			HOLDS(events[at].ident < NUMBERS);
			HOLDS((uint64_t)events[at].udata >= before[events[at].ident]);
		}
	}
	return argument;
}

int
main(void)
{
	pthread_t threads[THREADS + 1];

	boot();
	queue = OK(rump_sys_kqueue());
	threads[THREADS] = start_thread(look, NULL);
	for (int i = 0; i < THREADS; i++)
		threads[i] = start_thread(open_and_close, NULL);
	for (int i = 0; i < THREADS; i++)
		join_thread(threads[i]);
	is_over = true;
	join_thread(threads[THREADS]);
	return 0;
}
