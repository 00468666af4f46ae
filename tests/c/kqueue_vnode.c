/* needs: fs_tmpfs vfs */
/* EVFILT_VNODE on a file: each kind of note, those asked for only, gathered until they are reported. */
#include "events.h"

static int queue;

static void
notes_are(uint32_t expected)
{
	Event event = one_event(queue);

	EQUAL(event.filter, N_EVFILT_VNODE);
	EQUAL(event.fflags, expected);
	no_event(queue);
}

int
main(void)
{
	int file;
	uint32_t all = N_NOTE_DELETE | N_NOTE_WRITE | N_NOTE_EXTEND | N_NOTE_ATTRIB | N_NOTE_LINK | N_NOTE_RENAME;

	boot_in_tmpfs();
	queue = OK(rump_sys_kqueue());
	make_file("file", "abcd", 4);
	file = OK(rump_sys_open("file", RUMP_O_RDWR));
	OK(change(queue, file, N_EVFILT_VNODE, N_EV_ADD | N_EV_CLEAR, all, 0));
	no_event(queue);
	EQUAL(OK(rump_sys_pwrite(file, "x", 1, 0)), 1);
	notes_are(N_NOTE_WRITE);
	EQUAL(OK(rump_sys_pwrite(file, "x", 1, 10)), 1);
	notes_are(N_NOTE_WRITE | N_NOTE_EXTEND);
	OK(rump_sys_chmod("file", 0600));
	notes_are(N_NOTE_ATTRIB);
	OK(rump_sys_link("file", "other"));
	notes_are(N_NOTE_LINK);
	OK(rump_sys_rename("other", "third"));
	notes_are(N_NOTE_RENAME);
	OK(rump_sys_unlink("third"));
	notes_are(N_NOTE_LINK);
	OK(rump_sys_chmod("file", 0644));
	OK(rump_sys_link("file", "other"));
	notes_are(N_NOTE_ATTRIB | N_NOTE_LINK);
	OK(rump_sys_unlink("other"));
	notes_are(N_NOTE_LINK);

	/* Reading and looking are no changes. */
	char byte;
	EQUAL(OK(rump_sys_pread(file, &byte, 1, 0)), 1);
	status_of("file");
	no_event(queue);

	OK(rump_sys_unlink("file"));
	notes_are(N_NOTE_DELETE);

	/* What was not asked for is not told. */
	make_empty("file");
	int second = OK(rump_sys_open("file", RUMP_O_RDWR));
	OK(change(queue, second, N_EVFILT_VNODE, N_EV_ADD, N_NOTE_DELETE, 0));
	EQUAL(OK(rump_sys_write(second, "x", 1)), 1);
	OK(rump_sys_chmod("file", 0600));
	no_event(queue);
	make_empty("replacement");
	OK(rump_sys_rename("replacement", "file"));
	EQUAL(one_event(queue).fflags, N_NOTE_DELETE);
	/* Level-triggered: told again and again. */
	EQUAL(one_event(queue).fflags, N_NOTE_DELETE);
	return 0;
}
