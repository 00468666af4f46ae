/* Buffers for VOP_STRATEGY and VOP_BWRITE, and counting those that are told complete. */
#ifndef TESTS_BUFFERS_H_
#define TESTS_BUFFERS_H_

#include "vnode.h"

#include <rump/rump_vnode_data.h>

static int completed;
static struct buf *last_completed;

static inline void
note_completion(struct buf *buffer)
{
	HOLDS(buffer->b_oflags & RUMP_BO_DONE);
	HOLDS(buffer->b_iodone == NULL);
	last_completed = buffer;
	completed++;
}

/* A transfer at that block, physical and logical. */
static inline struct buf
buffer_for(uint32_t flags, void *data, size_t count, int64_t block)
{
	struct buf buffer;

	memset(&buffer, 0, sizeof buffer);
	buffer.b_flags = flags;
	buffer.b_data = data;
	buffer.b_bufsize = buffer.b_bcount = (int32_t)count;
	buffer.b_blkno = buffer.b_lblkno = block;
	buffer.b_error = -1;
	buffer.b_resid = -1;
	buffer.b_cflags = RUMP_BC_BUSY;
	buffer.b_iodone = note_completion;
	return buffer;
}

/* Carries it out; the error, which is in the buffer as well, and of which the buffer's owner has been told once. */
static inline int
carry_out(struct vnode *vnode, struct buf *buffer)
{
	int before = completed, error = RUMP_VOP_STRATEGY(vnode, buffer);

	EQUAL(completed, before + 1);
	HOLDS(last_completed == buffer);
	HOLDS(buffer->b_oflags & RUMP_BO_DONE);
	EQUAL(buffer->b_error, error);
	return error;
}

/* One transfer whose buffer nobody looks at again; the error. */
static inline int
move(struct vnode *vnode, uint32_t flags, void *data, size_t count, int64_t block)
{
	struct buf buffer = buffer_for(flags, data, count, block);

	return carry_out(vnode, &buffer);
}

#endif
