/* needs: fs_tmpfs vfs */
/* getdents(2): every name once, with number and kind; dot and dot-dot among them. */
#include "directory_list.h"

static int seen;

static void
each(const struct rump_netbsd_dirent *entry, void *argument)
{
	static const struct { const char *name; int type; } known[] = {
		{ ".", N_DT_DIR }, { "..", N_DT_DIR }, { "f", N_DT_REG }, { "d", N_DT_DIR },
		{ "l", N_DT_LNK }, { "p", N_DT_FIFO }, { "c", N_DT_CHR },
	};

	(void)argument;
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		if (strcmp(entry->d_name, known[i].name) != 0)
			continue;
		HOLDS((seen & 1 << i) == 0);
		seen |= 1 << i;
		EQUAL(entry->d_type, known[i].type);
		EQUAL(entry->d_ino, status_of(entry->d_name).st_ino);
		return;
	}
	HOLDS(false);
}

int
main(void)
{
	boot_in_tmpfs();
	OK(rump_sys_mkdir("dir", 0777));
	OK(rump_sys_chdir("dir"));
	make_empty("f");
	OK(rump_sys_mkdir("d", 0777));
	OK(rump_sys_symlink("f", "l"));
	OK(rump_sys_mkfifo("p", 0666));
	OK(rump_sys_mknod("c", S_IFCHR | 0666, 2 << 8 | 2));
	int directory = OK(rump_sys_open(".", RUMP_O_RDONLY));
	EQUAL(for_each_entry(directory, 4096, each, NULL), 7);
	EQUAL(seen, 0x7f);
	EQUAL(for_each_entry(directory, 4096, NULL, NULL), 0);
	return 0;
}
