//! `kern.cp_time`: what the virtual CPUs did.

use super::tree::{Leaf, SysctlTree};
use super::value::{Call, Handler};
use super::{Kind, flags, top};
use crate::errno::{Errno, Result};
use crate::sched::{CpuIndex, TICKS_PER_SECOND};
use crate::time::NANOSECONDS;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// User, nice, system, interrupt, idle (`CPUSTATES`).
const STATES: usize = 5;
const SYSTEM: usize = 2;
const IDLE: usize = 4;
const SIZE: usize = STATES * 8;

/// Ticks in each state.
type Ticks = [u64; STATES];

struct ProcessorTime;

pub(super) fn add(tree: &SysctlTree) -> Result<()> {
    let leaf = Leaf {
        number: Some(51),
        name: "cp_time",
        kind: Kind::Structure,
        size: SIZE,
        flags: flags::READ_ONLY,
        description: "Clock ticks that the virtual CPUs were in use and idle, since somebody first asked",
        handler: Arc::new(ProcessorTime),
    };
    tree.add(&[top::KERNEL], leaf).map(drop)
}

impl Handler for ProcessorTime {
    /// The sum of all virtual CPUs; one behind the other where there is room for another size; or of one, by its number.
    /// Errors: `ENOENT` when there is no such one; `EINVAL` for a longer name; what starting the clock says.
    fn get(&self, call: &Call<'_>) -> Result<Vec<u8>> {
        let kernel = &call.lwp.process.kernel;
        kernel.statistics.start(kernel)?;
        let of = |cpu| ticks(call, cpu);
        let count = kernel.cpus.count();
        let rows: Vec<Ticks> = match *call.rest {
            [] if call.room.is_some_and(|room| room != SIZE) => (0..count).filter_map(of).collect(),
            [] => Vec::from([(0..count).filter_map(of).fold(Ticks::default(), sum)]),
            [cpu] => {
                let cpu = usize::try_from(cpu).map_err(|_| Errno::ENOENT)?;
                Vec::from([of(cpu).ok_or(Errno::ENOENT)?])
            }
            _ => return Err(Errno::EINVAL),
        };
        Ok(rows.iter().flatten().flat_map(|ticks| ticks.to_ne_bytes()).collect())
    }

    fn takes_longer_names(&self) -> bool {
        true
    }
}

fn ticks(call: &Call<'_>, cpu: CpuIndex) -> Option<Ticks> {
    const TICK: u64 = (NANOSECONDS / TICKS_PER_SECOND as i64).cast_unsigned();
    let (held, idle) = call.lwp.process.kernel.statistics.times(cpu)?;
    let mut ticks = Ticks::default();
    ticks[SYSTEM] = held / TICK;
    ticks[IDLE] = idle / TICK;
    Some(ticks)
}

fn sum(mut sum: Ticks, part: Ticks) -> Ticks {
    for (sum, part) in sum.iter_mut().zip(part) {
        *sum += part;
    }
    sum
}
