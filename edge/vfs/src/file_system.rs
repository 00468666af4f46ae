//! Mounts and references for C programs: `rump_pub_vfs_*`, `rump_pub_vp_*`, `rump_pub_getvninfo`.

use crate::attributes::kind_number;
use crate::handles::{borrow_vnode, find_mount, give_vnode, mount_pointer, store, take_vnode};
use alloc::boxed::Box;
use alloc::ffi::CString;
use core::ffi::{CStr, c_char, c_int, c_void};
use core::ptr::null;
use rump::abi::{errno_of, in_kernel, kernel};
use rump::errno::{Errno, Result};
use rump::host::console;
use rump::sync::SpinMutex;
use vfs::extended_attributes::{self, AttributeRequest};
use vfs::handle_lock::HandleLockMode;
use vfs::lookup::Resolver;
use vfs::{FileHandle, FileSystems, Mount, Vnode, VnodeKind};

/// `struct vfsops`, of which programs read the name alone.
#[repr(C)]
pub struct VfsOperations {
    name: *const c_char,
}

/// Names that were given out; they stay for ever, as the types do.
struct Given([*const VfsOperations; MOST_TYPES]);
// SAFETY: the pointers are to memory that is never changed or freed.
unsafe impl Send for Given {}
const MOST_TYPES: usize = 64;
/// Bytes in an attribute's name at most.
const LONGEST_ATTRIBUTE: usize = 255;
static GIVEN: SpinMutex<Given> = SpinMutex::new(Given([null(); MOST_TYPES]));

/// The C structure of the type with number `index`.
fn operations(index: usize, name: &str) -> *const VfsOperations {
    let mut given = GIVEN.lock();
    let Some(place) = given.0.get_mut(index) else { return null() };
    if place.is_null()
        && let Ok(name) = CString::new(name)
    {
        *place = Box::into_raw(Box::new(VfsOperations { name: name.into_raw() }));
    }
    *place
}

fn type_names() -> alloc::vec::Vec<&'static str> {
    kernel().and_then(|kernel| FileSystems::of(&kernel).map(FileSystems::type_names).ok()).unwrap_or_default()
}

/// The type after `previous`, or the first one; null after the last.
#[unsafe(no_mangle)]
pub extern "C" fn rump_pub_vfslist_iterate(previous: *const VfsOperations) -> *const VfsOperations {
    let names = type_names();
    let known = |index: usize| operations(index, names[index]);
    let next = if previous.is_null() {
        0
    } else {
        (0..names.len()).find(|&index| known(index) == previous).map_or(names.len(), |index| index + 1)
    };
    if next < names.len() { known(next) } else { null() }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_pub_vfs_getopsbyname(name: *const c_char) -> *const VfsOperations {
    // SAFETY: the caller passes a string.
    let name = unsafe { CStr::from_ptr(name) }.to_bytes();
    let names = type_names();
    let found = names.iter().position(|known| known.as_bytes() == name);
    found.map_or(null(), |index| operations(index, names[index]))
}

/// Runs an operation on the mount behind a C pointer.
fn on_mount(mount: *mut c_void, operation: impl FnOnce(&alloc::sync::Arc<Mount>) -> Result<()>) -> c_int {
    errno_of(in_kernel(|lwp| {
        let state = FileSystems::of(&lwp.process.kernel)?;
        operation(&find_mount(state, mount)?)
    }))
}

/// The mount that a path is on. The pointer is valid while it is mounted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_pub_vfs_getmp(path: *const c_char, mount: *mut *mut c_void) -> c_int {
    if path.is_null() {
        return Errno::EFAULT.number();
    }
    // SAFETY: the caller passes a string.
    let path = unsafe { CStr::from_ptr(path) }.to_bytes();
    errno_of(in_kernel(|lwp| {
        let vnode = Resolver::new(&lwp.process)?.resolve(None, path, true)?;
        // SAFETY: the caller passes a place for the answer.
        unsafe { store(mount, mount_pointer(&vnode.mount)) };
        Ok(())
    }))
}

/// Unmounts the file system and takes it out of the tree.
#[unsafe(no_mangle)]
pub extern "C" fn rump_pub_vfs_unmount(mount: *mut c_void, flags: c_int) -> c_int {
    const FORCE: c_int = 0x80000;
    on_mount(mount, |mount| vfs::unmount(&mount.kernel, mount, flags & FORCE != 0))
}

/// The root vnode, referenced, and locked if `lock` is set.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_pub_vfs_root(
    mount: *mut c_void,
    vnode: *mut *mut c_void,
    lock: c_int,
) -> c_int {
    on_mount(mount, |mount| {
        let root = mount.file_system()?.root()?;
        if lock != 0 {
            root.handle_lock.lock(HandleLockMode::Exclusive, true)?;
        }
        // SAFETY: the caller passes a place for the answer.
        unsafe { store(vnode, give_vnode(root)) };
        Ok(())
    })
}

/// Fills a `struct statvfs`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_pub_vfs_statvfs(mount: *mut c_void, to: *mut u8) -> c_int {
    on_mount(mount, |mount| {
        let bytes = vfs::statvfs::encode(mount)?;
        // SAFETY: the caller passes a whole structure.
        unsafe { core::ptr::copy_nonoverlapping(bytes.as_ptr(), to, bytes.len()) };
        Ok(())
    })
}

#[unsafe(no_mangle)]
pub extern "C" fn rump_pub_vfs_sync(mount: *mut c_void, _wait: c_int, _credentials: *mut c_void) -> c_int {
    on_mount(mount, |mount| mount.file_system()?.sync())
}

/// All writes are complete when a sync returns, so there is nothing to wait for.
#[unsafe(no_mangle)]
pub extern "C" fn rump_pub_vfs_syncwait(_mount: *mut c_void) {}

/// Starts and stops extended attributes. The backing file, if there is one, comes locked and goes unlocked.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_pub_vfs_extattrctl(
    mount: *mut c_void,
    command: c_int,
    vnode: *mut c_void,
    namespace: c_int,
    name: *const c_char,
) -> c_int {
    // SAFETY: the caller passes null or a string.
    let name = (!name.is_null()).then(|| unsafe { CStr::from_ptr(name) }.to_bytes());
    errno_of(in_kernel(|lwp| {
        // SAFETY: the caller holds the vnode, if it passes one.
        let file = if vnode.is_null() { None } else { Some(unsafe { borrow_vnode(vnode) }?) };
        let state = FileSystems::of(&lwp.process.kernel)?;
        let request = AttributeRequest { command, file: file.as_ref(), namespace, name };
        let result = if name.is_some_and(|name| name.len() > LONGEST_ATTRIBUTE) {
            Err(Errno::ENAMETOOLONG)
        } else {
            let who = lwp.process.credentials();
            find_mount(state, mount).and_then(|mount| extended_attributes::control(&mount, &request, &who))
        };
        if let Some(file) = file {
            file.handle_lock.unlock();
        }
        result
    }))
}

/// Prints what is mounted at a path.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_pub_vfs_mount_print(path: *const c_char, _full: c_int) {
    // SAFETY: the caller passes a string.
    let path = unsafe { CStr::from_ptr(path) }.to_bytes();
    // There is nobody to give an error to but the console.
    let _ = in_kernel(|lwp| {
        let vnode = Resolver::new(&lwp.process)?.resolve(None, path, true)?;
        let mount = &vnode.mount;
        console::print(format_args!(
            "mount {}: type {}, flags {:?}\n",
            mount.id,
            mount.type_name,
            mount.flags()
        ));
        Ok(())
    });
}

/// A file handle: `struct fid` with the number and generation.
#[repr(C)]
struct Fid {
    length: u16,
    reserved: u16,
    generation: u32,
    number: u64,
}

/// Writes the handle of a file; `size` is what there is room for, and then what it takes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_pub_vfs_vptofh(
    vnode: *mut c_void,
    fid: *mut c_void,
    size: *mut usize,
) -> c_int {
    errno_of(in_kernel(|_| {
        // SAFETY: the caller holds the vnode.
        let attributes = unsafe { borrow_vnode(vnode) }?.operations().attributes()?;
        // SAFETY: the caller passes a place with the size in it.
        let room = unsafe { core::mem::replace(&mut *size, size_of::<Fid>()) };
        if room < size_of::<Fid>() {
            return Err(Errno::E2BIG);
        }
        let new = Fid {
            length: size_of::<Fid>() as u16,
            reserved: 0,
            generation: attributes.generation,
            number: attributes.number,
        };
        // SAFETY: there is room for it, wherever it is aligned.
        unsafe { fid.cast::<Fid>().write_unaligned(new) };
        Ok(())
    }))
}

/// The file of a handle, referenced and locked.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_pub_vfs_fhtovp(
    mount: *mut c_void,
    fid: *const c_void,
    vnode: *mut *mut c_void,
) -> c_int {
    on_mount(mount, |mount| {
        // SAFETY: the caller passes a handle; its first field says how long it is.
        let length = unsafe { fid.cast::<u16>().read_unaligned() };
        if usize::from(length) != size_of::<Fid>() {
            return Err(Errno::EINVAL);
        }
        // SAFETY: it is as long as that.
        let fid = unsafe { fid.cast::<Fid>().read_unaligned() };
        let handle = FileHandle { number: fid.number, generation: fid.generation };
        let found = mount.file_system()?.vnode_by_handle(handle)?;
        found.handle_lock.lock(HandleLockMode::Exclusive, true)?;
        // SAFETY: the caller passes a place for the answer.
        unsafe { store(vnode, give_vnode(found)) };
        Ok(())
    })
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_pub_getvninfo(
    vnode: *mut c_void,
    kind: *mut c_int,
    size: *mut i64,
    device: *mut u64,
) {
    // There is nobody to give an error to: the places keep what they held.
    let _ = in_kernel(|_| {
        // SAFETY: the caller holds the vnode.
        let vnode = unsafe { borrow_vnode(vnode) }?;
        let attributes = vnode.operations().attributes()?;
        let names_device = matches!(vnode.kind, VnodeKind::Block | VnodeKind::Character);
        // SAFETY: the caller passes places for the answers.
        unsafe {
            store(kind, kind_number(vnode.kind));
            store(size, attributes.size as i64);
            store(device, if names_device { vnode.device } else { 0 });
        }
        Ok(())
    });
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_pub_vp_incref(vnode: *mut c_void) {
    // SAFETY: the caller holds the vnode.
    if let Ok(vnode) = unsafe { borrow_vnode(vnode) } {
        give_vnode(vnode);
    }
}

/// How many references there are, of C and of the kernel.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_pub_vp_getref(vnode: *mut c_void) -> c_int {
    // SAFETY: the caller holds the vnode.
    let vnode = unsafe { vnode.cast_const().cast::<Vnode>().as_ref() };
    vnode.map_or(0, |vnode| c_int::try_from(vnode.uses()).unwrap_or(c_int::MAX))
}

/// Gives a reference up. The last one may free the file, so it happens inside the kernel.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_pub_vp_rele(vnode: *mut c_void) {
    // There is nobody to give an error to; what freeing cannot write, the next sync tells.
    let _ = in_kernel(|_| {
        // SAFETY: the caller gives its reference up.
        drop(unsafe { take_vnode(vnode) }?);
        Ok(())
    });
}

/// The interlock of the original protects fields that programs do not see here.
#[unsafe(no_mangle)]
pub extern "C" fn rump_pub_vp_interlock(_vnode: *mut c_void) {}

/// puffs in the kernel is another component.
#[unsafe(no_mangle)]
pub extern "C" fn rump_pub_syspuffs_glueinit(_descriptor: c_int, _new: *mut c_int) -> c_int {
    Errno::ENODEV.number()
}
