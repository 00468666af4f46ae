//! Virtual CPUs: as many threads run kernel code at once as there are of these.

use crate::host::lock::HostMonitor;
use crate::sched::Lwp;
use crate::time::Timespec;
use alloc::boxed::Box;
use core::ptr;
use core::sync::atomic::{AtomicBool, AtomicPtr, AtomicU64, AtomicUsize, Ordering};

/// Which virtual CPU, from 0.
pub type CpuIndex = usize;

/// Looks for a free virtual CPU before a sleep; the pause between them doubles each time.
const LOOKS: u32 = 7;

/// A sleeper looks again after this time: on no processor known does a store stay unseen for so long.
pub(super) const BACKSTOP: Timespec = Timespec::from_milliseconds(10);

/// Lets some hundred nanoseconds pass, in which what other processors have stored comes to be seen.
fn settle() {
    for _ in 0..16 {
        core::hint::spin_loop();
    }
}

/// A cache line pair of its own, so that two CPUs never share one.
#[repr(align(128))]
struct VirtualCpu {
    held: AtomicBool,
    /// A spare lwp for threads that come without one. Touched by the holder alone.
    spare: AtomicPtr<Lwp>,
}

/// All virtual CPUs of one kernel.
pub struct VirtualCpus {
    cpus: Box<[VirtualCpu]>,
    /// Threads in the slow path of [`acquire`](Self::acquire).
    waiting: AtomicUsize,
    /// A wake is under way that no waiter has seen yet: one at a time is enough.
    waking: AtomicBool,
    /// Threads that had to sleep for one, ever.
    sleeps: AtomicU64,
    monitor: HostMonitor,
}

impl VirtualCpus {
    /// `count` free virtual CPUs, at least one.
    #[must_use]
    pub fn new(count: usize) -> Self {
        let cpu = || VirtualCpu { held: AtomicBool::new(false), spare: AtomicPtr::new(ptr::null_mut()) };
        Self {
            cpus: (0..count.max(1)).map(|_| cpu()).collect(),
            waiting: AtomicUsize::new(0),
            waking: AtomicBool::new(false),
            sleeps: AtomicU64::new(0),
            monitor: HostMonitor::new(),
        }
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.cpus.len()
    }

    /// How often a thread had to sleep for one.
    #[must_use]
    pub fn sleeps(&self) -> u64 {
        self.sleeps.load(Ordering::Relaxed)
    }

    /// Whether a thread holds that one now.
    #[must_use]
    pub fn is_held(&self, index: CpuIndex) -> bool {
        self.cpus.get(index).is_some_and(|cpu| cpu.held.load(Ordering::Relaxed))
    }

    /// Takes a virtual CPU, `preferred` if it is free; sleeps in the host while none is.
    #[inline]
    pub fn acquire(&self, preferred: CpuIndex) -> CpuIndex {
        let preferred = if preferred < self.cpus.len() { preferred } else { 0 };
        if self.try_take(preferred) {
            return preferred;
        }
        self.acquire_slowly()
    }

    #[inline]
    fn try_take(&self, index: CpuIndex) -> bool {
        let held = &self.cpus[index].held;
        held.compare_exchange(false, true, Ordering::SeqCst, Ordering::Relaxed).is_ok()
    }

    fn try_any(&self) -> Option<CpuIndex> {
        let is_free = |index: &usize| !self.cpus[*index].held.load(Ordering::SeqCst);
        (0..self.cpus.len()).filter(is_free).find(|&index| self.try_take(index))
    }

    #[cold]
    fn acquire_slowly(&self) -> CpuIndex {
        if let Some(index) = self.try_any() {
            return index;
        }
        // Most calls are shorter than a sleep in the host.
        for look in 0..LOOKS {
            // Each look takes the cache line from the thread that holds the CPU, so there are few.
            for _ in 0..1u32 << look {
                core::hint::spin_loop();
            }
            if let Some(index) = self.try_any() {
                return index;
            }
        }
        self.waiting.fetch_add(1, Ordering::SeqCst);
        settle();
        let mut guard = self.monitor.lock();
        let index = loop {
            // Cleared before trying: a release after this either is seen by the try or wakes again.
            self.waking.store(false, Ordering::SeqCst);
            if let Some(index) = self.try_any() {
                break index;
            }
            self.sleeps.fetch_add(1, Ordering::Relaxed);
            guard.wait_with_backstop(BACKSTOP);
        };
        drop(guard);
        self.waiting.fetch_sub(1, Ordering::SeqCst);
        // A release may have kept quiet because our wake was under way.
        if self.cpus.iter().any(|cpu| !cpu.held.load(Ordering::SeqCst)) {
            self.wake_waiter();
        }
        index
    }

    /// What threads sleep on that wait for one.
    pub(super) fn monitor(&self) -> &HostMonitor {
        &self.monitor
    }

    /// Gives a virtual CPU back.
    ///
    /// A plain store, half as dear as one that other processors must have seen before the look at `waiting`: who begins to wait
    /// at that very moment waits a little before the last try ([`settle`]), and does not sleep for good.
    #[inline]
    pub fn release(&self, index: CpuIndex) {
        self.cpus[index].held.store(false, Ordering::Release);
        self.wake_waiter();
    }

    #[inline]
    fn wake_waiter(&self) {
        // A wake that no waiter has seen yet is seen before that waiter tries: it will find this release.
        if self.waiting.load(Ordering::SeqCst) != 0 && !self.waking.load(Ordering::SeqCst) {
            self.wake_waiter_slowly();
        }
    }

    #[cold]
    fn wake_waiter_slowly(&self) {
        if !self.waking.swap(true, Ordering::SeqCst) {
            // Locking orders the signal after the waiter's wait.
            drop(self.monitor.lock());
            self.monitor.signal();
        }
    }

    /// Forgets all spare lwps: they are about to go.
    pub(crate) fn drop_spares(&self) {
        for cpu in &self.cpus {
            cpu.spare.store(ptr::null_mut(), Ordering::Relaxed);
        }
    }

    /// Takes the spare lwp of a virtual CPU that the caller holds.
    pub(super) fn take_spare(&self, index: CpuIndex) -> *mut Lwp {
        let spare = self.cpus[index].spare.load(Ordering::Relaxed);
        self.cpus[index].spare.store(ptr::null_mut(), Ordering::Relaxed);
        spare
    }

    /// Leaves a spare lwp with a virtual CPU that the caller holds; gives the former one back.
    pub(super) fn leave_spare(&self, index: CpuIndex, lwp: *mut Lwp) -> *mut Lwp {
        let former = self.cpus[index].spare.load(Ordering::Relaxed);
        self.cpus[index].spare.store(lwp, Ordering::Relaxed);
        former
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::sync::atomic::AtomicUsize;
    use std::sync::Arc;
    use std::vec::Vec;

    #[test]
    fn no_more_threads_inside_than_cpus() {
        let cpus = Arc::new(VirtualCpus::new(2));
        let inside = Arc::new(AtomicUsize::new(0));
        let most = Arc::new(AtomicUsize::new(0));
        let threads: Vec<_> = (0..6)
            .map(|_| {
                let (cpus, inside, most) = (cpus.clone(), inside.clone(), most.clone());
                std::thread::spawn(move || {
                    for _ in 0..20_000 {
                        let cpu = cpus.acquire(0);
                        most.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                        inside.fetch_sub(1, Ordering::SeqCst);
                        cpus.release(cpu);
                    }
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
        assert!(most.load(Ordering::SeqCst) <= 2);
        assert_eq!(cpus.waiting.load(Ordering::SeqCst), 0);
    }
}
