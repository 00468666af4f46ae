/* needs: fs_ffs fs_tmpfs vfs */
/* formats: rumpfs tmpfs ufs1le ufs1be ufs2le ufs2be */
/* VOP_KQFILTER: knotes of a program's own, what they are told of, looking, and letting go. */
#include "vnode.h"

#include <rump/rump_vnode_data.h>

enum { EVERYTHING = 0x7f, FILTER_PROCESS = 4, FILTER_AIO = 2, FILTER_TIMER = 6, FILTER_USER = 8 };

static struct knote
knote_for(uint32_t filter, uint32_t notes)
{
	struct knote knote;

	memset(&knote, 0, sizeof knote);
	knote.kn_kevent.filter = filter;
	knote.kn_sfflags = notes;
	return knote;
}

static void
attach_knote(struct vnode *vnode, struct knote *knote)
{
	EQUAL(RUMP_VOP_KQFILTER(vnode, knote), 0);
	HOLDS(knote->kn_fop != NULL && knote->kn_hook != NULL);
	EQUAL(knote->kn_fop->f_isfd, 1);
	HOLDS(knote->kn_fop->f_attach == NULL);
	EQUAL(knote->kn_status, 0);
}

/* The notes that have come since the last look; they are taken back. */
static uint32_t
notes_of(struct knote *knote)
{
	uint32_t notes = knote->kn_kevent.fflags;

	EQUAL(knote->kn_fop->f_event(knote, 0), notes != 0);
	EQUAL(knote->kn_status, notes != 0 ? RUMP_KN_ACTIVE : 0);
	knote->kn_kevent.fflags = 0;
	knote->kn_status = 0;
	return notes;
}

static void
set_size(struct vnode *file, uint64_t size)
{
	struct vattr *change = rump_pub_vattr_init();

	fields_of(change)->va_size = size;
	EQUAL(change_attributes(file, change, root_credentials), 0);
}

static void
test_notes(struct vnode *root)
{
	struct vnode *file = make(root, "file", VREG), *linked;
	struct knote all = knote_for(RUMP_EVFILT_VNODE, EVERYTHING), some = knote_for(RUMP_EVFILT_VNODE, RUMP_NOTE_EXTEND);
	struct knote none = knote_for(RUMP_EVFILT_VNODE, 0), directory = knote_for(RUMP_EVFILT_VNODE, EVERYTHING);
	struct vattr *change = rump_pub_vattr_init();
	size_t done;

	attach_knote(file, &all);
	attach_knote(file, &some);
	attach_knote(file, &none);
	attach_knote(root, &directory);
	EQUAL(notes_of(&all), 0);
	EQUAL(write_at(file, "text", 4, 0, &done), 0);
	EQUAL(notes_of(&all), RUMP_NOTE_WRITE | RUMP_NOTE_EXTEND);
	EQUAL(notes_of(&some), RUMP_NOTE_EXTEND);
	EQUAL(write_at(file, "TEXT", 4, 0, &done), 0);
	EQUAL(notes_of(&all), RUMP_NOTE_WRITE);
	EQUAL(notes_of(&some), 0);
	rump_pub_vattr_setmode(change, 0600);
	EQUAL(change_attributes(file, change, root_credentials), 0);
	EQUAL(notes_of(&all), RUMP_NOTE_ATTRIB);
	EQUAL(notes_of(&directory), 0);
	EQUAL(try_rename(root, "file", root, "renamed"), 0);
	EQUAL(notes_of(&all), RUMP_NOTE_RENAME);
	HOLDS(notes_of(&directory) & RUMP_NOTE_WRITE);
	/* Notes gather until they are taken back. */
	EQUAL(write_at(file, "more", 4, 4, &done), 0);
	OK(rump_sys_link("renamed", "linked"));
	EQUAL(notes_of(&all), RUMP_NOTE_WRITE | RUMP_NOTE_EXTEND | RUMP_NOTE_LINK);
	EQUAL(notes_of(&none), 0);
	/* A hint is noted as what it tells of. */
	EQUAL(some.kn_fop->f_event(&some, RUMP_NOTE_WRITE), 1);
	EQUAL(notes_of(&some), RUMP_NOTE_EXTEND);
	EQUAL(some.kn_fop->f_event(&some, RUMP_NOTE_WRITE), 0);

	/* Who has let go is told nothing more. */
	some.kn_fop->f_detach(&some);
	HOLDS(some.kn_hook == NULL);
	EQUAL(write_at(file, "more", 4, 8, &done), 0);
	EQUAL(some.kn_status, 0);
	EQUAL(some.kn_kevent.fflags, 0);
	EQUAL(some.kn_fop->f_event(&some, RUMP_NOTE_EXTEND), 0);
	some.kn_fop->f_detach(&some);
	attach_knote(file, &some);
	set_size(file, 1000);
	EQUAL(notes_of(&some), RUMP_NOTE_EXTEND);
	some.kn_fop->f_detach(&some);

	all.kn_kevent.fflags = all.kn_status = 0;
	linked = look_up(root, "linked");
	HOLDS(linked == file);
	rump_pub_vp_rele(linked);
	EQUAL(try_remove(root, "linked", VREG), 0);
	EQUAL(notes_of(&all), RUMP_NOTE_LINK);
	EQUAL(try_remove(root, "renamed", VREG), 0);
	EQUAL(notes_of(&all), RUMP_NOTE_DELETE);
	/* The file goes, and its knotes stay what they are until they let go. */
	EQUAL(all.kn_kevent.flags, 0);
	rump_pub_vp_rele(file);
	HOLDS(all.kn_kevent.flags & RUMP_EV_EOF);
	EQUAL(notes_of(&all), RUMP_NOTE_REVOKE);
	EQUAL(none.kn_status, RUMP_KN_ACTIVE);
	EQUAL(none.kn_kevent.fflags, 0);
	all.kn_fop->f_detach(&all);
	none.kn_fop->f_detach(&none);
	directory.kn_fop->f_detach(&directory);
}

static void
test_reading(struct vnode *root)
{
	struct vnode *file = make(root, "read", VREG);
	struct knote start = knote_for(RUMP_EVFILT_READ, 0), behind = start, write = knote_for(RUMP_EVFILT_WRITE, 0);
	int64_t offset = 10;
	size_t done;

	behind.kn_obj = &offset;
	attach_knote(file, &start);
	attach_knote(file, &behind);
	attach_knote(file, &write);
	EQUAL(start.kn_fop->f_event(&start, 0), 0);
	EQUAL(write.kn_fop->f_event(&write, 0), 1);
	EQUAL(write_at(file, "0123456789abc", 13, 0, &done), 0);
	EQUAL(start.kn_status, RUMP_KN_ACTIVE);
	EQUAL(start.kn_fop->f_event(&start, 0), 1);
	EQUAL(start.kn_kevent.data, 13);
	EQUAL(behind.kn_fop->f_event(&behind, 0), 1);
	EQUAL(behind.kn_kevent.data, 3);
	offset = 13;
	EQUAL(behind.kn_fop->f_event(&behind, 0), 0);
	EQUAL(behind.kn_kevent.data, 0);
	set_size(file, 5);
	EQUAL(behind.kn_fop->f_event(&behind, 0), 1);
	EQUAL(behind.kn_kevent.data, -8);
	EQUAL(try_remove(root, "read", VREG), 0);
	EQUAL(start.kn_kevent.flags, 0);
	rump_pub_vp_rele(file);
	HOLDS(start.kn_kevent.flags == (RUMP_EV_EOF | RUMP_EV_ONESHOT));
	EQUAL(start.kn_fop->f_event(&start, 0), 1);
	EQUAL(write.kn_fop->f_event(&write, 0), 1);
	start.kn_fop->f_detach(&start);
	behind.kn_fop->f_detach(&behind);
	write.kn_fop->f_detach(&write);
}

static int
open_or_close(struct vnode *vnode, int (*operation)(struct vnode *, int, struct kauth_cred *), int flags)
{
	int error;

	EQUAL(RUMP_VOP_LOCK(vnode, LK_EXCLUSIVE), 0);
	error = operation(vnode, flags, root_credentials);
	EQUAL(RUMP_VOP_UNLOCK(vnode), 0);
	return error;
}

static void
test_fifo(struct vnode *root)
{
	struct vnode *fifo = make(root, "fifo", VFIFO);
	struct knote reader = knote_for(RUMP_EVFILT_READ, 0), writer = knote_for(RUMP_EVFILT_WRITE, 0);
	char buffer[8];
	size_t done;

	EQUAL(RUMP_VOP_KQFILTER(fifo, &reader), RUMP_ENXIO);
	EQUAL(open_or_close(fifo, RUMP_VOP_OPEN, N_FREAD | RUMP_O_NONBLOCK), 0);
	EQUAL(open_or_close(fifo, RUMP_VOP_OPEN, N_FWRITE | RUMP_O_NONBLOCK), 0);
	attach_knote(fifo, &reader);
	attach_knote(fifo, &writer);
	EQUAL(reader.kn_fop->f_event(&reader, 0), 0);
	EQUAL(writer.kn_fop->f_event(&writer, 0), 1);
	HOLDS(writer.kn_kevent.data > 0);
	EQUAL(write_at(fifo, "hello", 5, 0, &done), 0);
	EQUAL(reader.kn_status, RUMP_KN_ACTIVE);
	EQUAL(reader.kn_fop->f_event(&reader, 0), 1);
	EQUAL(reader.kn_kevent.data, 5);
	EQUAL(read_at(fifo, buffer, sizeof buffer, 0, &done), 0);
	EQUAL(reader.kn_fop->f_event(&reader, 0), 0);
	EQUAL(open_or_close(fifo, RUMP_VOP_CLOSE, N_FWRITE), 0);
	EQUAL(reader.kn_fop->f_event(&reader, 0), 1);
	HOLDS(reader.kn_kevent.flags & RUMP_EV_EOF);
	EQUAL(open_or_close(fifo, RUMP_VOP_CLOSE, N_FREAD), 0);
	EQUAL(reader.kn_fop->f_event(&reader, 0), 1);
	reader.kn_fop->f_detach(&reader);
	writer.kn_fop->f_detach(&writer);
	rump_pub_vp_rele(fifo);
}

static void
test_refused(struct vnode *root)
{
	static const uint32_t filters[] = { FILTER_AIO, FILTER_PROCESS, FILTER_TIMER, FILTER_USER, UINT32_MAX };
	struct vnode *file = make(root, "refused", VREG), *device;
	struct knote knote;
	int error;

	for (size_t i = 0; i < sizeof filters / sizeof *filters; i++) {
		knote = knote_for(filters[i], EVERYTHING);
		EQUAL(RUMP_VOP_KQFILTER(file, &knote), RUMP_EINVAL);
		HOLDS(knote.kn_fop == NULL && knote.kn_hook == NULL);
	}
	EQUAL(RUMP_VOP_KQFILTER(file, NULL), RUMP_EFAULT);
	error = try_make(root, "block", VBLK, &device);
	EQUAL(error, 0);
	knote = knote_for(RUMP_EVFILT_READ, 0);
	EQUAL(RUMP_VOP_KQFILTER(device, &knote), RUMP_EOPNOTSUPP);
	rump_pub_vp_rele(device);
	rump_pub_vp_rele(file);
}

/* Knotes keep no mount: by their file's end they are told of the mount's. */
int
main(int count, char **arguments)
{
	struct knote left = knote_for(RUMP_EVFILT_VNODE, EVERYTHING), reader = knote_for(RUMP_EVFILT_READ, 0);
	struct vnode *root, *file;

	mount_file_system(count, arguments, "");
	root = root_of(mounted_at);
	test_notes(root);
	test_reading(root);
	test_fifo(root);
	test_refused(root);
	file = make(root, "left", VREG);
	attach_knote(file, &left);
	attach_knote(file, &reader);
	rump_pub_vp_rele(file);
	rump_pub_vp_rele(root);
	EQUAL(left.kn_kevent.flags, 0);
	unmount_file_system();
	if (strcmp(mounted_at, "/") != 0) {
		HOLDS(left.kn_kevent.flags & RUMP_EV_EOF);
		EQUAL(notes_of(&left), RUMP_NOTE_REVOKE);
		EQUAL(reader.kn_status, RUMP_KN_ACTIVE);
		EQUAL(reader.kn_fop->f_event(&reader, 0), 1);
	}
	left.kn_fop->f_detach(&left);
	reader.kn_fop->f_detach(&reader);
	return 0;
}
