//! The system call table: components register handlers, `dispatch` runs them. A row without a handler is `ENOSYS`.

use crate::errno::{Errno, Result};
use crate::sched::Lwp;
use crate::sync::Once;
use crate::trace;

/// What a call returns: the second value is for pipe(2) and its like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReturnValue(pub i64, pub i64);

impl From<i64> for ReturnValue {
    fn from(value: i64) -> Self {
        Self(value, 0)
    }
}

impl From<i32> for ReturnValue {
    fn from(value: i32) -> Self {
        Self(i64::from(value), 0)
    }
}

impl From<usize> for ReturnValue {
    fn from(value: usize) -> Self {
        Self(value as i64, 0)
    }
}

/// Nothing but success.
pub const DONE: ReturnValue = ReturnValue(0, 0);

/// A handler: the calling lwp and the argument slots as the program packed them.
pub type Handler = fn(&Lwp, &[u64]) -> Result<ReturnValue>;

/// A handler of more than one row: it is told the number.
pub(crate) type OtherHandlers = fn(&Lwp, usize, &[u64]) -> Result<ReturnValue>;

/// Rows in the table.
pub const ROWS: usize = 512;

/// Handlers by number. Per process, as the components are: every kernel has the same calls.
static HANDLERS: [Once<Handler>; ROWS] = [const { Once::new() }; ROWS];

/// Who is asked for rows that have no handler: C code.
static OTHER_HANDLERS: Once<OtherHandlers> = Once::new();

/// Has `handlers` asked for rows that have no handler. Once is enough.
pub(crate) fn set_other_handlers(handlers: OtherHandlers) {
    OTHER_HANDLERS.call_once(|| handlers);
}

/// Registers handlers. What is registered already stays.
pub fn register(rows: &[(usize, Handler)]) {
    for &(number, handler) in rows {
        if let Some(row) = HANDLERS.get(number) {
            row.call_once(|| handler);
        }
    }
}

/// Whether a handler is registered.
#[must_use]
pub fn is_registered(number: usize) -> bool {
    HANDLERS.get(number).is_some_and(Once::is_completed)
}

/// Runs a call.
///
/// # Errors
/// `ENOSYS` when no component handles it; what the handler says.
#[inline]
pub fn dispatch(lwp: &Lwp, number: usize, slots: &[u64]) -> Result<ReturnValue> {
    let Some(handler) = HANDLERS.get(number).and_then(Once::get) else {
        return run_other(lwp, number, slots);
    };
    if lwp.process.tracing.is_on() {
        return run_traced(lwp, number, slots, &|| handler(lwp, slots));
    }
    handler(lwp, slots)
}

#[cold]
fn run_other(lwp: &Lwp, number: usize, slots: &[u64]) -> Result<ReturnValue> {
    let handlers = OTHER_HANDLERS.get().ok_or(Errno::ENOSYS)?;
    if lwp.process.tracing.is_on() {
        return run_traced(lwp, number, slots, &|| handlers(lwp, number, slots));
    }
    handlers(lwp, number, slots)
}

#[cold]
fn run_traced(
    lwp: &Lwp,
    number: usize,
    slots: &[u64],
    handle: &dyn Fn() -> Result<ReturnValue>,
) -> Result<ReturnValue> {
    trace::system_call(lwp, number, slots);
    let result = handle();
    trace::system_return(lwp, number, &result);
    result
}
