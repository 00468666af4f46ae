/* What the kernel prints on the console, which is the standard output, for tests that expect it to. */

#ifndef TESTS_CONSOLE_H_
#define TESTS_CONSOLE_H_

#include <fcntl.h>

static int console_saved = -1;

/* From here on, the console goes to a file. */
static inline void
console_start(void)
{
	int file = open("console", O_RDWR | O_CREAT | O_TRUNC, 0666);

	HOLDS(file != -1 && console_saved == -1);
	fflush(stdout);
	console_saved = dup(1);
	HOLDS(console_saved != -1 && dup2(file, 1) == 1);
	close(file);
}

/* Ends that; gives what was printed. */
static inline const char *
console_end(void)
{
	static char text[65536];
	FILE *file;

	fflush(stdout);
	HOLDS(dup2(console_saved, 1) == 1);
	close(console_saved);
	console_saved = -1;
	HOLDS((file = fopen("console", "r")) != NULL);
	text[fread(text, 1, sizeof text - 1, file)] = '\0';
	fclose(file);
	return text;
}

#endif /* TESTS_CONSOLE_H_ */
