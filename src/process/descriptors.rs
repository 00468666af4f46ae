//! A process's descriptors (filedesc).

use crate::errno::{Errno, Result};
use crate::file::OpenFile;
use crate::kqueue::Queue;
use crate::memory;
use crate::process::Process;
use crate::sync::{Mutex, RwLock};
use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;
use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// What a number stands for.
#[derive(Clone)]
pub struct Descriptor {
    pub file: Arc<OpenFile>,
    pub close_on_exec: bool,
}

#[derive(Default)]
struct Entries {
    slots: Vec<Option<Descriptor>>,
    /// No slot below this one is free.
    first_free: usize,
}

/// Descriptors by number. Processes that were forked to share have one between them.
#[derive(Default)]
pub struct DescriptorTable {
    entries: RwLock<Entries>,
    /// Processes that have joined the first one.
    sharers: AtomicUsize,
    /// Event queues, whose knotes on a number go when it is closed.
    queues: Mutex<Vec<Weak<Queue>>>,
    has_queues: AtomicBool,
}

impl DescriptorTable {
    /// An empty table.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            entries: RwLock::new(Entries { slots: Vec::new(), first_free: 0 }),
            sharers: AtomicUsize::new(0),
            queues: Mutex::new(Vec::new()),
            has_queues: AtomicBool::new(false),
        }
    }

    /// A table of its own with the same open files, but for those that are not inherited.
    ///
    /// # Errors
    /// `ENOMEM`.
    pub(super) fn duplicate(&self) -> Result<Self> {
        let entries = self.entries.read();
        let mut slots = memory::vector(entries.slots.len())?;
        slots.extend_from_slice(&entries.slots);
        let mut copy = Entries { slots, first_free: entries.first_free };
        for (number, slot) in copy.slots.iter_mut().enumerate() {
            if slot.as_ref().is_some_and(|descriptor| !descriptor.file.object().is_inherited()) {
                *slot = None;
                copy.first_free = copy.first_free.min(number);
            }
        }
        Ok(Self { entries: RwLock::new(copy), ..Self::default() })
    }

    /// A queue that watches these descriptors.
    pub(crate) fn add_queue(&self, queue: &Arc<Queue>) {
        let mut queues = self.queues.lock();
        queues.retain(|known| known.strong_count() > 0);
        queues.push(Arc::downgrade(queue));
        self.has_queues.store(true, Ordering::Relaxed);
    }

    /// Drops the knotes on a number that stands for something no more; with the table locked, so that nobody gets the number
    /// before. Gives the queues back, which may go when that lock is gone.
    fn forget_knotes(&self, number: usize) -> Vec<Arc<Queue>> {
        // The table's lock orders this load: a knote's maker looks after entering it whether the number is still there.
        if !self.has_queues.load(Ordering::Relaxed) {
            return Vec::new();
        }
        let queues: Vec<_> = self.queues.lock().iter().filter_map(Weak::upgrade).collect();
        for queue in &queues {
            queue.forget_descriptor(number);
        }
        queues
    }

    /// One more process has this table.
    pub(super) fn join(&self) {
        self.sharers.fetch_add(1, Ordering::Relaxed);
    }

    /// A process ends. Says whether it was the last one with this table.
    pub(super) fn leave(&self) -> bool {
        let one_less = |sharers: usize| sharers.checked_sub(1);
        self.sharers.fetch_update(Ordering::AcqRel, Ordering::Acquire, one_less).is_err()
    }

    /// The first open file from number `from` on, and its number.
    fn next_file(&self, from: usize) -> Option<(usize, Arc<OpenFile>)> {
        self.next(from).map(|(number, descriptor)| (number, descriptor.file))
    }

    /// The first number in use from `from` on, and what it stands for.
    #[must_use]
    pub fn next(&self, from: usize) -> Option<(usize, Descriptor)> {
        let entries = self.entries.read();
        let mut rest = entries.slots.iter().enumerate().skip(from);
        rest.find_map(|(number, slot)| Some((number, slot.clone()?)))
    }

    /// Runs `each`, which may block, on all open files, on those with several numbers as often.
    pub(super) fn for_each_file(&self, each: &mut dyn FnMut(&OpenFile)) {
        let mut from = 0;
        while let Some((number, file)) = self.next_file(from) {
            each(&file);
            from = number + 1;
        }
    }

    /// The open file behind a number.
    ///
    /// # Errors
    /// `EBADF` when there is none.
    #[inline]
    pub fn get(&self, number: i32) -> Result<Arc<OpenFile>> {
        let entries = self.entries.read();
        let slot = entries.slots.get(number as usize).and_then(Option::as_ref);
        slot.map(|descriptor| Arc::clone(&descriptor.file)).ok_or(Errno::EBADF)
    }

    /// The open files behind several numbers, as they are at one moment; `each` is called under the table's lock.
    pub fn get_each(&self, numbers: impl Iterator<Item = i32>, mut each: impl FnMut(Option<&Arc<OpenFile>>)) {
        let entries = self.entries.read();
        for number in numbers {
            let slot = entries.slots.get(number as usize).and_then(Option::as_ref);
            each(slot.map(|descriptor| &descriptor.file));
        }
    }

    /// One more than the highest number that was ever in use.
    #[must_use]
    pub fn size(&self) -> usize {
        self.entries.read().slots.len()
    }

    /// Enters a file under the lowest free number from `lowest` on.
    ///
    /// # Errors
    /// `EMFILE` at `limit`; `ENOMEM`.
    pub fn insert(
        &self,
        file: Arc<OpenFile>,
        lowest: usize,
        limit: usize,
        close_on_exec: bool,
    ) -> Result<i32> {
        let mut entries = self.entries.write();
        let from = lowest.max(entries.first_free);
        let slots = &entries.slots;
        let number = (from..slots.len()).find(|&number| slots[number].is_none());
        let number = number.unwrap_or_else(|| from.max(slots.len()));
        if number >= limit {
            return Err(Errno::EMFILE);
        }
        // What finds no room is closed when the lock is given back: that may raise a signal, whose handler needs it.
        entries.make_room(number)?;
        entries.put(number, Descriptor { file, close_on_exec });
        if from == entries.first_free {
            entries.first_free = number + 1;
        }
        i32::try_from(number).map_err(|_| Errno::EMFILE)
    }

    /// Makes `number` stand for `file`. What it stood for is closed by `process`.
    ///
    /// # Errors
    /// `EBADF` when `number` is negative or not below the process's limit; `ENOMEM`.
    pub fn replace(
        &self,
        process: &Process,
        number: i32,
        file: Arc<OpenFile>,
        close_on_exec: bool,
    ) -> Result<()> {
        let limit = process.descriptor_limit();
        let number = usize::try_from(number).ok().filter(|&number| number < limit).ok_or(Errno::EBADF)?;
        let mut entries = self.entries.write();
        entries.make_room(number)?;
        if let Some(former) = entries.put(number, Descriptor { file, close_on_exec }) {
            let queues = self.forget_knotes(number);
            drop(entries);
            drop(queues);
            former.file.object().descriptor_closed(process.id);
        }
        Ok(())
    }

    /// Frees a number. `process` gives up what it stood for.
    ///
    /// # Errors
    /// `EBADF` when it stands for nothing.
    pub fn close(&self, process: &Process, number: i32) -> Result<()> {
        let number = usize::try_from(number).map_err(|_| Errno::EBADF)?;
        let mut entries = self.entries.write();
        let former = entries.slots.get_mut(number).and_then(Option::take).ok_or(Errno::EBADF)?;
        entries.first_free = entries.first_free.min(number);
        let queues = self.forget_knotes(number);
        // Closing may block, and a queue may be closed by what is left of it here.
        drop(entries);
        drop(queues);
        former.file.object().descriptor_closed(process.id);
        Ok(())
    }

    /// Whether a number is closed by exec.
    ///
    /// # Errors
    /// `EBADF` when it stands for nothing.
    pub fn close_on_exec(&self, number: i32) -> Result<bool> {
        let entries = self.entries.read();
        let slot = entries.slots.get(number as usize).and_then(Option::as_ref);
        slot.map(|descriptor| descriptor.close_on_exec).ok_or(Errno::EBADF)
    }

    /// Says whether a number is to be closed by exec.
    ///
    /// # Errors
    /// `EBADF` when it stands for nothing.
    pub fn set_close_on_exec(&self, number: i32, close: bool) -> Result<()> {
        let mut entries = self.entries.write();
        let slot = entries.slots.get_mut(number as usize).and_then(Option::as_mut).ok_or(Errno::EBADF)?;
        slot.close_on_exec = close;
        Ok(())
    }

    /// The lowest number in use, from `from` on, that `which` picks.
    #[must_use]
    pub fn next_number(&self, from: i32, which: &dyn Fn(&Descriptor) -> bool) -> Option<i32> {
        let entries = self.entries.read();
        let from = usize::try_from(from).unwrap_or(0);
        let mut rest = entries.slots.iter().enumerate().skip(from);
        let found = rest.find(|(_, slot)| slot.as_ref().is_some_and(which));
        found.and_then(|(number, _)| i32::try_from(number).ok())
    }

    /// The highest number in use.
    #[must_use]
    pub fn highest_number(&self) -> Option<i32> {
        let entries = self.entries.read();
        entries.slots.iter().rposition(Option::is_some).and_then(|number| i32::try_from(number).ok())
    }

    /// Closes everything.
    pub fn close_all(&self) {
        // Dropped after the lock is gone: closing may block.
        let former = core::mem::take(&mut *self.entries.write());
        drop(former);
    }
}

impl Entries {
    fn make_room(&mut self, number: usize) -> Result<()> {
        if number >= self.slots.len() {
            let more = number + 1 - self.slots.len();
            memory::reserve(&mut self.slots, more)?;
            self.slots.resize(number + 1, None);
        }
        Ok(())
    }

    /// There is [room](Self::make_room) for it.
    fn put(&mut self, number: usize, descriptor: Descriptor) -> Option<Descriptor> {
        self.slots[number].replace(descriptor)
    }
}
