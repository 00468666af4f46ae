//! FFS is unmounted by force while others make and remove files: the image is in order all the same.

mod support;

use simulator::{Disk, Random, run, seeds};
use support::{Program, assert_clean, empty_ffs, spawn, with_ffs};

const THREADS: u64 = 3;
const ROUNDS: u64 = 12;

/// Any call may find that the file system has gone.
fn make_and_remove(program: &Program, random: &mut Random) {
    let path = format!("/ffs/f{}", random.below(2));
    let _ = program.write_file(&path, b"x");
    if random.once_in(2) {
        let _ = program.unlink(&path);
    }
}

#[test]
fn an_image_unmounted_by_force_is_in_order_and_clean() {
    for seed in seeds(100) {
        run(seed, move |world| {
            let disk = Disk::new(empty_ffs());
            let program = with_ffs(world, &disk, 2);
            let threads: Vec<_> = (0..THREADS)
                .map(|thread| {
                    let inside = program.clone();
                    let mut random = world.random(thread);
                    spawn(world, &program.0, "worker", move || {
                        for round in 0..ROUNDS {
                            make_and_remove(&inside, &mut random);
                            if thread == 0 && round == 8 {
                                inside.unmount("/ffs", true).unwrap();
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
