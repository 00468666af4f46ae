//! Adding and changing knotes.

use super::event::{Event, EventFlags, Filter};
use super::file::QueueFile;
use super::knote::{Attachment, Key, Knote};
use super::note;
use super::queue::Queue;
use super::timer::{self, Timer};
use crate::errno::{Errno, Result};
use crate::file::OpenFile;
use crate::kernel::Kernel;
use crate::memory;
use crate::poll::{Events, FileFilter, Listener, Registration};
use crate::process::Process;
use crate::sched::Lwp;
use alloc::sync::Arc;

/// How deep queues may watch queues.
const DEEPEST: usize = 16;

/// `NOTE_*` of `EVFILT_USER`.
mod user {
    pub const CONTROL: u32 = 0xc000_0000;
    pub const AND: u32 = 0x4000_0000;
    pub const OR: u32 = 0x8000_0000;
    pub const COPY: u32 = 0xc000_0000;
    pub const FLAGS: u32 = 0x00ff_ffff;
    pub const TRIGGER: u32 = 0x0100_0000;
}

/// Adds a knote and looks whether there is an event already. `None` if there is one with its key.
///
/// # Errors
/// As [`Queue::register`].
pub(super) fn add(
    queue: &Arc<Queue>,
    lwp: &Lwp,
    key: Key,
    file: Option<&Arc<OpenFile>>,
    change: &Event,
) -> Result<Option<Arc<Knote>>> {
    memory::check_room(memory::SMALL)?;
    if let (Some(file), Filter::File(kind)) = (file, key.filter) {
        file.object().filter(file, kind.into())?;
        check_nesting(queue, file)?;
    }
    let knote = Knote::new(key, queue, file, change);
    prepare(&knote)?;
    if !queue.enter(&knote)? {
        return Ok(None);
    }
    if key.filter == Filter::Timer {
        start_timer(&lwp.process.kernel, queue, &knote)?;
    } else {
        finish(queue, &knote, attach(lwp, &knote, file))?;
        queue.look_at(&knote);
    }
    Ok(Some(knote))
}

/// # Errors
/// `EBADF` when the descriptor of that key does not stand for `file` any more.
pub(super) fn check_stands_for(lwp: &Lwp, key: Key, file: &Arc<OpenFile>) -> Result<()> {
    let number = i32::try_from(key.identifier).map_err(|_| Errno::EBADF)?;
    let now = lwp.process.descriptors.get(number)?;
    if Arc::ptr_eq(&now, file) { Ok(()) } else { Err(Errno::EBADF) }
}

/// What a filter sets, whatever the program has asked for.
fn prepare(knote: &Knote) -> Result<()> {
    let mut status = knote.status.lock();
    let flags = &mut status.event.flags;
    match knote.key.filter {
        Filter::Process | Filter::Signal => *flags |= EventFlags::CLEAR,
        Filter::Timer => {
            *flags |= EventFlags::CLEAR;
            let once = flags.contains(EventFlags::ONESHOT);
            if timer::is_absolute(status.wanted) {
                status.event.flags |= EventFlags::ONESHOT;
            }
            timer::check(status.parameter, status.wanted, once)?;
        }
        Filter::User => {
            status.is_triggered = status.wanted & user::TRIGGER != 0;
            status.wanted &= user::FLAGS;
        }
        Filter::File(_) => {}
    }
    Ok(())
}

/// Enters a knote in what it watches.
fn attach(lwp: &Lwp, knote: &Arc<Knote>, file: Option<&Arc<OpenFile>>) -> Result<Attachment> {
    match (knote.key.filter, file) {
        (Filter::File(kind), Some(file)) => {
            let attachment = match file.object().listeners() {
                Some(listeners) => {
                    let interest = FileFilter::from(kind).interest() | Events::VNODE_NOTES;
                    Attachment::Listening(enter(listeners, knote, interest)?)
                }
                None => Attachment::None,
            };
            // Closing takes the descriptor out first, and drops its knotes then: either it sees this one, or this sees it.
            check_stands_for(lwp, knote.key, file).map(|()| attachment)
        }
        (Filter::Process, _) => {
            let process = process_of(&lwp.process.kernel, knote.key.identifier)?;
            check_may_watch(&lwp.process, &process)?;
            listen_to_process(knote, &process)
        }
        (Filter::Signal, _) => {
            let listeners = &lwp.process.listeners;
            enter(listeners, knote, Events::SIGNALS).map(Attachment::Listening)
        }
        // A timer attaches itself.
        (Filter::Timer | Filter::User | Filter::File(_), _) => Ok(Attachment::None),
    }
}

fn enter(listeners: &crate::poll::Listeners, knote: &Arc<Knote>, interest: Events) -> Result<Registration> {
    listeners.point().register(Arc::clone(knote) as Arc<dyn Listener>, 0, interest)
}

/// Keeps an attachment, or takes the knote out again without one.
fn finish(queue: &Queue, knote: &Arc<Knote>, attachment: Result<Attachment>) -> Result<()> {
    match attachment {
        Ok(attachment) => {
            *knote.attachment.lock() = attachment;
            detach_if_gone(queue, knote);
            Ok(())
        }
        Err(error) => {
            queue.drop_knote(knote);
            Err(error)
        }
    }
}

/// Whoever drops a knote before it is attached has nothing to detach.
fn detach_if_gone(queue: &Queue, knote: &Knote) {
    let is_gone = {
        let _state = queue.state.lock();
        knote.status.lock().is_gone
    };
    if is_gone {
        knote.detach();
    }
}

fn start_timer(kernel: &Arc<Kernel>, queue: &Arc<Queue>, knote: &Arc<Knote>) -> Result<()> {
    let started = {
        // Held until the timer is in its place: it may run out at once.
        let mut place = knote.attachment.lock();
        *place = Attachment::None;
        Timer::start(kernel, queue, knote).map(|timer| *place = Attachment::Timer(timer))
    };
    match started {
        Ok(()) => detach_if_gone(queue, knote),
        Err(_) => queue.drop_knote(knote),
    }
    started
}

fn process_of(kernel: &Kernel, identifier: u64) -> Result<Arc<Process>> {
    kernel.processes.find(i32::try_from(identifier).map_err(|_| Errno::ESRCH)?)
}

/// One's own processes, or any for the superuser.
fn check_may_watch(by: &Process, process: &Process) -> Result<()> {
    let (by, credentials) = (by.credentials(), process.credentials());
    let may = by.is_superuser() || by.real_user == credentials.real_user;
    if may { Ok(()) } else { Err(Errno::EACCES) }
}

fn listen_to_process(knote: &Arc<Knote>, process: &Process) -> Result<Attachment> {
    let registration = enter(&process.listeners, knote, Events::PROCESS_NOTES)?;
    // An ending process leaves the table before it tells its listeners.
    process_of(&process.kernel, knote.key.identifier)?;
    Ok(Attachment::Listening(registration))
}

/// Refuses to have queues watch themselves, through however many others.
fn check_nesting(queue: &Arc<Queue>, file: &OpenFile) -> Result<()> {
    match file.object_as::<QueueFile>() {
        Some(watched) => check_below(queue, watched.queue(), DEEPEST),
        None => Ok(()),
    }
}

fn check_below(queue: &Arc<Queue>, watched: &Arc<Queue>, levels: usize) -> Result<()> {
    if Arc::ptr_eq(queue, watched) || levels == 0 {
        return Err(Errno::ELOOP);
    }
    for knote in watched.knotes() {
        if let Some(file) = knote.file()
            && let Some(below) = file.object_as::<QueueFile>()
        {
            check_below(queue, below.queue(), levels - 1)?;
        }
    }
    Ok(())
}

/// Changes what a knote asks for. What has been triggered stays so.
///
/// # Errors
/// As [`Queue::register`]; nothing has changed then.
pub(super) fn modify(
    queue: &Arc<Queue>,
    kernel: &Arc<Kernel>,
    knote: &Arc<Knote>,
    change: &Event,
) -> Result<()> {
    if knote.key.filter == Filter::User {
        touch(queue, knote, change);
        return Ok(());
    }
    let is_timer = knote.key.filter == Filter::Timer;
    if is_timer {
        timer::check(change.data, change.filter_flags, change.flags.contains(EventFlags::ONESHOT))?;
    }
    {
        let mut state = queue.state.lock();
        let mut status = knote.status.lock();
        status.wanted = change.filter_flags;
        status.parameter = change.data;
        status.event.user_data = change.user_data;
        if is_timer {
            let once = change.flags.contains(EventFlags::ONESHOT) || timer::is_absolute(change.filter_flags);
            status.event.flags.set(EventFlags::ONESHOT, once);
            status.terms += 1;
            status.event.data = 0;
            status.is_active = false;
            state.dequeue(&mut status);
        }
    }
    if is_timer {
        return start_timer(kernel, queue, knote);
    }
    queue.look_at(knote);
    Ok(())
}

/// A change without `EV_ADD`: only `EVFILT_USER` takes notice of its flags.
pub(super) fn touch(queue: &Queue, knote: &Arc<Knote>, change: &Event) {
    if knote.key.filter != Filter::User {
        return;
    }
    {
        let mut state = queue.state.lock();
        let mut status = knote.status.lock();
        let flags = change.filter_flags & user::FLAGS;
        match change.filter_flags & user::CONTROL {
            user::AND => status.wanted &= flags,
            user::OR => status.wanted |= flags,
            user::COPY => status.wanted = flags,
            _ => {}
        }
        status.parameter = change.data;
        status.event.user_data = change.user_data;
        if change.flags.contains(EventFlags::CLEAR) {
            status.is_triggered = false;
            status.is_active = false;
            state.dequeue(&mut status);
        }
        status.is_triggered |= change.filter_flags & user::TRIGGER != 0;
    }
    queue.look_at(knote);
}

/// Adds a knote for the child that the process of `parent` has forked.
///
/// # Errors
/// As [`Queue::register`].
pub(super) fn add_child(queue: &Arc<Queue>, parent: &Event, child: i64) -> Result<()> {
    let process = current_kernel_process(child)?;
    let change = Event {
        identifier: child as u64,
        flags: parent.flags | EventFlags::ADD | EventFlags::ENABLE,
        ..*parent
    };
    let key = Key { identifier: change.identifier, filter: Filter::Process };
    let knote = Knote::new(key, queue, None, &change);
    prepare(&knote)?;
    {
        let mut status = knote.status.lock();
        status.event.filter_flags = note::CHILD;
        status.event.data = parent.identifier as i64;
    }
    if !queue.enter(&knote)? {
        return Ok(());
    }
    finish(queue, &knote, listen_to_process(&knote, &process))?;
    queue.look_at(&knote);
    Ok(())
}

/// The process of that number in the kernel that the caller is in.
fn current_kernel_process(number: i64) -> Result<Arc<Process>> {
    let kernel = crate::sched::with_current(|lwp| lwp.map(|lwp| Arc::clone(&lwp.process.kernel)));
    let kernel = kernel.ok_or(Errno::ESRCH)?;
    process_of(&kernel, number as u64)
}
