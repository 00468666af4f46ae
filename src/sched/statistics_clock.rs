//! Processor time: a clock that looks 100 times a second who holds the virtual CPUs.
//!
//! It runs from the first time on that anybody asks for processor time: who never asks pays nothing. Time inside the kernel is
//! system time; what a program does between its calls is the host's to measure.

use super::{CpuIndex, Lwp, PeriodicThread};
use crate::errno::Result;
use crate::host::clock;
use crate::kernel::Kernel;
use crate::process::Process;
use crate::sched;
use crate::sync::Deadline;
use crate::time::Timespec;
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Looks per second (`stathz`).
pub const TICKS_PER_SECOND: i32 = 100;

const TICK: Timespec = Timespec::from_milliseconds(1000 / TICKS_PER_SECOND as i64);

/// Nanoseconds that a virtual CPU was held, and was not, since the clock runs.
#[derive(Default)]
struct CpuTime {
    held: AtomicU64,
    idle: AtomicU64,
}

/// The statistics clock of one kernel.
#[doc(alias = "statclock")]
pub struct StatisticsClock {
    runs: AtomicBool,
    thread: PeriodicThread,
    cpus: Box<[CpuTime]>,
}

/// What the clock's thread keeps from tick to tick.
struct Look {
    last: Timespec,
    /// Whether a virtual CPU has been charged for this tick already: it may change hands while the clock looks.
    charged: Box<[bool]>,
    /// Processes that have timers of processor time and were charged; at most one for each virtual CPU.
    due: Vec<Arc<Process>>,
}

impl StatisticsClock {
    /// A clock that does not run, for that many virtual CPUs.
    #[must_use]
    pub fn new(cpus: usize) -> Self {
        Self {
            runs: AtomicBool::new(false),
            thread: PeriodicThread::default(),
            cpus: (0..cpus).map(|_| CpuTime::default()).collect(),
        }
    }

    /// Has the clock run from now on: somebody asks for processor time.
    ///
    /// # Errors
    /// `EAGAIN` when the host has no thread for it; `ENOMEM`; `ENXIO` once the kernel has been shut down.
    pub fn start(&self, kernel: &Arc<Kernel>) -> Result<()> {
        if self.runs.load(Ordering::Acquire) {
            return Ok(());
        }
        let running = Arc::clone(kernel);
        self.thread.start(kernel, "statclock", Box::new(move || running.statistics.run(&running)))?;
        self.runs.store(true, Ordering::Release);
        Ok(())
    }

    /// Whether it runs.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.runs.load(Ordering::Acquire)
    }

    /// How long a virtual CPU was held and idle, in nanoseconds; `None` when there is no such one.
    #[must_use]
    pub fn times(&self, cpu: CpuIndex) -> Option<(u64, u64)> {
        let time = self.cpus.get(cpu)?;
        Some((time.held.load(Ordering::Relaxed), time.idle.load(Ordering::Relaxed)))
    }

    /// Ends the thread.
    pub(crate) fn stop(&self) {
        self.thread.stop();
    }

    fn run(&self, kernel: &Kernel) {
        let count = self.cpus.len();
        let mut look = Look {
            last: clock::monotonic(),
            charged: (0..count).map(|_| false).collect(),
            due: Vec::with_capacity(count),
        };
        // The clock looks without a virtual CPU: it must see them all, and where there is one only, nobody must wait for it.
        while sched::blocking(|| self.tick(kernel, &mut look)) {
            for process in look.due.drain(..) {
                process.timers.processor_time_has_passed();
            }
        }
    }

    /// Charges tick by tick until a timer may be due; `false` when the clock is to end.
    fn tick(&self, kernel: &Kernel, look: &mut Look) -> bool {
        loop {
            if !self.thread.sleep_until(Deadline::at(look.last.saturating_add(TICK))) {
                return false;
            }
            let now = clock::monotonic();
            let elapsed = u64::try_from(now.since(look.last).as_nanoseconds()).unwrap_or(u64::MAX);
            look.last = now;
            self.charge(kernel, elapsed, look);
            if !look.due.is_empty() {
                return true;
            }
        }
    }

    /// Charges `elapsed` nanoseconds to whoever holds a virtual CPU now.
    fn charge(&self, kernel: &Kernel, elapsed: u64, look: &mut Look) {
        let mut any = false;
        for (index, (time, charged)) in self.cpus.iter().zip(&mut look.charged).enumerate() {
            let is_held = kernel.cpus.is_held(index);
            (if is_held { &time.held } else { &time.idle }).fetch_add(elapsed, Ordering::Relaxed);
            // An idle one counts as charged: who takes it from now on is the next tick's.
            *charged = !is_held;
            any |= is_held;
        }
        if any {
            kernel.for_lwps(&mut |lwp| charge_lwp(lwp, elapsed, look));
        }
    }
}

fn charge_lwp(lwp: &Lwp, elapsed: u64, look: &mut Look) {
    let Some(charged) = lwp.cpu().and_then(|cpu| look.charged.get_mut(cpu)) else { return };
    if core::mem::replace(charged, true) {
        return;
    }
    lwp.processor_time.fetch_add(elapsed, Ordering::Relaxed);
    let process = &lwp.process;
    process.usage.processor_time.fetch_add(elapsed, Ordering::Relaxed);
    if process.timers.count_processor_time() {
        look.due.push(Arc::clone(process));
    }
}
