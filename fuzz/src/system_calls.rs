//! Arbitrary system calls on a kernel with vfs and tmpfs.

use crate::calls::Program;
use crate::input::Input;
use crate::session::Session;

/// Calls in one input at most.
const MOST_CALLS: usize = 200;

/// Runs an input.
///
/// # Panics
/// When the kernel misbehaves.
pub fn run(data: &[u8]) {
    let data = data.to_vec();
    simulator::run(0, move |_| {
        let session = Session::boot();
        let mut program = Program::default();
        let mut input = Input::new(&data);
        for _ in 0..MOST_CALLS {
            if input.is_empty() {
                break;
            }
            // Which errno a call gives is up to it.
            let _ = program.step(&session, &mut input);
        }
        session.end();
    });
}
