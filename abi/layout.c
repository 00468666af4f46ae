/*
 * Sizes and offsets of the structures that programs share with a rump kernel.
 * Compiling this file is the test: cc -std=c11 -Iinclude -fsyntax-only abi/layout.c
 *
 * The figures are those of NetBSD 7.99.34 on amd64.
 */

#include <stddef.h>
#include <stdint.h>

#include <rump/netbsd_structs.h>
#include <rump/rump.h>
#include <rump/rump_component.h>
#include <rump/rump_core.h>
#include <rump/rump_faction.h>
#include <rump/rump_vnode_data.h>
#include <rump/rumpfs.h>

#define SIZE(name, bytes) \
	_Static_assert(sizeof(struct rump_netbsd_##name) == (bytes), #name)
#define MEMBER(name, member, offset, bytes) \
	_Static_assert(offsetof(struct rump_netbsd_##name, member) == (offset) && \
	    sizeof(((struct rump_netbsd_##name *)NULL)->member) == (bytes), \
	    #name "." #member)

SIZE(timeval, 16);
MEMBER(timeval, tv_sec, 0, 8);
MEMBER(timeval, tv_usec, 8, 4);

SIZE(timespec, 16);
MEMBER(timespec, tv_sec, 0, 8);
MEMBER(timespec, tv_nsec, 8, 8);

SIZE(itimerval, 32);
MEMBER(itimerval, it_interval, 0, 16);
MEMBER(itimerval, it_value, 16, 16);

SIZE(itimerspec, 32);
MEMBER(itimerspec, it_interval, 0, 16);
MEMBER(itimerspec, it_value, 16, 16);

SIZE(stat, 152);
MEMBER(stat, st_dev, 0, 8);
MEMBER(stat, st_mode, 8, 4);
MEMBER(stat, st_ino, 16, 8);
MEMBER(stat, st_nlink, 24, 4);
MEMBER(stat, st_uid, 28, 4);
MEMBER(stat, st_gid, 32, 4);
MEMBER(stat, st_rdev, 40, 8);
MEMBER(stat, st_atim, 48, 16);
MEMBER(stat, st_mtim, 64, 16);
MEMBER(stat, st_ctim, 80, 16);
MEMBER(stat, st_birthtim, 96, 16);
MEMBER(stat, st_size, 112, 8);
MEMBER(stat, st_blocks, 120, 8);
MEMBER(stat, st_blksize, 128, 4);
MEMBER(stat, st_flags, 132, 4);
MEMBER(stat, st_gen, 136, 4);
MEMBER(stat, st_spare, 140, 8);

SIZE(statvfs, 2256);
MEMBER(statvfs, f_flag, 0, 8);
MEMBER(statvfs, f_bsize, 8, 8);
MEMBER(statvfs, f_frsize, 16, 8);
MEMBER(statvfs, f_iosize, 24, 8);
MEMBER(statvfs, f_blocks, 32, 8);
MEMBER(statvfs, f_bfree, 40, 8);
MEMBER(statvfs, f_bavail, 48, 8);
MEMBER(statvfs, f_bresvd, 56, 8);
MEMBER(statvfs, f_files, 64, 8);
MEMBER(statvfs, f_ffree, 72, 8);
MEMBER(statvfs, f_favail, 80, 8);
MEMBER(statvfs, f_fresvd, 88, 8);
MEMBER(statvfs, f_syncreads, 96, 8);
MEMBER(statvfs, f_syncwrites, 104, 8);
MEMBER(statvfs, f_asyncreads, 112, 8);
MEMBER(statvfs, f_asyncwrites, 120, 8);
MEMBER(statvfs, f_fsidx, 128, 8);
MEMBER(statvfs, f_fsid, 136, 8);
MEMBER(statvfs, f_namemax, 144, 8);
MEMBER(statvfs, f_owner, 152, 4);
MEMBER(statvfs, f_spare, 156, 16);
MEMBER(statvfs, f_fstypename, 172, 32);
MEMBER(statvfs, f_mntonname, 204, 1024);
MEMBER(statvfs, f_mntfromname, 1228, 1024);

SIZE(dirent, 528);
MEMBER(dirent, d_ino, 0, 8);
MEMBER(dirent, d_reclen, 8, 2);
MEMBER(dirent, d_namlen, 10, 2);
MEMBER(dirent, d_type, 12, 1);
MEMBER(dirent, d_name, 13, 512);

SIZE(flock, 24);
MEMBER(flock, l_start, 0, 8);
MEMBER(flock, l_len, 8, 8);
MEMBER(flock, l_pid, 16, 4);
MEMBER(flock, l_type, 20, 2);
MEMBER(flock, l_whence, 22, 2);

SIZE(rusage, 144);
MEMBER(rusage, ru_utime, 0, 16);
MEMBER(rusage, ru_stime, 16, 16);
MEMBER(rusage, ru_maxrss, 32, 8);
MEMBER(rusage, ru_ixrss, 40, 8);
MEMBER(rusage, ru_idrss, 48, 8);
MEMBER(rusage, ru_isrss, 56, 8);
MEMBER(rusage, ru_minflt, 64, 8);
MEMBER(rusage, ru_majflt, 72, 8);
MEMBER(rusage, ru_nswap, 80, 8);
MEMBER(rusage, ru_inblock, 88, 8);
MEMBER(rusage, ru_oublock, 96, 8);
MEMBER(rusage, ru_msgsnd, 104, 8);
MEMBER(rusage, ru_msgrcv, 112, 8);
MEMBER(rusage, ru_nsignals, 120, 8);
MEMBER(rusage, ru_nvcsw, 128, 8);
MEMBER(rusage, ru_nivcsw, 136, 8);

SIZE(kevent, 40);
MEMBER(kevent, ident, 0, 8);
MEMBER(kevent, filter, 8, 4);
MEMBER(kevent, flags, 12, 4);
MEMBER(kevent, fflags, 16, 4);
MEMBER(kevent, data, 24, 8);
MEMBER(kevent, udata, 32, 8);

SIZE(fd_set, 32);
MEMBER(fd_set, fds_bits, 0, 32);

SIZE(sockaddr, 16);
MEMBER(sockaddr, sa_len, 0, 1);
MEMBER(sockaddr, sa_family, 1, 1);
MEMBER(sockaddr, sa_data, 2, 14);

SIZE(sockaddr_storage, 128);
MEMBER(sockaddr_storage, ss_len, 0, 1);
MEMBER(sockaddr_storage, ss_family, 1, 1);
MEMBER(sockaddr_storage, ss_pad1, 2, 6);
MEMBER(sockaddr_storage, ss_align, 8, 8);
MEMBER(sockaddr_storage, ss_pad2, 16, 112);

SIZE(sockaddr_un, 106);
MEMBER(sockaddr_un, sun_len, 0, 1);
MEMBER(sockaddr_un, sun_family, 1, 1);
MEMBER(sockaddr_un, sun_path, 2, 104);

SIZE(sockaddr_in, 16);
MEMBER(sockaddr_in, sin_len, 0, 1);
MEMBER(sockaddr_in, sin_family, 1, 1);
MEMBER(sockaddr_in, sin_port, 2, 2);
MEMBER(sockaddr_in, sin_addr, 4, 4);
MEMBER(sockaddr_in, sin_zero, 8, 8);

SIZE(sockaddr_in6, 28);
MEMBER(sockaddr_in6, sin6_len, 0, 1);
MEMBER(sockaddr_in6, sin6_family, 1, 1);
MEMBER(sockaddr_in6, sin6_port, 2, 2);
MEMBER(sockaddr_in6, sin6_flowinfo, 4, 4);
MEMBER(sockaddr_in6, sin6_addr, 8, 16);
MEMBER(sockaddr_in6, sin6_scope_id, 24, 4);

SIZE(msghdr, 48);
MEMBER(msghdr, msg_name, 0, 8);
MEMBER(msghdr, msg_namelen, 8, 4);
MEMBER(msghdr, msg_iov, 16, 8);
MEMBER(msghdr, msg_iovlen, 24, 4);
MEMBER(msghdr, msg_control, 32, 8);
MEMBER(msghdr, msg_controllen, 40, 4);
MEMBER(msghdr, msg_flags, 44, 4);

SIZE(mmsghdr, 56);
MEMBER(mmsghdr, msg_hdr, 0, 48);
MEMBER(mmsghdr, msg_len, 48, 4);

SIZE(cmsghdr, 12);
MEMBER(cmsghdr, cmsg_len, 0, 4);
MEMBER(cmsghdr, cmsg_level, 4, 4);
MEMBER(cmsghdr, cmsg_type, 8, 4);

SIZE(ip_mreq, 8);
MEMBER(ip_mreq, imr_multiaddr, 0, 4);
MEMBER(ip_mreq, imr_interface, 4, 4);

SIZE(ipv6_mreq, 20);
MEMBER(ipv6_mreq, ipv6mr_multiaddr, 0, 16);
MEMBER(ipv6_mreq, ipv6mr_interface, 16, 4);

SIZE(ifaliasreq, 64);
MEMBER(ifaliasreq, ifra_name, 0, 16);
MEMBER(ifaliasreq, ifra_addr, 16, 16);
MEMBER(ifaliasreq, ifra_dstaddr, 32, 16);
MEMBER(ifaliasreq, ifra_mask, 48, 16);

SIZE(in6_addrlifetime, 24);
MEMBER(in6_addrlifetime, ia6t_expire, 0, 8);
MEMBER(in6_addrlifetime, ia6t_preferred, 8, 8);
MEMBER(in6_addrlifetime, ia6t_vltime, 16, 4);
MEMBER(in6_addrlifetime, ia6t_pltime, 20, 4);

SIZE(in6_aliasreq, 128);
MEMBER(in6_aliasreq, ifra_name, 0, 16);
MEMBER(in6_aliasreq, ifra_addr, 16, 28);
MEMBER(in6_aliasreq, ifra_dstaddr, 44, 28);
MEMBER(in6_aliasreq, ifra_prefixmask, 72, 28);
MEMBER(in6_aliasreq, ifra_flags, 100, 4);
MEMBER(in6_aliasreq, ifra_lifetime, 104, 24);

SIZE(uucred, 80);
MEMBER(uucred, cr_unused, 0, 2);
MEMBER(uucred, cr_uid, 4, 4);
MEMBER(uucred, cr_gid, 8, 4);
MEMBER(uucred, cr_ngroups, 12, 2);
MEMBER(uucred, cr_groups, 16, 64);

SIZE(export_args30, 128);
MEMBER(export_args30, ex_flags, 0, 4);
MEMBER(export_args30, ex_root, 4, 4);
MEMBER(export_args30, ex_anon, 8, 80);
MEMBER(export_args30, ex_addr, 88, 8);
MEMBER(export_args30, ex_addrlen, 96, 4);
MEMBER(export_args30, ex_mask, 104, 8);
MEMBER(export_args30, ex_masklen, 112, 4);
MEMBER(export_args30, ex_indexfile, 120, 8);

SIZE(ufs_args, 8);
MEMBER(ufs_args, fspec, 0, 8);

SIZE(mfs_args, 152);
MEMBER(mfs_args, fspec, 0, 8);
MEMBER(mfs_args, unused, 8, 128);
MEMBER(mfs_args, base, 136, 8);
MEMBER(mfs_args, size, 144, 8);

SIZE(tmpfs_args, 40);
MEMBER(tmpfs_args, ta_version, 0, 4);
MEMBER(tmpfs_args, ta_nodes_max, 8, 8);
MEMBER(tmpfs_args, ta_size_max, 16, 8);
MEMBER(tmpfs_args, ta_root_uid, 24, 4);
MEMBER(tmpfs_args, ta_root_gid, 28, 4);
MEMBER(tmpfs_args, ta_root_mode, 32, 4);

SIZE(msdosfs_args, 168);
MEMBER(msdosfs_args, fspec, 0, 8);
MEMBER(msdosfs_args, unused, 8, 128);
MEMBER(msdosfs_args, uid, 136, 4);
MEMBER(msdosfs_args, gid, 140, 4);
MEMBER(msdosfs_args, mask, 144, 4);
MEMBER(msdosfs_args, flags, 148, 4);
MEMBER(msdosfs_args, version, 152, 4);
MEMBER(msdosfs_args, dirmask, 156, 4);
MEMBER(msdosfs_args, gmtoff, 160, 4);

SIZE(iso_args, 144);
MEMBER(iso_args, fspec, 0, 8);
MEMBER(iso_args, unused, 8, 128);
MEMBER(iso_args, flags, 136, 4);

SIZE(nfs_args, 96);
MEMBER(nfs_args, version, 0, 4);
MEMBER(nfs_args, addr, 8, 8);
MEMBER(nfs_args, addrlen, 16, 4);
MEMBER(nfs_args, sotype, 20, 4);
MEMBER(nfs_args, proto, 24, 4);
MEMBER(nfs_args, fh, 32, 8);
MEMBER(nfs_args, fhsize, 40, 4);
MEMBER(nfs_args, flags, 44, 4);
MEMBER(nfs_args, wsize, 48, 4);
MEMBER(nfs_args, rsize, 52, 4);
MEMBER(nfs_args, readdirsize, 56, 4);
MEMBER(nfs_args, timeo, 60, 4);
MEMBER(nfs_args, retrans, 64, 4);
MEMBER(nfs_args, maxgrouplist, 68, 4);
MEMBER(nfs_args, readahead, 72, 4);
MEMBER(nfs_args, leaseterm, 76, 4);
MEMBER(nfs_args, deadthresh, 80, 4);
MEMBER(nfs_args, hostname, 88, 8);

SIZE(ptyfs_args, 16);
MEMBER(ptyfs_args, version, 0, 4);
MEMBER(ptyfs_args, gid, 4, 4);
MEMBER(ptyfs_args, mode, 8, 4);
MEMBER(ptyfs_args, flags, 12, 4);

SIZE(udf_args, 80);
MEMBER(udf_args, version, 0, 4);
MEMBER(udf_args, fspec, 8, 8);
MEMBER(udf_args, sessionnr, 16, 4);
MEMBER(udf_args, udfmflags, 20, 4);
MEMBER(udf_args, gmtoff, 24, 4);
MEMBER(udf_args, anon_uid, 28, 4);
MEMBER(udf_args, anon_gid, 32, 4);
MEMBER(udf_args, nobody_uid, 36, 4);
MEMBER(udf_args, nobody_gid, 40, 4);
MEMBER(udf_args, sector_size, 44, 4);
MEMBER(udf_args, reserved, 48, 32);

SIZE(v7fs_args, 16);
MEMBER(v7fs_args, fspec, 0, 8);
MEMBER(v7fs_args, endian, 8, 4);

SIZE(efs_args, 16);
MEMBER(efs_args, fspec, 0, 8);
MEMBER(efs_args, version, 8, 4);

SIZE(layer_args, 136);
MEMBER(layer_args, target, 0, 8);
MEMBER(layer_args, unused, 8, 128);

SIZE(null_args, 136);
MEMBER(null_args, la, 0, 136);

SIZE(union_args, 16);
MEMBER(union_args, target, 0, 8);
MEMBER(union_args, mntflags, 8, 4);

SIZE(ifreq, 144);
MEMBER(ifreq, name, 0, 16);
MEMBER(ifreq, request, 16, 128);
MEMBER(ifreq, request.flags, 16, 2);
MEMBER(ifreq, request.buffer.bytes, 24, 8);

SIZE(sysctlnode, 96);
MEMBER(sysctlnode, sysctl_flags, 0, 4);
MEMBER(sysctlnode, sysctl_num, 4, 4);
MEMBER(sysctlnode, sysctl_name, 8, 32);
MEMBER(sysctlnode, sysctl_ver, 40, 4);
MEMBER(sysctlnode, sysctl_un, 48, 16);
MEMBER(sysctlnode, sysctl_un.node.clen, 52, 4);
MEMBER(sysctlnode, sysctl_un.node.child, 56, 8);
MEMBER(sysctlnode, sysctl_size, 64, 8);
MEMBER(sysctlnode, sysctl_func, 72, 8);
MEMBER(sysctlnode, sysctl_parent, 80, 8);
MEMBER(sysctlnode, sysctl_desc, 88, 8);

SIZE(sysctldesc, 12);
MEMBER(sysctldesc, descr_num, 0, 4);
MEMBER(sysctldesc, descr_ver, 4, 4);
MEMBER(sysctldesc, descr_len, 8, 4);

SIZE(clockinfo, 20);
MEMBER(clockinfo, tick, 4, 4);
MEMBER(clockinfo, profhz, 16, 4);

/* The structures that have had names of their own from the beginning. */

_Static_assert(sizeof(struct rump_modctl_load) == 32, "rump_modctl_load");
_Static_assert(offsetof(struct rump_modctl_load, ml_filename) == 0, "rump_modctl_load.ml_filename");
_Static_assert(offsetof(struct rump_modctl_load, ml_flags) == 8, "rump_modctl_load.ml_flags");
_Static_assert(offsetof(struct rump_modctl_load, ml_props) == 16, "rump_modctl_load.ml_props");
_Static_assert(offsetof(struct rump_modctl_load, ml_propslen) == 24, "rump_modctl_load.ml_propslen");

_Static_assert(sizeof(struct rump_ufs_args) == 8, "rump_ufs_args");
_Static_assert(offsetof(struct rump_ufs_args, fspec) == 0, "rump_ufs_args.fspec");

_Static_assert(sizeof(struct rump_sysvbfs_args) == 8, "rump_sysvbfs_args");
_Static_assert(offsetof(struct rump_sysvbfs_args, fspec) == 0, "rump_sysvbfs_args.fspec");

_Static_assert(sizeof(struct rump_dirent) == 528, "rump_dirent");
_Static_assert(offsetof(struct rump_dirent, d_fileno) == 0, "rump_dirent.d_fileno");
_Static_assert(offsetof(struct rump_dirent, d_reclen) == 8, "rump_dirent.d_reclen");
_Static_assert(offsetof(struct rump_dirent, d_namlen) == 10, "rump_dirent.d_namlen");
_Static_assert(offsetof(struct rump_dirent, d_type) == 12, "rump_dirent.d_type");
_Static_assert(offsetof(struct rump_dirent, d_name) == 13, "rump_dirent.d_name");

_Static_assert(sizeof(struct rump_boot_etfs) == 56, "rump_boot_etfs");
_Static_assert(offsetof(struct rump_boot_etfs, eb_key) == 0, "rump_boot_etfs.eb_key");
_Static_assert(offsetof(struct rump_boot_etfs, eb_hostpath) == 8, "rump_boot_etfs.eb_hostpath");
_Static_assert(offsetof(struct rump_boot_etfs, eb_type) == 16, "rump_boot_etfs.eb_type");
_Static_assert(offsetof(struct rump_boot_etfs, eb_begin) == 24, "rump_boot_etfs.eb_begin");
_Static_assert(offsetof(struct rump_boot_etfs, eb_size) == 32, "rump_boot_etfs.eb_size");
_Static_assert(offsetof(struct rump_boot_etfs, _eb_next) == 40, "rump_boot_etfs._eb_next");
_Static_assert(offsetof(struct rump_boot_etfs, eb_status) == 48, "rump_boot_etfs.eb_status");

_Static_assert(sizeof(struct rumpfs_extstorage) == 24, "rumpfs_extstorage");
_Static_assert((unsigned int)RUMPFS_FCNTL_EXTSTORAGE_ADD == 0x9018d201, "RUMPFS_FCNTL_EXTSTORAGE_ADD");

/* What the operations on vnodes are given. */

SIZE(vattr, 176);
MEMBER(vattr, va_type, 0, 4);
MEMBER(vattr, va_mode, 4, 4);
MEMBER(vattr, va_nlink, 8, 4);
MEMBER(vattr, va_uid, 12, 4);
MEMBER(vattr, va_gid, 16, 4);
MEMBER(vattr, va_fsid, 24, 8);
MEMBER(vattr, va_fileid, 32, 8);
MEMBER(vattr, va_size, 40, 8);
MEMBER(vattr, va_blocksize, 48, 8);
MEMBER(vattr, va_atime, 56, 16);
MEMBER(vattr, va_mtime, 72, 16);
MEMBER(vattr, va_ctime, 88, 16);
MEMBER(vattr, va_birthtime, 104, 16);
MEMBER(vattr, va_gen, 120, 8);
MEMBER(vattr, va_flags, 128, 8);
MEMBER(vattr, va_rdev, 136, 8);
MEMBER(vattr, va_bytes, 144, 8);
MEMBER(vattr, va_filerev, 152, 8);
MEMBER(vattr, va_vaflags, 160, 4);
MEMBER(vattr, va_spare, 168, 8);

SIZE(componentname, 40);
MEMBER(componentname, cn_nameiop, 0, 4);
MEMBER(componentname, cn_flags, 4, 4);
MEMBER(componentname, cn_cred, 8, 8);
MEMBER(componentname, cn_nameptr, 16, 8);
MEMBER(componentname, cn_namelen, 24, 8);
MEMBER(componentname, cn_consume, 32, 8);

SIZE(fid, 4);
MEMBER(fid, fid_len, 0, 2);
MEMBER(fid, fid_reserved, 2, 2);
_Static_assert(offsetof(struct rump_netbsd_fid, fid_data) == 4, "fid.fid_data");

SIZE(uio, 48);
MEMBER(uio, uio_iov, 0, 8);
MEMBER(uio, uio_iovcnt, 8, 4);
MEMBER(uio, uio_offset, 16, 8);
MEMBER(uio, uio_resid, 24, 8);
MEMBER(uio, uio_rw, 32, 4);
MEMBER(uio, uio_vmspace, 40, 8);

/* What C components and modules are made of. */

_Static_assert(sizeof(struct rump_component) == 32, "rump_component");
_Static_assert(offsetof(struct rump_component, rc_type) == 0, "rump_component.rc_type");
_Static_assert(offsetof(struct rump_component, rc_init) == 8, "rump_component.rc_init");
_Static_assert(offsetof(struct rump_component, rc_entries) == 16, "rump_component.rc_entries");
_Static_assert(RUMP_COMPONENT_VFS == 6 && RUMP_COMPONENT_SYSCALL == 10 && RUMP_COMPONENT_MAX == 14,
    "rump_component_type");

_Static_assert(sizeof(struct modinfo) == 32, "modinfo");
_Static_assert(offsetof(struct modinfo, mi_version) == 0, "modinfo.mi_version");
_Static_assert(offsetof(struct modinfo, mi_class) == 4, "modinfo.mi_class");
_Static_assert(offsetof(struct modinfo, mi_modcmd) == 8, "modinfo.mi_modcmd");
_Static_assert(offsetof(struct modinfo, mi_name) == 16, "modinfo.mi_name");
_Static_assert(offsetof(struct modinfo, mi_required) == 24, "modinfo.mi_required");

_Static_assert(sizeof(struct modstat) == 392, "modstat");
_Static_assert(offsetof(struct modstat, ms_required) == 32, "modstat.ms_required");
_Static_assert(offsetof(struct modstat, ms_addr) == 352, "modstat.ms_addr");
_Static_assert(offsetof(struct modstat, ms_source) == 360, "modstat.ms_source");
_Static_assert(offsetof(struct modstat, ms_class) == 364, "modstat.ms_class");
_Static_assert(offsetof(struct modstat, ms_size) == 368, "modstat.ms_size");
_Static_assert(offsetof(struct modstat, ms_refcnt) == 372, "modstat.ms_refcnt");
_Static_assert(offsetof(struct modstat, ms_flags) == 376, "modstat.ms_flags");

/* What the core offers to C code. */

_Static_assert(sizeof(struct sysent) == 24, "sysent");
_Static_assert(offsetof(struct sysent, sy_argsize) == 2, "sysent.sy_argsize");
_Static_assert(offsetof(struct sysent, sy_flags) == 4, "sysent.sy_flags");
_Static_assert(offsetof(struct sysent, sy_call) == 8, "sysent.sy_call");
_Static_assert(sizeof(struct rump_onesyscall) == 16, "rump_onesyscall");
_Static_assert(offsetof(struct rump_onesyscall, ros_handler) == 8, "rump_onesyscall.ros_handler");
_Static_assert(sizeof(struct rump_sysproxy_ops) == 96, "rump_sysproxy_ops");
_Static_assert(offsetof(struct rump_sysproxy_ops, rspo_fini) == 48, "rump_sysproxy_ops.rspo_fini");

/* What the factions share with C components. */

_Static_assert(sizeof(struct devsw_conv) == 32, "devsw_conv");
_Static_assert(offsetof(struct devsw_conv, d_name) == 0, "devsw_conv.d_name");
_Static_assert(offsetof(struct devsw_conv, d_bmajor) == 8, "devsw_conv.d_bmajor");
_Static_assert(offsetof(struct devsw_conv, d_cmajor) == 12, "devsw_conv.d_cmajor");
_Static_assert(offsetof(struct devsw_conv, d_class) == 16, "devsw_conv.d_class");
_Static_assert(offsetof(struct devsw_conv, d_flags) == 20, "devsw_conv.d_flags");
_Static_assert(offsetof(struct devsw_conv, d_vectdim) == 24, "devsw_conv.d_vectdim");
_Static_assert(DEVNODE_DONTBOTHER == 0 && DEVNODE_SINGLE == 1 && DEVNODE_VECTOR == 2, "devnode_class");

_Static_assert(sizeof(struct vnodeop_desc) == 48, "vnodeop_desc");
_Static_assert(offsetof(struct vnodeop_desc, vdesc_offset) == 0, "vnodeop_desc.vdesc_offset");
_Static_assert(offsetof(struct vnodeop_desc, vdesc_name) == 8, "vnodeop_desc.vdesc_name");
_Static_assert(offsetof(struct vnodeop_desc, vdesc_flags) == 16, "vnodeop_desc.vdesc_flags");
_Static_assert(offsetof(struct vnodeop_desc, vdesc_vp_offsets) == 24, "vnodeop_desc.vdesc_vp_offsets");
_Static_assert(offsetof(struct vnodeop_desc, vdesc_vpp_offset) == 32, "vnodeop_desc.vdesc_vpp_offset");
_Static_assert(offsetof(struct vnodeop_desc, vdesc_cred_offset) == 36, "vnodeop_desc.vdesc_cred_offset");
_Static_assert(offsetof(struct vnodeop_desc, vdesc_componentname_offset) == 40,
    "vnodeop_desc.vdesc_componentname_offset");
_Static_assert(sizeof(struct vnodeopv_entry_desc) == 16, "vnodeopv_entry_desc");
_Static_assert(offsetof(struct vnodeopv_entry_desc, opve_impl) == 8, "vnodeopv_entry_desc.opve_impl");
_Static_assert(sizeof(struct vnodeopv_desc) == 16, "vnodeopv_desc");
_Static_assert(offsetof(struct vnodeopv_desc, opv_desc_ops) == 8, "vnodeopv_desc.opv_desc_ops");

_Static_assert(VOP_BWRITE_DESCOFFSET == 1 && VOP_LOOKUP_DESCOFFSET == 2 && VOP_SETEXTATTR_DESCOFFSET == 49 &&
    VNODE_OPS_COUNT == 50, "offsets of vnode operations");
_Static_assert(sizeof(struct vop_lookup_v2_args) == 32, "vop_lookup_v2_args");
_Static_assert(offsetof(struct vop_lookup_v2_args, a_cnp) == 24, "vop_lookup_v2_args.a_cnp");
_Static_assert(sizeof(struct vop_open_args) == 32, "vop_open_args");
_Static_assert(offsetof(struct vop_open_args, a_cred) == 24, "vop_open_args.a_cred");
_Static_assert(sizeof(struct vop_rename_args) == 56, "vop_rename_args");
_Static_assert(offsetof(struct vop_rename_args, a_tvp) == 40, "vop_rename_args.a_tvp");
_Static_assert(sizeof(struct vop_fsync_args) == 48, "vop_fsync_args");
_Static_assert(offsetof(struct vop_fsync_args, a_offlo) == 32, "vop_fsync_args.a_offlo");
_Static_assert(sizeof(struct vop_getpages_args) == 56, "vop_getpages_args");
_Static_assert(offsetof(struct vop_getpages_args, a_flags) == 52, "vop_getpages_args.a_flags");

/* What the operations on vnodes move. */

#define DATA(name, member, offset, bytes) \
	_Static_assert(offsetof(struct name, member) == (offset) && \
	    sizeof(((struct name *)NULL)->member) == (bytes), #name "." #member)

_Static_assert(sizeof(struct buf) == 288, "buf");
DATA(buf, b_iodone, 24, 8);
DATA(buf, b_error, 32, 4);
DATA(buf, b_resid, 36, 4);
DATA(buf, b_flags, 40, 4);
DATA(buf, b_prio, 44, 4);
DATA(buf, b_bufsize, 48, 4);
DATA(buf, b_bcount, 52, 4);
DATA(buf, b_dev, 56, 8);
DATA(buf, b_data, 64, 8);
DATA(buf, b_blkno, 72, 8);
DATA(buf, b_rawblkno, 80, 8);
DATA(buf, b_proc, 88, 8);
DATA(buf, b_saveaddr, 96, 8);
DATA(buf, b_private, 104, 8);
DATA(buf, b_dcookie, 112, 8);
DATA(buf, b_refcnt, 144, 4);
DATA(buf, b_lblkno, 224, 8);
DATA(buf, b_freelistindex, 232, 4);
DATA(buf, b_cflags, 236, 4);
DATA(buf, b_vp, 240, 8);
DATA(buf, b_oflags, 272, 4);
DATA(buf, b_objlock, 280, 8);

_Static_assert(sizeof(struct filterops) == 32, "filterops");
DATA(filterops, f_isfd, 0, 4);
DATA(filterops, f_attach, 8, 8);
DATA(filterops, f_detach, 16, 8);
DATA(filterops, f_event, 24, 8);

_Static_assert(sizeof(struct knote) == 128, "knote");
DATA(knote, kn_kevent, 40, 40);
DATA(knote, kn_status, 80, 4);
DATA(knote, kn_sfflags, 84, 4);
DATA(knote, kn_sdata, 88, 8);
DATA(knote, kn_obj, 96, 8);
DATA(knote, kn_fop, 104, 8);
DATA(knote, kn_kfilter, 112, 8);
DATA(knote, kn_hook, 120, 8);

_Static_assert(sizeof(struct vm_page) == 120, "vm_page");
DATA(vm_page, uanon, 56, 8);
DATA(vm_page, uobject, 64, 8);
DATA(vm_page, offset, 72, 8);
DATA(vm_page, flags, 80, 2);
DATA(vm_page, loan_count, 82, 2);
DATA(vm_page, wire_count, 84, 2);
DATA(vm_page, pqflags, 86, 2);
DATA(vm_page, phys_addr, 88, 8);
