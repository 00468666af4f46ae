/* needs: fs_tmpfs vfs */
/* The functions of librumpvfs without "pub" in their names do the same for who is inside the kernel. */
#include "vnode.h"

struct statvfs;
struct vfsops *rump_vfslist_iterate(struct vfsops *);
struct vfsops *rump_vfs_getopsbyname(const char *);
struct vattr *rump_vattr_init(void);
void rump_vattr_settype(struct vattr *, enum rump_vtype);
void rump_vattr_setmode(struct vattr *, mode_t);
void rump_vattr_setrdev(struct vattr *, dev_t);
void rump_vattr_free(struct vattr *);
void rump_vp_incref(struct vnode *);
int rump_vp_getref(struct vnode *);
void rump_vp_rele(struct vnode *);
void rump_freecn(struct componentname *, int);
struct componentname *rump_makecn(unsigned long, unsigned long, const char *, size_t, struct kauth_cred *, struct lwp *);
int rump_namei(uint32_t, uint32_t, const char *, struct vnode **, struct vnode **, struct componentname **);
void rump_getvninfo(struct vnode *, enum rump_vtype *, off_t *, dev_t *);
int rump_vfs_getmp(const char *, struct mount **);
int rump_vfs_root(struct mount *, struct vnode **, int);
int rump_vfs_sync(struct mount *, int, struct kauth_cred *);
int rump_vfs_statvfs(struct mount *, struct statvfs *);
int rump_vfs_vptofh(struct vnode *, struct fid *, size_t *);
int rump_vfs_fhtovp(struct mount *, struct fid *, struct vnode **);
int rump_vfs_unmount(struct mount *, int);

static void
attributes(void)
{
	struct vattr *vattr = rump_vattr_init();
	struct rump_netbsd_vattr *fields = (struct rump_netbsd_vattr *)vattr;

	rump_vattr_settype(vattr, (enum rump_vtype)VCHR);
	rump_vattr_setmode(vattr, 0640);
	rump_vattr_setrdev(vattr, 0x1234);
	EQUAL(fields->va_type, VCHR);
	EQUAL(fields->va_mode, 0640);
	EQUAL(fields->va_rdev, 0x1234);
	rump_vattr_free(vattr);
}

int
main(void)
{
	struct mount *mount;
	struct vnode *root, *found, *again;
	struct componentname *component;
	enum rump_vtype type;
	off_t size;
	dev_t device;
	uint64_t handle[16];
	size_t length = sizeof handle;
	char statistics[4096];

	boot_in_tmpfs();
	root_credentials = rump_pub_cred_create(0, 0, 0, NULL);
	OK(rump_sys_close(OK(rump_sys_open("/t/file", RUMP_O_CREAT | RUMP_O_RDWR, 0644))));
	EQUAL(OK(rump_sys_truncate("/t/file", 77)), 0);
	EQUAL(rump_pub_lwproc_rfork(RUMP_RFCFDG), 0);

	struct lwp *lwp = rump_pub_lwproc_curlwp();

	rump_schedule();
	attributes();
	HOLDS(rump_vfslist_iterate(NULL) != NULL);
	HOLDS(rump_vfs_getopsbyname("tmpfs") != NULL);
	HOLDS(rump_vfs_getopsbyname("nothing") == NULL);
	EQUAL(rump_vfs_getmp("/t", &mount), 0);
	EQUAL(rump_vfs_root(mount, &root, 0), 0);
	component = rump_makecn(RUMP_NAMEI_LOOKUP, RUMP_NAMEI_ISLASTCN, "file", 4, root_credentials, lwp);
	rump_unschedule();

	/* The vnode operations are for who is outside. */
	EQUAL(RUMP_VOP_LOCK(root, LK_EXCLUSIVE), 0);
	EQUAL(RUMP_VOP_LOOKUP(root, &found, component), 0);
	EQUAL(RUMP_VOP_UNLOCK(root), 0);

	rump_schedule();
	rump_freecn(component, 0);
	rump_getvninfo(found, &type, &size, &device);
	EQUAL(type, VREG);
	EQUAL(size, 77);
	EQUAL(rump_vp_getref(found), 1);
	EQUAL(rump_namei(RUMP_NAMEI_LOOKUP, 0, "/t/file", NULL, &again, NULL), 0);
	HOLDS(again == found);
	EQUAL(rump_vp_getref(found), 2);
	rump_vp_rele(again);
	EQUAL(rump_vfs_vptofh(found, (struct fid *)handle, &length), 0);
	EQUAL(rump_vfs_fhtovp(mount, (struct fid *)handle, &again), 0);
	HOLDS(again == found);
	rump_unschedule();

	EQUAL(RUMP_VOP_UNLOCK(again), 0);
	rump_pub_vp_rele(again);
	rump_pub_vp_incref(found);
	EQUAL(rump_pub_vp_getref(found), 2);

	rump_schedule();
	rump_vp_incref(found);
	EQUAL(rump_vp_getref(found), 3);
	for (int i = 0; i < 3; i++)
		rump_vp_rele(found);
	rump_vp_rele(root);
	EQUAL(rump_vfs_statvfs(mount, (struct statvfs *)statistics), 0);
	EQUAL(rump_vfs_sync(mount, 1, root_credentials), 0);
	EQUAL(rump_namei(RUMP_NAMEI_LOOKUP, 0, "/t/nothing", NULL, &again, NULL), RUMP_ENOENT);
	rump_unschedule();
	return 0;
}
