/* needs: fs_ffs fs_tmpfs vfs */
/* formats: rumpfs tmpfs ufs1le ufs1be ufs2le ufs2be */
/* Device nodes: VOP_MKNOD, VOP_OPEN, transfers, VOP_IOCTL, VOP_CLOSE; times follow the data. */
#include "vnode_test.h"

static struct vnode *
node(struct vnode *root, const char *name, int type, dev_t device)
{
	struct componentname *component = name_for(RUMP_NAMEI_CREATE, name);
	struct vattr *attributes = attributes_for(type, 0666);
	struct vnode *made;

	rump_pub_vattr_setrdev(attributes, device);
	EQUAL(RUMP_VOP_LOCK(root, LK_EXCLUSIVE), 0);
	EQUAL(RUMP_VOP_LOOKUP(root, &made, component), JUST_RETURN);
	EQUAL(RUMP_VOP_MKNOD(root, &made, component, attributes), 0);
	EQUAL(RUMP_VOP_UNLOCK(root), 0);
	rump_pub_vattr_free(attributes);
	rump_pub_freecn(component, 0);
	return made;
}

static int
with_lock(struct vnode *vnode, int (*operation)(struct vnode *, int, struct kauth_cred *), int flags)
{
	int error;

	EQUAL(RUMP_VOP_LOCK(vnode, LK_EXCLUSIVE), 0);
	error = operation(vnode, flags, root_credentials);
	EQUAL(RUMP_VOP_ISLOCKED(vnode), LK_EXCLUSIVE);
	EQUAL(RUMP_VOP_UNLOCK(vnode), 0);
	return error;
}

static void
set_times(struct vnode *vnode)
{
	struct vattr *change = rump_pub_vattr_init();

	fields_of(change)->va_atime.tv_sec = fields_of(change)->va_mtime.tv_sec = 1000;
	fields_of(change)->va_atime.tv_nsec = fields_of(change)->va_mtime.tv_nsec = 0;
	EQUAL(change_attributes(vnode, change, root_credentials), 0);
}

static void
test(struct vnode *root)
{
	char buffer[16] = "full";
	dev_t zero = (dev_t)status_of("/dev/zero").st_rdev;
	struct vnode *device = node(root, "zero", VCHR, zero), *none = node(root, "none", VCHR, 0xabc << 8);
	enum rump_vtype type;
	off_t size;
	dev_t number;
	size_t done;
	int data = 0;

	rump_pub_getvninfo(device, &type, &size, &number);
	EQUAL(type, VCHR);
	EQUAL(number, zero);
	EQUAL(attributes_of(device).va_rdev, zero);
	EQUAL(with_lock(device, RUMP_VOP_OPEN, N_FREAD | N_FWRITE), 0);
	set_times(device);
	EQUAL(read_at(device, buffer, sizeof buffer, 0, &done), 0);
	EQUAL(done, sizeof buffer);
	ALL(buffer, 0, sizeof buffer);
	HOLDS(attributes_of(device).va_atime.tv_sec > 1000);
	EQUAL(attributes_of(device).va_mtime.tv_sec, 1000);
	set_times(device);
	EQUAL(write_at(device, buffer, sizeof buffer, 0, &done), 0);
	EQUAL(done, sizeof buffer);
	HOLDS(attributes_of(device).va_mtime.tv_sec > 1000);
	EQUAL(attributes_of(device).va_atime.tv_sec, 1000);
	EQUAL(RUMP_VOP_POLL(device, 0x1 | 0x4), 0x1 | 0x4);
	HOLDS(RUMP_VOP_IOCTL(device, 0x40047499, &data, N_FREAD, root_credentials) != 0);
	EQUAL(with_lock(device, RUMP_VOP_CLOSE, N_FREAD | N_FWRITE), 0);
	EQUAL(with_lock(none, RUMP_VOP_OPEN, N_FREAD), RUMP_ENXIO);
	rump_pub_vp_rele(device);
	rump_pub_vp_rele(none);
}
