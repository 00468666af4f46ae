//! The locking protocol of vnode_if.src around an operation of a C program: what it asserts, and what an operation unlocks and
//! releases.

use crate::handles::{borrow_vnode, take_vnode};
use crate::table::{Disposition, LockState, VnodeArgument, VnodeOperation};
use core::ffi::c_void;
use rump::errno::Result;

fn is_vnode(argument: &VnodeArgument) -> bool {
    argument.c_type == "struct vnode *"
}

/// In debug builds: that every vnode is locked, or not, as the table says.
///
/// # Panics
/// When one is not: the program breaks the protocol.
pub fn check_before(operation: VnodeOperation, arguments: &[u64]) {
    if !cfg!(debug_assertions) {
        return;
    }
    for (argument, &value) in operation.arguments().iter().zip(arguments) {
        let Some(rule) = argument.lock_rule.filter(|_| is_vnode(argument) && value != 0) else { continue };
        // SAFETY: the program holds the vnodes that it passes.
        let Ok(vnode) = (unsafe { borrow_vnode(value as *mut c_void) }) else { continue };
        let locked = vnode.handle_lock.mode().is_some();
        let right = match rule.before {
            LockState::Locked | LockState::LockedIfPresent => locked,
            LockState::Unlocked => !locked,
            LockState::NotApplicable | LockState::Unchanged => true,
        };
        assert!(right, "RUMP_VOP_{}: {} is locked: {locked}", operation.name(), argument.name);
    }
}

/// Unlocks and releases what the operation took over, whether it succeeded or not.
pub fn settle(operation: VnodeOperation, arguments: &[u64]) {
    for (argument, &value) in operation.arguments().iter().zip(arguments) {
        if !is_vnode(argument) || value == 0 {
            continue;
        }
        // The two directories of a rename may be one, locked once: the first of them is released without unlocking.
        let handle = value as *mut c_void;
        match argument.disposition {
            Disposition::Kept | Disposition::Made => {}
            Disposition::Unlocked => {
                // SAFETY: the program keeps its reference.
                if let Ok(vnode) = unsafe { borrow_vnode(handle) } {
                    vnode.handle_lock.unlock();
                }
            }
            // SAFETY: the table says that the operation takes the program's reference.
            Disposition::Released => drop(unsafe { take_vnode(handle) }),
            Disposition::Put => {
                // SAFETY: as above.
                if let Ok(vnode) = unsafe { take_vnode(handle) } {
                    vnode.handle_lock.unlock();
                }
            }
        }
    }
}

/// The pointer argument with that index; null if there is none.
pub fn pointer<T>(arguments: &[u64], index: usize) -> *mut T {
    arguments.get(index).map_or(core::ptr::null_mut(), |&value| value as *mut T)
}

/// The vnode argument with that index.
///
/// # Errors
/// `EINVAL` for null.
pub fn vnode(arguments: &[u64], index: usize) -> Result<vfs::VnodeRef> {
    // SAFETY: the program holds the vnodes that it passes.
    unsafe { borrow_vnode(pointer(arguments, index)) }
}
