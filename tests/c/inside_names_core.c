/* needs: vfs */
/* The functions without "pub" in their names do the same for who is inside the kernel, between rump_schedule and rump_unschedule. */
#include "check.h"

#include <fcntl.h>

int rump_lwproc_rfork(int);
int rump_lwproc_newlwp(pid_t);
void rump_lwproc_switch(struct lwp *);
void rump_lwproc_releaselwp(void);
struct lwp *rump_lwproc_curlwp(void);
struct uio *rump_uio_setup(void *, size_t, off_t, enum rump_uiorw);
size_t rump_uio_getresid(struct uio *);
off_t rump_uio_getoff(struct uio *);
size_t rump_uio_free(struct uio *);
struct kauth_cred *rump_cred_create(uid_t, gid_t, size_t, gid_t *);
void rump_cred_put(struct kauth_cred *);
int rump_etfs_register(const char *, const char *, enum rump_etfs_type);
int rump_etfs_register_withsize(const char *, const char *, enum rump_etfs_type, uint64_t, uint64_t);
int rump_etfs_remove(const char *);

static void
lwps(void)
{
	struct lwp *first, *second;

	rump_schedule();
	EQUAL(rump_lwproc_rfork(RUMP_RFCFDG), 0);
	first = rump_lwproc_curlwp();
	rump_unschedule();
	HOLDS(first != NULL);
	HOLDS(rump_pub_lwproc_curlwp() == first);
	int process = rump_sys_getpid();
	HOLDS(process > 1);

	rump_schedule();
	EQUAL(rump_lwproc_newlwp(process), 0);
	second = rump_lwproc_curlwp();
	HOLDS(second != first);
	EQUAL(rump_lwproc_newlwp(29999), RUMP_ESRCH);
	rump_lwproc_switch(first);
	HOLDS(rump_lwproc_curlwp() == first);
	rump_lwproc_switch(second);
	rump_lwproc_releaselwp();
	rump_unschedule();
	HOLDS(rump_pub_lwproc_curlwp() == NULL);
	EQUAL(rump_sys_getpid(), 1);

	rump_pub_lwproc_switch(first);
	EQUAL(rump_sys_getpid(), process);
	rump_pub_lwproc_releaselwp();
}

static void
transfers(void)
{
	char buffer[100];
	gid_t groups[] = { 3, 4 };

	rump_schedule();
	struct uio *uio = rump_uio_setup(buffer, sizeof buffer, 12, RUMPUIO_READ);
	EQUAL(rump_uio_getresid(uio), sizeof buffer);
	EQUAL(rump_uio_getoff(uio), 12);
	EQUAL(rump_uio_free(uio), sizeof buffer);
	struct kauth_cred *credentials = rump_cred_create(1, 2, 2, groups);
	HOLDS(credentials != NULL);
	rump_cred_put(credentials);
	rump_unschedule();
}

static void
host_files(void)
{
	char byte[4];
	int file = open("host", O_CREAT | O_WRONLY, 0600);

	EQUAL(write(file, "0123456789", 10), 10);
	close(file);
	rump_schedule();
	EQUAL(rump_etfs_register("/whole", "host", RUMP_ETFS_REG), 0);
	EQUAL(rump_etfs_register("/whole", "host", RUMP_ETFS_REG), RUMP_EEXIST);
	EQUAL(rump_etfs_register_withsize("/part", "host", RUMP_ETFS_REG, 4, 2), 0);
	rump_unschedule();
	file = OK(rump_sys_open("/whole", RUMP_O_RDONLY));
	EQUAL(OK(rump_sys_pread(file, byte, 3, 7)), 3);
	SAME(byte, "789", 3);
	OK(rump_sys_close(file));
	file = OK(rump_sys_open("/part", RUMP_O_RDONLY));
	EQUAL(OK(rump_sys_pread(file, byte, 2, 0)), 2);
	SAME(byte, "45", 2);
	OK(rump_sys_close(file));
	rump_schedule();
	EQUAL(rump_etfs_remove("/whole"), 0);
	EQUAL(rump_etfs_remove("/whole"), RUMP_ENOENT);
	EQUAL(rump_etfs_remove("/part"), 0);
	rump_unschedule();
}

int
main(void)
{
	boot();
	lwps();
	transfers();
	host_files();
	return 0;
}
