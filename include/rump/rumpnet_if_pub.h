/*
 * The network interface for applications.
 */

#ifndef _RUMP_RUMPNET_IF_PUB_H_
#define _RUMP_RUMPNET_IF_PUB_H_

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Makes an interface shmifN on the bus that the host file stands for, or on none
 * if it is null, and stores N. Returns 0 or an error number of NetBSD.
 */
int rump_pub_shmif_create(const char *, int *);

#ifdef __cplusplus
}
#endif

#endif /* _RUMP_RUMPNET_IF_PUB_H_ */
