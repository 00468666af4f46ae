//! What each `RUMP_VOP_*` does.

mod data;
mod extended;
mod names;
mod pages;
mod special;
mod state;
mod strategy;

use crate::protocol;
use crate::table::VnodeOperation;
use core::ffi::c_int;
use rump::abi::in_kernel;
use rump::errno::Result;
use rump::sched::Lwp;

/// "Nothing there, and that is as it should be": what a lookup for making a file answers (`EJUSTRETURN`).
const JUST_RETURN: c_int = -2;

/// What an operation returns to its C caller.
enum Answer {
    Done,
    /// A value in place of an errno: poll's events, the state of a lock.
    Value(c_int),
}

/// Runs an operation inside the kernel, with the protocol of vnode_if.src around it. The caller is a generated stub.
pub(crate) fn enter_vnode_operation(operation: VnodeOperation, arguments: &[u64]) -> c_int {
    let result = in_kernel(|lwp| {
        let held = protocol::check_before(operation, arguments);
        let result = run(lwp, operation, arguments);
        protocol::settle(operation, arguments);
        protocol::check_after(operation, arguments, held, matches!(result, Ok(Answer::Done)));
        result
    });
    match result {
        Ok(Answer::Done) => 0,
        Ok(Answer::Value(value)) => value,
        Err(error) => error.number(),
    }
}

fn run(lwp: &Lwp, operation: VnodeOperation, arguments: &[u64]) -> Result<Answer> {
    use VnodeOperation as Op;
    let done = |result: Result<()>| result.map(|()| Answer::Done);
    match operation {
        Op::Lookup => names::lookup(lwp, arguments),
        Op::Create | Op::Mknod => done(names::create(lwp, arguments)),
        Op::Mkdir => done(names::make_directory(lwp, arguments)),
        Op::Symlink => done(names::make_symbolic_link(lwp, arguments)),
        Op::Link => done(names::link(arguments)),
        Op::Remove => done(names::remove(arguments)),
        Op::Rmdir => done(names::remove_directory(arguments)),
        Op::Rename => done(names::rename(arguments)),
        Op::Abortop => Ok(Answer::Done),
        Op::Read => done(data::read(arguments)),
        Op::Write => done(data::write(arguments)),
        Op::Readdir => done(data::read_directory(arguments)),
        Op::Readlink => done(data::read_link(arguments)),
        Op::Fallocate => done(data::allocate(arguments)),
        Op::Fdiscard => done(data::discard(arguments)),
        Op::Fsync => done(data::synchronise(arguments)),
        Op::Putpages => done(pages::put(arguments)),
        Op::Bmap => done(data::map_block(arguments)),
        Op::Seek => done(data::seek(arguments)),
        Op::Open => done(special::open(arguments)),
        Op::Close => done(special::close(arguments)),
        Op::Mmap => done(data::map(arguments)),
        Op::Print => done(state::print(arguments)),
        Op::Getpages => done(pages::get(arguments)),
        Op::Access => done(state::access(lwp, arguments)),
        Op::Getattr => done(state::get_attributes(arguments)),
        Op::Setattr => done(state::set_attributes(lwp, arguments)),
        Op::Pathconf => done(state::path_configuration(arguments)),
        Op::Lock => done(state::lock(arguments)),
        Op::Unlock => done(state::unlock(arguments)),
        Op::Islocked => state::is_locked(arguments).map(Answer::Value),
        Op::Advlock => done(state::advisory_lock(arguments)),
        Op::Poll => state::poll(arguments).map(Answer::Value),
        Op::Inactive => done(state::inactive(arguments)),
        Op::Ioctl => special::control(lwp, arguments),
        Op::Fcntl => done(special::file_control(arguments)),
        Op::Revoke => done(special::revoke(arguments)),
        Op::Openextattr | Op::Closeextattr => done(extended::open_or_close(arguments)),
        Op::Getextattr => done(extended::get(lwp, arguments)),
        Op::Listextattr => done(extended::list(lwp, arguments)),
        Op::Setextattr => done(extended::set(lwp, arguments)),
        Op::Deleteextattr => done(extended::remove(lwp, arguments)),
        Op::Whiteout => done(names::whiteout(arguments)),
        Op::Kqfilter => done(state::watch(arguments)),
        Op::Strategy => done(strategy::strategy(arguments)),
        Op::Bwrite => done(strategy::write_buffer(arguments)),
        Op::Reclaim => done(state::reclaim(arguments)),
    }
}
