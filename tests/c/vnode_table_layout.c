/* needs: fs_tmpfs vfs */
/* The tables of vnode operations: operations in the places that their descriptions say; what has no function. */
#include <stddef.h>

#include "check.h"

#include <rump/rumpvnode_if.h>
#include <rump/rump_faction.h>

static void
entries(void)
{
	int count = 0, seen[VNODE_OPS_COUNT] = { 0 };

	for (const struct vnodeopv_entry_desc *entry = rump_vnodeop_entries; entry->opve_op != NULL; entry++, count++) {
		const struct vnodeop_desc *operation = entry->opve_op;

		EQUAL(seen[operation->vdesc_offset]++, 0);
		HOLDS(entry->opve_impl == rump_vnodeop_p[operation->vdesc_offset]);
		HOLDS(count == 0 || strncmp(operation->vdesc_name, "vop_", 4) == 0);
		for (const int *offset = operation->vdesc_vp_offsets; offset != NULL && *offset != VDESC_NO_OFFSET; offset++)
			HOLDS(*offset > 0 && *offset < 256);
	}
	/* As many as in the original: a program may hold a copy of the list. */
	EQUAL(count, 33);
	HOLDS(rump_vnodeop_entries[0].opve_op == &rumpns_vop_default_desc);
	HOLDS(rump_vnodeop_entries[1].opve_op == &rumpns_vop_lookup_desc);
	HOLDS(rump_specop_entries[0].opve_op == &rumpns_vop_default_desc);
	HOLDS(rump_specop_entries[1].opve_op == NULL && rump_specop_entries[1].opve_impl == NULL);
	for (int place = 0; place < VNODE_OPS_COUNT; place++)
		HOLDS(rump_specop_p[place] == rump_specop_entries[0].opve_impl);
}

static void
descriptions(void)
{
	const struct vnodeop_desc *rename = &rumpns_vop_rename_desc;

	HOLDS(rump_opv_descs[0] == &rump_vnodeop_opv_desc && rump_opv_descs[1] == &rump_specop_opv_desc);
	HOLDS(rump_opv_descs[2] == NULL);
	HOLDS(rump_vnodeop_opv_desc.opv_desc_vector_p == &rump_vnodeop_p);
	HOLDS(rump_vnodeop_opv_desc.opv_desc_ops == rump_vnodeop_entries);
	HOLDS(rump_specop_opv_desc.opv_desc_vector_p == &rump_specop_p);
	HOLDS(rump_specop_opv_desc.opv_desc_ops == rump_specop_entries);
	HOLDS(strcmp(rename->vdesc_name, "vop_rename") == 0);
	EQUAL(rename->vdesc_vp_offsets[2], offsetof(struct vop_rename_args, a_tdvp));
	EQUAL(rename->vdesc_componentname_offset, offsetof(struct vop_rename_args, a_fcnp));
	EQUAL(rename->vdesc_cred_offset, VDESC_NO_OFFSET);
	EQUAL(rumpns_vop_lookup_desc.vdesc_vpp_offset, offsetof(struct vop_lookup_v2_args, a_vpp));
	EQUAL(rumpns_vop_read_desc.vdesc_cred_offset, offsetof(struct vop_read_args, a_cred));
	EQUAL(rumpns_vop_read_desc.vdesc_flags, 0);
	EQUAL(rumpns_vop_rmdir_desc.vdesc_flags, VDESC_VP0_WILLPUT | VDESC_VP0_WILLPUT << 1);
}

/* What a component of its own making, or one with a mistake, gets. */
static void
errors(void)
{
	struct vnodeop_desc own = rumpns_vop_islocked_desc;
	struct vop_islocked_args arguments = { &own, rumpns_rootvnode };
	struct vop_strategy_args no_buffer = { &rumpns_vop_strategy_desc, rumpns_rootvnode, NULL };

	EQUAL(rump_specop_p[VOP_READ_DESCOFFSET](&arguments), RUMP_VOP_ISLOCKED(rumpns_rootvnode));
	own.vdesc_offset = 0;
	EQUAL(rump_specop_p[0](&arguments), RUMP_EOPNOTSUPP);
	own.vdesc_offset = VNODE_OPS_COUNT;
	EQUAL(rump_specop_p[0](&arguments), RUMP_EINVAL);
	own.vdesc_offset = -1;
	EQUAL(rump_specop_p[0](&arguments), RUMP_EINVAL);
	arguments.a_desc = NULL;
	EQUAL(rump_specop_p[0](&arguments), RUMP_EINVAL);
	EQUAL(rump_specop_p[0](NULL), RUMP_EINVAL);
	EQUAL(rump_vnodeop_p[0](&arguments), RUMP_EOPNOTSUPP);
	EQUAL(rump_vnodeop_p[VOP_STRATEGY_DESCOFFSET](&no_buffer), RUMP_EFAULT);
	for (int place = 1; place < VNODE_OPS_COUNT; place++)
		EQUAL(rump_vnodeop_p[place](NULL), RUMP_EINVAL);
}

/* A layer of C puts a function of its own into a vector: who calls through it gets there, and the kernel goes on as before. */
static int calls;

static int
counted(void *arguments)
{
	calls++;
	return rump_specop_entries[0].opve_impl(arguments);
}

static void
own_function(void)
{
	struct vop_islocked_args arguments = { &rumpns_vop_islocked_desc, rumpns_rootvnode };

	rump_vnodeop_p[VOP_ISLOCKED_DESCOFFSET] = counted;
	EQUAL(RUMP_VOP_LOCK(rumpns_rootvnode, 2), 0);
	EQUAL(rump_vnodeop_p[VOP_ISLOCKED_DESCOFFSET](&arguments), 2);
	EQUAL(RUMP_VOP_ISLOCKED(rumpns_rootvnode), 2);
	EQUAL(calls, 1);
	EQUAL(RUMP_VOP_UNLOCK(rumpns_rootvnode), 0);
}

int
main(void)
{
	HOLDS(rumpns_rootvnode == NULL);
	entries();
	boot();
	new_process();
	entries();
	descriptions();
	errors();
	own_function();
	return 0;
}
