/* needs: fs_tmpfs vfs */
/* EVFILT_VNODE on a directory: its entries come and go. */
#include "events.h"

static int queue;

static void
notes_are(uint32_t expected)
{
	EQUAL(one_event(queue).fflags, expected);
	no_event(queue);
}

int
main(void)
{
	int directory;
	uint32_t all = N_NOTE_DELETE | N_NOTE_WRITE | N_NOTE_LINK | N_NOTE_RENAME;

	boot_in_tmpfs();
	queue = OK(rump_sys_kqueue());
	OK(rump_sys_mkdir("d", 0755));
	directory = OK(rump_sys_open("d", RUMP_O_RDONLY));
	OK(change(queue, directory, N_EVFILT_VNODE, N_EV_ADD | N_EV_CLEAR, all, 0));
	make_empty("d/file");
	notes_are(N_NOTE_WRITE);
	make_file("d/file", "more", 4);
	no_event(queue);
	OK(rump_sys_symlink("file", "d/link"));
	notes_are(N_NOTE_WRITE);
	OK(rump_sys_link("d/file", "d/second"));
	notes_are(N_NOTE_WRITE);
	OK(rump_sys_unlink("d/second"));
	notes_are(N_NOTE_WRITE);
	OK(rump_sys_mkdir("d/sub", 0755));
	notes_are(N_NOTE_WRITE | N_NOTE_LINK);
	OK(rump_sys_rmdir("d/sub"));
	notes_are(N_NOTE_WRITE | N_NOTE_LINK);
	OK(rump_sys_rename("d/file", "d/renamed"));
	notes_are(N_NOTE_WRITE);
	OK(rump_sys_rename("d/renamed", "away"));
	notes_are(N_NOTE_WRITE);
	OK(rump_sys_rename("away", "d/back"));
	notes_are(N_NOTE_WRITE);
	OK(rump_sys_rename("d", "e"));
	notes_are(N_NOTE_RENAME);
	OK(rump_sys_unlink("e/back"));
	OK(rump_sys_unlink("e/link"));
	notes_are(N_NOTE_WRITE);
	OK(rump_sys_rmdir("e"));
	notes_are(N_NOTE_DELETE);
	return 0;
}
