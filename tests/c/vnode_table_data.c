/* needs: fs_ffs fs_tmpfs vfs */
/* formats: rumpfs tmpfs ufs1le ufs2be */
/* Data and directory entries through the vectors of operations: each function does what its RUMP_VOP_* does. */
#include "vnode_table.h"
#include "vnode_data.c"
