//! Extended attributes on FFS under many schedules, on disks that fail, and when power fails.

mod support;

use rump::abi::system_call::table::number;
use rump::errno::{Errno, Result};
use simulator::{Direction, Disk, Fault, Random, World, run, seeds};
use std::collections::BTreeMap;
use std::ffi::CString;
use std::sync::{Arc, Mutex};
use support::{CREATE, Program, READ_WRITE, assert_clean, empty_ufs1, look_at_image, spawn, with_ffs};

/// `EXTATTR_NAMESPACE_USER`.
const USER: u64 = 1;
/// `MNT_RDONLY`, `MNT_EXTATTR`.
const WITH_ATTRIBUTES: u64 = 0x0100_0000;
/// Bytes of a value at most, unless sysctl says otherwise.
const MOST: usize = 1024;

#[derive(Clone, Copy)]
enum Control {
    Start = 1,
    Stop,
    Enable,
    Disable,
}

trait Attributes {
    fn set(&self, path: &str, name: &str, value: &[u8]) -> Result<()>;
    fn get(&self, path: &str, name: &str) -> Result<Vec<u8>>;
    fn delete(&self, path: &str, name: &str) -> Result<()>;
    fn list(&self, path: &str) -> Result<Vec<u8>>;
    fn control(&self, control: Control, name: Option<&str>) -> Result<()>;
}

impl Attributes for Program {
    fn set(&self, path: &str, name: &str, value: &[u8]) -> Result<()> {
        let (path, name) = (CString::new(path).unwrap(), CString::new(name).unwrap());
        let value = (value.as_ptr() as u64, value.len() as u64);
        let slots = [path.as_ptr() as u64, USER, name.as_ptr() as u64, value.0, value.1];
        assert_eq!(self.call(number::EXTATTR_SET_FILE, &slots)?, value.1 as i64);
        Ok(())
    }

    fn get(&self, path: &str, name: &str) -> Result<Vec<u8>> {
        let (path, name) = (CString::new(path).unwrap(), CString::new(name).unwrap());
        let mut value = vec![0u8; MOST];
        let slots =
            [path.as_ptr() as u64, USER, name.as_ptr() as u64, value.as_mut_ptr() as u64, MOST as u64];
        let length = self.call(number::EXTATTR_GET_FILE, &slots)?;
        value.truncate(length as usize);
        Ok(value)
    }

    fn delete(&self, path: &str, name: &str) -> Result<()> {
        let (path, name) = (CString::new(path).unwrap(), CString::new(name).unwrap());
        let slots = [path.as_ptr() as u64, USER, name.as_ptr() as u64];
        self.call(number::EXTATTR_DELETE_FILE, &slots).map(drop)
    }

    fn list(&self, path: &str) -> Result<Vec<u8>> {
        let path = CString::new(path).unwrap();
        let mut names = vec![0u8; 256];
        let slots = [path.as_ptr() as u64, USER, names.as_mut_ptr() as u64, 256];
        let length = self.call(number::EXTATTR_LIST_FILE, &slots)?;
        names.truncate(length as usize);
        Ok(names)
    }

    fn control(&self, control: Control, name: Option<&str>) -> Result<()> {
        let name = name.map(|name| CString::new(name).unwrap());
        let file = name
            .as_ref()
            .map(|name| CString::new(format!("/ffs/.attribute/user/{}", name.to_str().unwrap())).unwrap());
        let pointer = |text: &Option<CString>| text.as_ref().map_or(0, |text| text.as_ptr() as u64);
        let file = if matches!(control, Control::Enable) { pointer(&file) } else { 0 };
        let slots = [c"/ffs".as_ptr() as u64, control as u64, file, USER, pointer(&name)];
        self.call(number::EXTATTRCTL, &slots).map(drop)
    }
}

fn with_attributes(world: &World, disk: &Disk, cpus: usize) -> Program {
    let program = with_ffs(world, disk, cpus);
    program.mkdir("/ffs/.attribute").unwrap();
    program.mkdir("/ffs/.attribute/user").unwrap();
    program.control(Control::Start, None).unwrap();
    program
}

/// A value whose every byte tells its length.
fn telling(random: &mut Random) -> Vec<u8> {
    let length = 1 + random.index(MOST - 1);
    vec![(length % 251) as u8; length]
}

fn assert_whole(value: &[u8]) {
    assert!(value.iter().all(|&byte| byte == (value.len() % 251) as u8), "a torn value");
}

/// What others may turn a call on shared attributes into.
fn may_be<T>(result: Result<T>) -> Option<T> {
    match result {
        Ok(value) => Some(value),
        Err(Errno::ENODATA | Errno::ENOENT | Errno::EEXIST | Errno::EBUSY) => None,
        Err(error) => panic!("{error}"),
    }
}

fn disturb(program: &Program, random: &mut Random) {
    let path = format!("/ffs/shared-{}", random.below(2));
    let path = if random.once_in(4) { "/ffs/.attribute/user/a" } else { &path };
    let name = ["a", "b"][random.index(2)];
    match random.below(9) {
        0 => {
            let _ = may_be(program.open(path, READ_WRITE | CREATE).and_then(|file| program.close(file)));
        }
        1 | 2 => {
            let _ = may_be(program.set(path, name, &telling(random)));
        }
        3 | 4 => {
            if let Some(value) = may_be(program.get(path, name)) {
                assert_whole(&value);
            }
        }
        5 => {
            let _ = may_be(program.delete(path, name));
        }
        6 => {
            let _ = may_be(program.list(path));
        }
        7 if path.starts_with("/ffs/shared") => {
            let _ = may_be(program.unlink(path));
        }
        7 => {
            let _ = may_be(program.control(Control::Disable, Some("b")));
        }
        _ => {
            let _ = may_be(program.control(Control::Enable, Some("b")));
            program.sync();
        }
    }
}

/// Attributes of a file of its own, of which every answer is known.
fn own_work(program: &Program, path: &str, random: &mut Random, model: &mut BTreeMap<String, Vec<u8>>) {
    let name = format!("own-{}", random.below(3));
    let absent = Err(Errno::ENODATA);
    match random.below(4) {
        0 | 1 => {
            let length = random.index(MOST);
            let value = random.bytes(length);
            program.set(path, &name, &value).unwrap();
            model.insert(name, value);
        }
        2 => {
            let expected = model.remove(&name).map_or(absent, |_| Ok(Vec::new()));
            assert_eq!(program.delete(path, &name).map(|()| Vec::new()), expected, "{path} {name}");
        }
        _ => {
            let expected = model.get(&name).map_or(absent, |value| Ok(value.clone()));
            assert_eq!(program.get(path, &name), expected, "{path} {name}");
        }
    }
}

#[test]
fn several_lwps_agree_on_attributes_of_shared_files() {
    for seed in seeds(100) {
        run(seed, move |world| {
            let disk = Disk::new(empty_ufs1());
            let program = with_attributes(world, &disk, [1, 2, 4][seed as usize % 3]);
            let models = Arc::new(Mutex::new(BTreeMap::new()));
            let threads: Vec<_> = (0..3)
                .map(|thread| {
                    let (inside, models) = (program.clone(), Arc::clone(&models));
                    let mut random = world.random(thread);
                    spawn(world, &program.0, "worker", move || {
                        let path = format!("/ffs/own-{thread}");
                        inside.write_file(&path, b"x").unwrap();
                        let mut model = BTreeMap::new();
                        for _ in 0..25 {
                            own_work(&inside, &path, &mut random, &mut model);
                            disturb(&inside, &mut random);
                        }
                        models.lock().unwrap().insert(path, model);
                    })
                })
                .collect();
            for thread in threads {
                thread.join();
            }
            program.unmount("/ffs", false).unwrap();
            assert_clean(&disk.bytes());
            program.mount_ffs("/ffs", WITH_ATTRIBUTES).unwrap();
            for (path, model) in &*models.lock().unwrap() {
                for (name, value) in model {
                    assert_eq!(program.get(path, name).as_ref(), Ok(value), "{path} {name}");
                }
                let bytes: usize = model.keys().map(|name| name.len() + 1).sum();
                assert_eq!(program.list(path).unwrap().len(), bytes);
            }
            program.0.shut_down().unwrap();
            assert_clean(&disk.bytes());
            assert_eq!(world.running_threads(), 1);
        });
    }
}

/// Attributes stop and start while others use them, and backing files lose their names.
#[test]
fn attributes_stop_under_those_who_use_them() {
    for seed in seeds(60) {
        run(seed, move |world| {
            let disk = Disk::new(empty_ufs1());
            let program = with_attributes(world, &disk, 2);
            let threads: Vec<_> = (0..3)
                .map(|thread| {
                    let inside = program.clone();
                    let mut random = world.random(thread);
                    spawn(world, &program.0, "worker", move || {
                        for _ in 0..12 {
                            let path = format!("/ffs/f{}", random.below(2));
                            let _ = inside.write_file(&path, b"x");
                            let _ = inside.set(&path, "a", &telling(&mut random));
                            if let Ok(value) = inside.get(&path, "a") {
                                assert_whole(&value);
                            }
                            match random.below(8) {
                                0 => {
                                    let _ = inside.control(Control::Stop, None);
                                }
                                1 | 2 => {
                                    let _ = inside.control(Control::Start, None);
                                }
                                3 => {
                                    let _ = inside.unlink("/ffs/.attribute/user/a");
                                }
                                4 => {
                                    let _ = inside.unlink(&path);
                                }
                                _ => {}
                            }
                        }
                    })
                })
                .collect();
            for thread in threads {
                thread.join();
            }
            program.unmount("/ffs", false).unwrap();
            assert_clean(&disk.bytes());
            program.0.shut_down().unwrap();
        });
    }
}

/// A mount ends by force under those who use its attributes, also one whose backing file has no name any more.
#[test]
fn attributes_end_with_a_mount_that_goes_by_force() {
    for seed in seeds(60) {
        run(seed, move |world| {
            let disk = Disk::new(empty_ufs1());
            let program = with_attributes(world, &disk, 2);
            for path in ["/ffs/f0", "/ffs/f1"] {
                program.write_file(path, b"x").unwrap();
                program.set(path, "a", b"").unwrap();
                program.set(path, "b", b"").unwrap();
            }
            if seed.is_multiple_of(2) {
                program.unlink("/ffs/.attribute/user/a").unwrap();
            }
            let threads: Vec<_> = (0..3)
                .map(|thread| {
                    let inside = program.clone();
                    let mut random = world.random(thread);
                    spawn(world, &program.0, "worker", move || {
                        for _ in 0..10 {
                            let (path, name) =
                                (format!("/ffs/f{}", random.below(2)), ["a", "b"][random.index(2)]);
                            let _ = inside.set(&path, name, &telling(&mut random));
                            if let Ok(value) = inside.get(&path, name) {
                                assert_whole(&value);
                            }
                            let _ = inside.delete(&path, name);
                            if thread == 0 && random.once_in(6) {
                                let _ = inside.unmount("/ffs", true);
                            }
                        }
                    })
                })
                .collect();
            for thread in threads {
                thread.join();
            }
            program.0.shut_down().unwrap();
            assert_clean(&disk.bytes());
        });
    }
}

type Values = BTreeMap<(String, String), Vec<u8>>;

/// Reads the promised values from an image.
#[track_caller]
fn assert_kept(image: Vec<u8>, promised: Values, what: &str) {
    let name = what.to_owned();
    look_at_image(image, WITH_ATTRIBUTES, what, move |program| {
        for ((path, attribute), value) in &promised {
            assert_eq!(program.get(path, attribute).as_ref(), Ok(value), "{name}: {path} {attribute}");
        }
    });
}

/// Sets attributes once each; gives those of which it was said that they are set, and how many calls failed.
fn workload(program: &Program, random: &mut Random) -> (Values, usize) {
    let (mut promised, mut failures) = (Values::new(), 0);
    for round in 0..10 {
        let (path, name) = (format!("/ffs/f{round}"), format!("a{}", round % 3));
        let _ = program.write_file(&path, b"x");
        let length = random.index(MOST);
        let value = random.bytes(length);
        match program.set(&path, &name, &value) {
            Ok(()) => {
                assert_eq!(program.get(&path, &name).as_ref(), Ok(&value));
                promised.insert((path, name), value);
            }
            Err(_) => failures += 1,
        }
    }
    (promised, failures)
}

#[test]
fn what_was_set_survives_a_power_failure() {
    for seed in seeds(40) {
        let disk = Disk::new(empty_ufs1());
        let inside = disk.clone();
        let (promised, image) = run(seed, move |world| {
            let program = with_attributes(world, &inside, 2);
            let (promised, failures) = workload(&program, &mut world.random(1));
            assert_eq!(failures, 0);
            let image = inside.crash_image(seed);
            program.unmount("/ffs", false).unwrap();
            program.0.shut_down().unwrap();
            (promised, image)
        });
        assert_kept(image, promised, &format!("seed {seed}"));
    }
}

#[test]
fn writes_that_fail_reach_who_sets() {
    let (mut met, mut runs) = (0, 0);
    for seed in seeds(80) {
        let disk = Disk::new(empty_ufs1());
        let inside = disk.clone();
        let first = seed / 2 % 40;
        let (promised, struck) = run(seed, move |world| {
            let program = with_attributes(world, &inside, 2);
            let before = inside.counts().1;
            inside.add_fault(Fault::From(Direction::Write, first));
            let (promised, failures) = workload(&program, &mut world.random(1));
            let struck = inside.counts().1 - before > first;
            assert!(!struck || failures > 0, "an error reached nobody");
            if seed.is_multiple_of(2) {
                inside.clear_faults();
                program.unmount("/ffs", false).unwrap();
                assert_clean(&inside.bytes());
            } else {
                assert!(!struck || program.unmount("/ffs", false).is_err());
                let _ = program.unmount("/ffs", true);
            }
            let _ = program.0.shut_down();
            (promised, struck)
        });
        (met, runs) = (met + u64::from(struck), runs + 1);
        assert_kept(disk.crash_image(seed), promised, &format!("writes fail from {first} on, seed {seed}"));
    }
    assert!(runs < 80 || 2 * met > runs, "only {met} of {runs} runs met their fault");
}
