//! What there is of some things, and may be: `kern.posix` for semaphores, `kern.uidinfo` for what the caller's user has.

use super::base::{ANY, Adder};
use super::tree::SysctlTree;
use super::value::{Call, Computed};
use super::{Kind, top};
use crate::errno::{Errno, Result};
use crate::kernel::Kernel;
use alloc::vec::Vec;

const QUAD: (Kind, usize) = (Kind::Quad, 8);
const INT: (Kind, usize) = (Kind::Integer, 4);

pub(super) fn add(tree: &SysctlTree) -> Result<()> {
    let number = tree.add_node(&[top::KERNEL], None, "posix", 0, "POSIX semaphores")?;
    let posix = Adder { tree, parent: &[top::KERNEL, number] };
    let most = Computed { get: |call| int(kernel_of(call).semaphores.most()), set: set_most_semaphores };
    posix.changeable((ANY, "semmax"), INT, most, "Semaphores at most")?;
    posix.computed(
        (ANY, "semcnt"),
        INT,
        |call| int(kernel_of(call).semaphores.count()),
        "Semaphores that there are",
    )?;
    let number = tree.add_node(&[top::KERNEL], None, "uidinfo", 0, "What the caller's user has")?;
    let user = Adder { tree, parent: &[top::KERNEL, number] };
    user.computed((ANY, "proccnt"), QUAD, processes, "Processes of the user")?;
    user.computed((ANY, "lwpcnt"), QUAD, lwps, "Lwps of these processes")
}

/// # Errors
/// `EINVAL` for a negative number.
fn set_most_semaphores(call: &Call<'_>, new: &[u8]) -> Result<()> {
    let most = new.try_into().map(i32::from_ne_bytes).map_err(|_| Errno::EINVAL)?;
    kernel_of(call).semaphores.set_most(usize::try_from(most).map_err(|_| Errno::EINVAL)?);
    Ok(())
}

fn processes(call: &Call<'_>) -> Result<Vec<u8>> {
    let user = call.lwp.process.credentials().effective_user;
    let all = kernel_of(call).processes.all()?;
    let own = all.iter().filter(|process| process.credentials().real_user == user).count();
    Ok((own as u64).to_ne_bytes().into())
}

/// Those that are lent to threads, and the kernel's own, are nobody's.
fn lwps(call: &Call<'_>) -> Result<Vec<u8>> {
    let user = call.lwp.process.credentials().effective_user;
    let mut count = 0u64;
    kernel_of(call).processes.for_lwps(&mut |lwp| {
        let process = &lwp.process;
        count += u64::from(process.id > 0 && process.credentials().real_user == user);
    });
    Ok(count.to_ne_bytes().into())
}

fn kernel_of<'a>(call: &Call<'a>) -> &'a Kernel {
    &call.lwp.process.kernel
}

fn int(value: usize) -> Result<Vec<u8>> {
    Ok(i32::try_from(value).unwrap_or(i32::MAX).to_ne_bytes().to_vec())
}
