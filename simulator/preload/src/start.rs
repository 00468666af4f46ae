//! UNSAFE. How a program's world begins and ends.

use crate::calls::watch_calls;
use crate::host;
use core::ffi::{c_char, c_int, c_void};
use core::mem;
use simulator_world::{Moment, Shared, Verdict, host_function, start_host_thread};
use std::env;
use std::fs::File;
use std::io::Write;
use std::sync::{Arc, OnceLock};

/// The exit status of a program whose world has failed.
const FAILED: c_int = 86;
/// That of one whose seed is no number.
const NO_SEED: c_int = 87;

/// Nanoseconds for which the host has been up when the world begins: programs take times before now for granted.
const UPTIME: Moment = 1_000_000_000_000;

type Main = unsafe extern "C" fn(c_int, *mut *mut c_char, *mut *mut c_char) -> c_int;
type Hook = *mut c_void;
type StartMain = unsafe extern "C" fn(Main, c_int, *mut *mut c_char, Hook, Hook, Hook, *mut c_void) -> c_int;

static MAIN: OnceLock<Main> = OnceLock::new();

/// Where the host starts programs: their `main` is exchanged for [`watch`].
///
/// # Safety
/// For the start code of a program only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn __libc_start_main(
    main: Main,
    count: c_int,
    arguments: *mut *mut c_char,
    initialise: Hook,
    finish: Hook,
    finish_loader: Hook,
    stack_end: *mut c_void,
) -> c_int {
    MAIN.get_or_init(|| main);
    // SAFETY: the C library's function of that name, with its caller's arguments.
    unsafe {
        let host = mem::transmute::<*mut c_void, StartMain>(host_function(c"__libc_start_main"));
        host(watch, count, arguments, initialise, finish, finish_loader, stack_end)
    }
}

/// What a program gets from its host.
struct Arguments(c_int, *mut *mut c_char, *mut *mut c_char);

// SAFETY: they belong to the whole process.
unsafe impl Send for Arguments {}

/// Runs the program's `main` in a world of its own, and waits for the end of the process or for the world to fail.
unsafe extern "C" fn watch(
    count: c_int,
    arguments: *mut *mut c_char,
    environment: *mut *mut c_char,
) -> c_int {
    let Some(seed) = env::var("SIMULATOR_SEED").ok().and_then(|text| text.parse().ok()) else {
        eprintln!("simulator: SIMULATOR_SEED has to be a number");
        return NO_SEED;
    };
    start_at_fixed_addresses(arguments);
    stay_on_one_cpu();
    // Opened now, as the program may become another user.
    let trace =
        env::var_os("SIMULATOR_TRACE").map(|path| File::create(path).expect("a file for the trace's hash"));
    // SAFETY: no other thread runs yet. Programs that this one starts live in the real world.
    unsafe { env::remove_var("LD_PRELOAD") };
    watch_calls();
    host::look_up_all();
    let shared = Shared::new(seed, Arc::new(()));
    let number = {
        let mut state = shared.scheduler.lock();
        state.now = UPTIME;
        state.add_thread("main".into())
    };
    let arguments = Arguments(count, arguments, environment);
    let inside = Arc::clone(&shared);
    start_host_thread(&shared, number, move || run_main(&inside, &arguments, trace));
    end_with(&shared)
}

/// Waits for the world to fail, says why, and ends the process.
pub fn end_with(shared: &Shared) -> ! {
    if let Verdict::Failed(reason) = shared.wait_for_verdict() {
        eprintln!("simulation with SIMULATOR_SEED={}: {reason}", shared.seed);
    }
    // SAFETY: ends the process while threads of the world stand in the middle of something.
    unsafe { libc::_exit(FAILED) }
}

/// Starts the program once more, without the host's random choice of addresses: what depends on them, such as the order in
/// which memory is found, would not be the same in the next run. A host that refuses goes on with its choice.
fn start_at_fixed_addresses(arguments: *mut *mut c_char) {
    const ASK: libc::c_ulong = 0xffff_ffff;
    // SAFETY: calls that change nothing but this process; the arguments end with a null pointer, as the host made them.
    unsafe {
        let present = libc::personality(ASK);
        if present == -1 || present & libc::ADDR_NO_RANDOMIZE != 0 {
            return;
        }
        let wanted = present | libc::ADDR_NO_RANDOMIZE;
        if libc::personality(wanted as libc::c_ulong) != -1
            && libc::personality(ASK) & libc::ADDR_NO_RANDOMIZE != 0
        {
            libc::execv(c"/proc/self/exe".as_ptr(), arguments.cast_const().cast());
        }
    }
}

/// Has the host run all threads on the CPU that the program has begun on, and none of them before the one that woke it waits:
/// one thread of the world goes on at a time, and passing its turn to another CPU takes five times as long. A host that refuses
/// is slower.
fn stay_on_one_cpu() {
    // SAFETY: calls about this thread, and about those that it starts from now on; an empty set is a valid value.
    unsafe {
        if let Ok(cpu) = usize::try_from(libc::sched_getcpu()) {
            let mut cpus: libc::cpu_set_t = mem::zeroed();
            libc::CPU_SET(cpu, &mut cpus);
            libc::sched_setaffinity(0, size_of::<libc::cpu_set_t>(), &raw const cpus);
        }
        let parameters = libc::sched_param { sched_priority: 0 };
        libc::sched_setscheduler(0, libc::SCHED_BATCH, &raw const parameters);
    }
}

fn run_main(shared: &Shared, arguments: &Arguments, trace: Option<File>) {
    let main = MAIN.get().expect("the program was started by the host");
    // SAFETY: the program's main, with what the host has passed for it.
    let status = unsafe { main(arguments.0, arguments.1, arguments.2) };
    if let Some(mut file) = trace {
        let state = shared.scheduler.lock();
        let text = format!("{:016x} {} {}\n", state.trace, state.steps, state.now);
        drop(state);
        file.write_all(text.as_bytes()).expect("room for the trace's hash");
    }
    // SAFETY: what the host does when main comes back; the functions to call at the end run in the world.
    unsafe { libc::exit(status) }
}
