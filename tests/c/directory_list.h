/* Reads a whole directory and counts its names. */

#ifndef TESTS_DIRECTORY_LIST_H_
#define TESTS_DIRECTORY_LIST_H_

#include "check.h"

/* Calls each for every entry, with reads of that many bytes; returns how many there were. */
static inline int
for_each_entry(int directory, size_t room, void (*each)(const struct rump_netbsd_dirent *, void *), void *argument)
{
	char buffer[8192];
	int entries = 0;

	HOLDS(room <= sizeof buffer);
	for (;;) {
		int count = (int)OK(rump_sys_getdents(directory, buffer, room));
		HOLDS(count <= (int)room);
		if (count == 0)
			return entries;
		for (int at = 0; at < count;) {
			struct rump_netbsd_dirent *entry = (void *)(buffer + at);
			HOLDS(entry->d_reclen >= 13 + entry->d_namlen + 1);
			EQUAL(entry->d_reclen % 8, 0);
			EQUAL(strlen(entry->d_name), entry->d_namlen);
			HOLDS(at + entry->d_reclen <= count);
			if (each != NULL)
				each(entry, argument);
			at += entry->d_reclen;
			entries++;
		}
	}
}

#endif /* TESTS_DIRECTORY_LIST_H_ */
