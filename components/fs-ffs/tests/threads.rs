//! Many threads at once on one mount, with few vnodes kept in memory: nothing may hang, and the image is in order afterwards.

mod support;

use rump::errno::Errno;
use rump::kernel::Kernel;
use rump::sched;
use rumpuser as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::Duration;
use support::session::{Session, kernel, write_at};
use support::{Format, MemoryDisk, Random};
use vfs::file_system::FileSystem;
use vfs::vnode::SyncScope;

const THREADS: u64 = 4;
const STEPS: u64 = 400;

fn path(random: &mut Random) -> String {
    let name = random.below(6);
    match random.below(3) {
        0 => format!("shared-{name}"),
        1 => format!("a/shared-{name}"),
        _ => format!("a/b/shared-{name}"),
    }
}

/// What happens to files that others work on too: any of these errors may come of it.
fn disturb(session: &Session, random: &mut Random) {
    let (one, other) = (path(random), path(random));
    let result = match random.below(8) {
        0 => session.create(&one).map(drop),
        1 => session.make_directory(&one),
        2 | 3 => session.remove(&one),
        // The VFS serialises renames and refuses those below themselves; among names of one depth none are.
        4 => {
            let _renaming = session.mount.rename_lock.lock();
            if one.matches('/').count() == other.matches('/').count() {
                session.rename(&one, &other)
            } else {
                Ok(())
            }
        }
        5 => session.link(&one, &other),
        6 => session.write(&one, random.below(30_000), &[1; 5000]).map(drop),
        _ => session.walk(&one).and_then(|vnode| vnode.operations().sync(SyncScope::Everything)),
    };
    let expected = [
        Errno::ENOENT,
        Errno::EEXIST,
        Errno::ENOTEMPTY,
        Errno::ENOTDIR,
        Errno::EISDIR,
        Errno::EPERM,
        Errno::EINVAL,
    ];
    if let Err(error) = result {
        assert!(expected.contains(&error), "{error}: {one} {other}");
    }
}

/// What a thread does to its own files, which nobody else may touch.
fn own_work(session: &Session, thread: u64, step: u64, random: &mut Random) {
    let path = format!("a/own-{thread}-{}", step % 20);
    let bytes = vec![(thread * 50 + step % 50) as u8; 1 + random.below(20_000) as usize];
    match session.create(&path) {
        Err(Errno::EEXIST) => session.remove(&path).unwrap(),
        Err(error) => panic!("{path}: {error}"),
        Ok(vnode) => {
            assert_eq!(write_at(&vnode, 0, &bytes).unwrap(), bytes.len());
            drop(vnode);
            assert!(session.read(&path).unwrap() == bytes, "{path}");
        }
    }
}

fn work(kernel: &Arc<Kernel>, session: &Session, thread: u64, seed: u64) {
    let entry = sched::enter(|| Some(kernel)).expect("a virtual CPU");
    let mut random = Random::new(seed ^ thread << 32);
    for step in 0..STEPS {
        disturb(session, &mut random);
        own_work(session, thread, step, &mut random);
    }
    drop(entry);
}

fn run(format: Format, seed: u64) {
    let kernel = kernel();
    let disk = MemoryDisk::new(support::empty_image(format, 48 << 20, "density=4096"));
    let session = Arc::new(Session::mount(&kernel, &disk));
    session.make_directory("a").unwrap();
    session.make_directory("a/b").unwrap();
    let running = Arc::new(AtomicBool::new(true));
    let syncing = {
        let (kernel, session, running) = (kernel.clone(), session.clone(), running.clone());
        std::thread::spawn(move || {
            while running.load(Ordering::Relaxed) {
                let entry = sched::enter(|| Some(&kernel)).expect("a virtual CPU");
                session.ffs.sync().unwrap();
                drop(entry);
                std::thread::sleep(Duration::from_millis(3));
            }
        })
    };
    let workers: Vec<_> = (0..THREADS)
        .map(|thread| {
            let (kernel, session) = (kernel.clone(), session.clone());
            std::thread::spawn(move || work(&kernel, &session, thread, seed))
        })
        .collect();
    for worker in workers {
        worker.join().unwrap();
    }
    running.store(false, Ordering::Relaxed);
    syncing.join().unwrap();
    let session = Arc::into_inner(session).unwrap();
    session.unmount();
}

#[test]
fn threads_do_not_disturb_each_other() {
    let seed = support::seed("threads");
    let (done, wait) = mpsc::channel();
    let worker = std::thread::spawn(move || {
        for format in Format::all() {
            run(format, seed);
        }
        done.send(()).unwrap();
    });
    match wait.recv_timeout(Duration::from_secs(120)) {
        Err(mpsc::RecvTimeoutError::Timeout) => panic!("seed {seed}: hangs"),
        _ => worker.join().unwrap(),
    }
}
