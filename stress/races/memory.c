/*
 * What rustc's thread sanitizer calls and gcc's runtime library does not have: its own memcpy and the like see the ranges.
 */
#include <string.h>

void *__tsan_memcpy(void *, const void *, size_t);
void *__tsan_memmove(void *, const void *, size_t);
void *__tsan_memset(void *, int, size_t);

void *
__tsan_memcpy(void *to, const void *from, size_t length)
{
	return memcpy(to, from, length);
}

void *
__tsan_memmove(void *to, const void *from, size_t length)
{
	return memmove(to, from, length);
}

void *
__tsan_memset(void *to, int byte, size_t length)
{
	return memset(to, byte, length);
}
