/* For tests that are one function, test(), which is run on the file system that the program's argument names. */
#ifndef TESTS_VNODE_TEST_H_
#define TESTS_VNODE_TEST_H_

#include "vnode.h"

static void test(struct vnode *root);

int
main(int count, char **arguments)
{
	on_file_system(count, arguments, test);
	return 0;
}

#endif
