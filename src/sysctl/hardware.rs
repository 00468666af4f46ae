//! `hw`: processors and memory.

use super::base::Adder;
use super::tree::SysctlTree;
use super::value::Call;
use super::{Kind, top};
use crate::arch;
use crate::errno::Result;
use crate::memory;
use alloc::vec::Vec;

const PAGE: i32 = 4096;

pub(super) fn add(tree: &SysctlTree) -> Result<()> {
    let hardware = Adder { tree, parent: &[top::HARDWARE] };
    hardware.text(1, "machine", arch::MACHINE, "Kind of machine")?;
    hardware.text(2, "model", "rump-rs (virtual)", "What the machine is called")?;
    hardware.computed((3, "ncpu"), (Kind::Integer, 4), processors, "Virtual CPUs")?;
    let byte_order = if cfg!(target_endian = "little") { 1234 } else { 4321 };
    hardware.constant(4, "byteorder", byte_order, "Order of the bytes of a number")?;
    hardware.constant(7, "pagesize", PAGE, "Bytes of a page")?;
    hardware.text(10, "machine_arch", arch::MACHINE_ARCHITECTURE, "Kind of processor")?;
    hardware.constant(11, "alignbytes", 7, "Mask of the strictest alignment")?;
    hardware.computed((16, "ncpuonline"), (Kind::Integer, 4), processors, "Virtual CPUs that run")?;
    let (_, limit) = memory::usage();
    if limit != usize::MAX {
        add_memory(&hardware, limit)?;
    }
    Ok(())
}

/// Memory, where there is a limit on it (`RUMP_MEMLIMIT`): how much the host has is not known.
fn add_memory(hardware: &Adder<'_>, limit: usize) -> Result<()> {
    const QUAD: (Kind, usize) = (Kind::Quad, 8);
    let saturated = u32::try_from(limit).unwrap_or(u32::MAX).cast_signed();
    hardware.constant(5, "physmem", saturated, "Bytes of memory, as far as the number goes")?;
    hardware.computed(
        (13, "physmem64"),
        QUAD,
        |_| Ok(memory::usage().1.to_ne_bytes().into()),
        "Bytes of memory",
    )?;
    let free = |_: &Call<'_>| {
        let (used, limit) = memory::usage();
        Ok(limit.saturating_sub(used).to_ne_bytes().into())
    };
    hardware.computed((14, "usermem64"), QUAD, free, "Bytes of memory that the kernel does not use")
}

fn processors(call: &Call<'_>) -> Result<Vec<u8>> {
    let count = call.lwp.process.kernel.cpus.count();
    Ok(i32::try_from(count).unwrap_or(i32::MAX).to_ne_bytes().to_vec())
}
