/* needs: fs_ffs fs_tmpfs vfs */
/* formats: rumpfs tmpfs ufs1le ufs2be */
/* Devices through the vector for special files, whose one function finds the operation by its description. */
#define OPERATION_VECTOR rump_specop_p
#include "vnode_table.h"
#include "vnode_devices.c"
