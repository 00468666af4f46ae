/* Copies of the kernel's libraries, changed where a test says so. */

#ifndef TESTS_COPY_LIBRARY_H_
#define TESTS_COPY_LIBRARY_H_

#include <dlfcn.h>

/* Copies NAME from the folder of the libraries to `to`, with each occurrence of `from_text` changed in the character that follows it. */
static inline void
copy_library(const char *name, const char *to, const char *from_text)
{
	static char bytes[16 << 20];
	char path[4096];
	FILE *file;

	const char *folder = getenv("LD_LIBRARY_PATH");
	HOLDS(folder != NULL);
	snprintf(path, sizeof path, "%s/%s", folder, name);
	HOLDS((file = fopen(path, "r")) != NULL);
	size_t length = fread(bytes, 1, sizeof bytes, file);
	fclose(file);
	HOLDS(length > 0 && length < sizeof bytes);
	int changed = 0;
	if (from_text != NULL) {
		size_t width = strlen(from_text);
		for (size_t i = 0; i + width < length; i++)
			if (memcmp(bytes + i, from_text, width) == 0) {
				bytes[i + width] = bytes[i + width] == '0' ? '1' : '0';
				changed++;
			}
		HOLDS(changed > 0);
	}
	HOLDS((file = fopen(to, "w")) != NULL);
	EQUAL(fwrite(bytes, 1, length, file), length);
	fclose(file);
}

#endif /* TESTS_COPY_LIBRARY_H_ */
