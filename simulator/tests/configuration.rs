//! Modules that come and go, and the sysctl tree that changes, while other threads look.

mod support;

use rump::abi::system_call::table::number;
use rump::errno::{Errno, Result};
use rump::host::clock;
use rump::kernel::Kernel;
use rump::module::{Class, Command, Control, Description, NewModule, VERSION};
use rump::sysctl::{Call, Computed, Kind, Leaf, flags, top};
use rump::time::Timespec;
use simulator::{run, seeds, sleep};
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::Duration;
use support::{Program, core, within};

const SEEDS: u64 = 60;

/// A module that sleeps while it starts and ends, and knows whether it is active.
struct Sleeper {
    active: AtomicI32,
}

impl Control for Sleeper {
    fn command(&self, _kernel: &Arc<Kernel>, command: Command) -> Result<()> {
        clock::sleep(Timespec { seconds: 0, nanoseconds: 50_000 });
        match command {
            Command::Initialise => {
                assert_eq!(self.active.fetch_add(1, Ordering::Relaxed), 0, "started twice")
            }
            Command::Finish => assert_eq!(self.active.fetch_sub(1, Ordering::Relaxed), 1, "ended twice"),
        }
        Ok(())
    }

    fn identity(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }
}

fn module(name: &str, required: &[&str]) -> NewModule {
    let description = Description {
        name: name.into(),
        class: Class::MISCELLANEOUS,
        version: VERSION,
        required: required.iter().map(ToString::to_string).collect(),
    };
    let control = Arc::new(Sleeper { active: AtomicI32::new(0) });
    NewModule { description: Arc::new(description), control }
}

#[test]
fn modules_that_come_and_go_at_once_keep_what_they_require() {
    for seed in seeds(SEEDS) {
        run(seed, move |world| {
            let kernel = core([1, 2, 4][seed as usize % 3]);
            let base = module("base", &[]);
            let middle = module("middle", &["base"]);
            within(&kernel, || kernel.modules.add(&[middle, base]).unwrap());
            let threads: Vec<_> = (0..4)
                .map(|number| {
                    let kernel = Arc::clone(&kernel);
                    world.spawn("loader", move || {
                        for round in 0..4 {
                            let name = if (number + round) % 2 == 0 { "base" } else { "middle" };
                            let loaded = within(&kernel, || kernel.modules.load(&kernel, name, true));
                            assert!(matches!(loaded, Ok(()) | Err(Errno::EEXIST)), "{loaded:?}");
                            let own = module(&format!("own{number}"), &["middle"]);
                            let set = [own.clone()];
                            within(&kernel, || kernel.modules.add_and_start(&kernel, &set)).unwrap();
                            let busy = within(&kernel, || kernel.modules.unload(&kernel, "middle"));
                            assert_eq!(busy, Err(Errno::EBUSY), "a module that is required went");
                            sleep(Duration::from_micros(20));
                            within(&kernel, || kernel.modules.remove(&kernel, &own.description.name))
                                .unwrap();
                            let gone = within(&kernel, || kernel.modules.unload(&kernel, name));
                            assert!(matches!(gone, Ok(()) | Err(Errno::EBUSY | Errno::ENOENT)), "{gone:?}");
                        }
                    })
                })
                .collect();
            for thread in threads {
                thread.join();
            }
            within(&kernel, || {
                for name in ["middle", "base"] {
                    let gone = kernel.modules.unload(&kernel, name);
                    assert!(matches!(gone, Ok(()) | Err(Errno::ENOENT)), "{gone:?}");
                }
                assert!(kernel.modules.all().iter().all(|status| status.references.is_none()));
            });
            kernel.shut_down().unwrap();
        });
    }
}

/// The value of a node of the world's threads: 8 bytes, or the error.
fn read(program: &Program, name: &[i32]) -> Result<u64> {
    let (mut value, mut length) = (0u64, 8u64);
    let slots =
        [name.as_ptr() as u64, name.len() as u64, (&raw mut value) as u64, (&raw mut length) as u64, 0, 0];
    program.call(number::SYSCTL, &slots)?;
    assert_eq!(length, 8);
    Ok(value)
}

fn slow(_call: &Call<'_>) -> Result<Vec<u8>> {
    // A handler may sleep: it holds no lock of the tree.
    clock::sleep(Timespec { seconds: 0, nanoseconds: 30_000 });
    Ok(7u64.to_ne_bytes().to_vec())
}

#[test]
fn a_tree_that_changes_is_whole_for_those_who_read() {
    for seed in seeds(SEEDS) {
        run(seed, move |world| {
            let kernel = core([1, 2, 4][seed as usize % 3]);
            let changers = (0..2).map(|number| {
                let kernel = Arc::clone(&kernel);
                world.spawn("changer", move || {
                    for _ in 0..5 {
                        within(&kernel, || {
                            let tree = &kernel.sysctl;
                            let name = ["first", "second"][number];
                            let node = tree.add_node(&[top::NETWORK], None, name, 0, "").unwrap();
                            let leaf = Leaf {
                                number: Some(1),
                                name: "leaf",
                                kind: Kind::Quad,
                                size: 8,
                                flags: flags::READ_ONLY,
                                description: "",
                                handler: Arc::new(Computed::read_only(slow)),
                            };
                            tree.add(&[top::NETWORK, node], leaf).unwrap();
                            let program = Program(Arc::clone(&kernel));
                            assert_eq!(read(&program, &[top::NETWORK, node, 1]), Ok(7));
                            tree.remove(&[top::NETWORK, node]).unwrap();
                        });
                    }
                })
            });
            let changers: Vec<_> = changers.collect();
            let program = Program(Arc::clone(&kernel));
            let reader = world.spawn("reader", move || {
                for node in (1024..1044).cycle().take(60) {
                    let found = read(&program, &[top::NETWORK, node, 1]);
                    assert!(matches!(found, Ok(7) | Err(Errno::ENOENT)), "{found:?}");
                }
            });
            for thread in changers {
                thread.join();
            }
            reader.join();
            kernel.shut_down().unwrap();
        });
    }
}
