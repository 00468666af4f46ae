//! What component vfs does for C components of other factions (rump/rump_faction.h): the functions that it puts into the variables
//! of librump, the nodes of tables of devices, and the variable with the root directory.

use crate::handles::vnode_pointer;
use alloc::sync::Arc;
use core::ffi::{CStr, c_char, c_int, c_void};
use core::ptr::null_mut;
use core::sync::atomic::{AtomicPtr, Ordering};
use rump::abi::faction_hooks::{self, FileFunctions};
use rump::abi::{errno_of, in_kernel};
use rump::component::{Component, Stage};
use rump::errno::{Errno, Result};
use rump::host::console;
use rump::kernel::Kernel;
use rump::process::Process;
use rump::sched::Lwp;
use vfs::device_nodes::{self, DeviceName, Nodes, Series, TableEntry};
use vfs::working_directory::WorkingDirectory;
use vfs::{FileSystems, Vnode, VnodeKind};

/// Component vfs with its C edge, as the library registers it.
pub static COMPONENT: Component = Component::new("vfs", Stage::Faction, &[], load, start);

/// Bytes of a page, as C components count them.
const PAGE: usize = 4096;
/// No major number (`NODEVMAJOR`).
const NO_MAJOR: i32 = -1;

fn load() {
    (vfs::COMPONENT.load)();
}

fn start(kernel: &Arc<Kernel>) -> Result<()> {
    (vfs::COMPONENT.start)(kernel)?;
    faction_hooks::install(&FileFunctions {
        make_node,
        make_nodes,
        make_link,
        drain,
        finish,
        start_process,
        end_process,
    });
    FileSystems::of(kernel)?.observe_root(note_root)
}

// SAFETY: no other symbol has the name, and C knows the variable as a pointer.
/// `struct vnode *`: the root directory of all, which the kernel holds; null before there is one and after the end.
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals)] // the C interface names it
pub static rumpns_rootvnode: AtomicPtr<c_void> = AtomicPtr::new(null_mut());

fn note_root(root: Option<&Arc<Vnode>>) {
    rumpns_rootvnode.store(root.map_or(null_mut(), vnode_pointer), Ordering::Release);
}

/// # Safety
/// `text` is null or a string that stays for the call.
unsafe fn bytes<'a>(text: *const c_char) -> Result<&'a [u8]> {
    if text.is_null() {
        return Err(Errno::EFAULT);
    }
    // SAFETY: the caller's promise.
    Ok(unsafe { CStr::from_ptr(text) }.to_bytes())
}

/// The kind of file in a mode's type bits.
fn kind(mode: u64) -> Option<VnodeKind> {
    u32::try_from(mode).ok().and_then(VnodeKind::from_mode)
}

unsafe extern "C" fn make_node(mode: u64, path: *const c_char, major: i32, minor: i32) -> c_int {
    // SAFETY: the caller passes a string.
    let path = unsafe { bytes(path) };
    errno_of(in_kernel(|lwp| device_nodes::make(lwp, path?, DeviceName::new(kind(mode), major, minor)?)))
}

unsafe extern "C" fn make_nodes(
    mode: u64,
    path: *const c_char,
    first: c_char,
    major: i32,
    minor: i32,
    count: c_int,
) -> c_int {
    // SAFETY: the caller passes a string.
    let path = unsafe { bytes(path) };
    let series = Series { kind: kind(mode), major, minor, count };
    errno_of(in_kernel(|lwp| device_nodes::make_series(lwp, path?, first.to_ne_bytes()[0], &series)))
}

unsafe extern "C" fn make_link(target: *const c_char, path: *const c_char) -> c_int {
    // SAFETY: the caller passes strings.
    let (target, path) = unsafe { (bytes(target), bytes(path)) };
    errno_of(in_kernel(|lwp| vfs::make_link_by_name(lwp, target?, path?)))
}

/// Runs what has nobody to give an error to but the console.
fn run(what: &str, operation: impl FnOnce(&Lwp) -> Result<()>) {
    if let Err(error) = in_kernel(operation) {
        console::print(format_args!("rump: {what}: {error}\n"));
    }
}

extern "C" fn drain(pages: c_int) {
    let bytes = usize::try_from(pages).unwrap_or(0).saturating_mul(PAGE);
    run("writing file data to give its memory back", |lwp| {
        FileSystems::of(&lwp.process.kernel)?.release_memory(bytes)
    });
}

extern "C" fn finish() {
    run("unmounting all file systems", |lwp| vfs::unmount_all(&lwp.process.kernel));
}

/// The process at an address, or the calling one for null; `None` when there is no process at that address.
fn process_at(lwp: &Lwp, address: *mut c_void) -> Option<Arc<Process>> {
    if address.is_null() {
        return Some(Arc::clone(&lwp.process));
    }
    lwp.process.kernel.processes.at(address.addr())
}

extern "C" fn start_process(process: *mut c_void) {
    run("directories for a process", |lwp| {
        let Some(process) = process_at(lwp, process) else { return Ok(()) };
        let own = WorkingDirectory::of(&lwp.process)?;
        WorkingDirectory::of(&process)?.take_over(own);
        Ok(())
    });
}

extern "C" fn end_process(process: *mut c_void) {
    run("taking a process out of its directories", |lwp| {
        let Some(process) = process_at(lwp, process) else { return Ok(()) };
        FileSystems::of(&lwp.process.kernel)?.leave_directories(&process)
    });
}

/// `struct devsw_conv`.
#[repr(C)]
pub struct DeviceTableEntry {
    name: *const c_char,
    block_major: i32,
    character_major: i32,
    class: c_int,
    flags: c_int,
    dimensions: [c_int; 2],
}

const _: () = assert!(size_of::<DeviceTableEntry>() == 32);

/// `enum devnode_class`.
mod class {
    pub const SINGLE: i32 = 1;
    pub const VECTOR: i32 = 2;
}

/// Also under the bare name (`DEVNODE_FLAG_LINKZERO`).
const BARE_NAME: c_int = 0x01;
/// The first dimension is the minor number (`DEVNODE_FLAG_ISMINOR0`).
const IS_MINOR: c_int = 0x02;

impl DeviceTableEntry {
    fn nodes(&self) -> Nodes {
        let [first, second] = self.dimensions;
        match self.class {
            class::SINGLE => Nodes::Single(if self.flags & IS_MINOR != 0 { first } else { 0 }),
            class::VECTOR => {
                Nodes::Vector { units: first, letters: second, bare: self.flags & BARE_NAME != 0 }
            }
            _ => Nodes::None,
        }
    }
}

/// Makes the nodes of a table of devices in `/dev`. What is there already stays; what cannot be made is left out.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rump_vfs_builddevs(table: *const DeviceTableEntry, count: usize) {
    if table.is_null() {
        return;
    }
    run("nodes of a table of devices", |lwp| {
        for index in 0..count {
            // SAFETY: the caller passes a table with so many entries, whose names are strings.
            let (entry, name) = unsafe {
                let entry = &*table.add(index);
                (entry, bytes(entry.name))
            };
            let Some(name) = name.ok().and_then(|name| core::str::from_utf8(name).ok()) else { continue };
            let major = |major: i32| (major != NO_MAJOR).then_some(major);
            let (block_major, character_major) = (major(entry.block_major), major(entry.character_major));
            device_nodes::build(
                lwp,
                &TableEntry { name, block_major, character_major, nodes: entry.nodes() },
            );
        }
        Ok(())
    });
}

/// Makes `/dev/null` and `/dev/zero`, wherever they have gone. Errors: `EEXIST` when something else is there.
#[unsafe(no_mangle)]
pub extern "C" fn rump_devnull_init() -> c_int {
    errno_of(in_kernel(device_nodes::make_memory_nodes))
}

/// For an entry point whose faction is not there: the kernel ends as after a mistake of its own (`RUMPUSER_PANIC`), since the
/// caller has asked for what cannot be, and there is no errno to give.
///
/// # Panics
/// Always.
#[unsafe(no_mangle)]
pub extern "C" fn rump_vfs_unavailable() -> ! {
    panic!("a function of the file systems was called that this kernel does not have");
}
