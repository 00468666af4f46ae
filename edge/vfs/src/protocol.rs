//! The locking protocol of vnode_if.src around an operation of a C program: what it asserts, and what an operation unlocks and
//! releases.

use crate::handles::{borrow_vnode, take_vnode};
use crate::table::{Disposition, LockRule, LockState, VnodeArgument, VnodeOperation};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::ffi::c_void;
use rump::errno::Result;
use vfs::Vnode;

fn is_vnode(argument: &VnodeArgument) -> bool {
    argument.c_type == "struct vnode *"
}

fn is_place(argument: &VnodeArgument) -> bool {
    argument.c_type == "struct vnode **"
}

/// A vnode argument with a rule, held so that it can be looked at after the operation has released it; no use of it is counted.
pub struct Held {
    vnode: Arc<Vnode>,
    rule: LockRule,
    name: &'static str,
    /// Another argument is the same vnode, and its rule is stricter: the two directories of a rename may be one.
    is_elsewhere: bool,
}

/// In debug builds: that every vnode is locked, or not, as the table says. A vnode that must not be locked may be by others, so
/// that this asks whether the calling lwp holds the lock; threads without one cannot be told apart.
///
/// # Panics
/// When one is not: the program breaks the protocol.
pub fn check_before(operation: VnodeOperation, arguments: &[u64]) -> Vec<Held> {
    let mut held = Vec::new();
    if !cfg!(debug_assertions) {
        return held;
    }
    for (argument, &value) in operation.arguments().iter().zip(arguments) {
        let Some(rule) = argument.lock_rule.filter(|_| is_vnode(argument) && value != 0) else { continue };
        // SAFETY: the program holds the vnodes that it passes.
        let Ok(vnode) = (unsafe { borrow_vnode(value as *mut c_void) }) else { continue };
        let vnode = Arc::clone(vnode.vnode());
        let same = arguments.iter().filter(|&&other| other == value).count();
        held.push(Held { vnode, rule, name: argument.name, is_elsewhere: same > 1 });
    }
    for one in &held {
        check(operation, one, one.rule.before, "before");
    }
    held
}

/// In debug builds: as [`check_before`], for what the operation leaves behind.
///
/// # Panics
/// When it is not what the table says: a mistake of this library.
pub fn check_after(operation: VnodeOperation, arguments: &[u64], held: Vec<Held>, is_success: bool) {
    if !cfg!(debug_assertions) {
        return;
    }
    for one in &held {
        let state = if is_success { one.rule.after_success } else { one.rule.after_error };
        check(operation, one, state, "after");
    }
    for (argument, &value) in operation.arguments().iter().zip(arguments) {
        if !is_place(argument) || value == 0 || !is_success {
            continue;
        }
        // SAFETY: the program passed a place for a vnode, and the operation has filled it.
        let made = unsafe { (value as *mut *mut c_void).read() };
        // SAFETY: the program holds what it has been given.
        let Ok(vnode) = (unsafe { borrow_vnode(made) }) else { continue };
        let is_parent = held.iter().any(|one| Arc::ptr_eq(&one.vnode, vnode.vnode()));
        assert!(
            is_parent || !vnode.handle_lock.is_held_by_caller(),
            "RUMP_VOP_{}: {} is given locked",
            operation.name(),
            argument.name
        );
    }
}

fn check(operation: VnodeOperation, held: &Held, state: LockState, when: &str) {
    let lock = &held.vnode.handle_lock;
    let right = match state {
        LockState::Locked | LockState::LockedIfPresent => lock.mode().is_some(),
        LockState::Unlocked => held.is_elsewhere || !lock.is_held_by_caller(),
        LockState::NotApplicable | LockState::Unchanged => true,
    };
    assert!(right, "RUMP_VOP_{}: {when}, {} should be {state:?}", operation.name(), held.name);
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
