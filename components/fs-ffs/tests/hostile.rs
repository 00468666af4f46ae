//! Images that somebody has tampered with: errors are fine, panics and endless loops are not.

mod support;

use rump::kernel::Kernel;
use rumpuser as _;
use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;
use support::session::{Names, Session, kernel, new_file, read_at, write_at};
use support::{Format, MemoryDisk, Random, Scratch};
use vfs::attributes::{AttributeChange, VnodeKind};
use vfs::file_system::FileSystem;
use vfs::mount::MountFlags;
use vfs::vnode::{SyncScope, VnodeRef};

/// Byte ranges of the image that hold metadata, each with how often it is hit.
fn targets(image: &[u8]) -> Vec<(usize, usize)> {
    let geometry = support::image::superblock(image).geometry;
    let mut targets = vec![(8192, 1376), (8192, 220), (8192 + 1000, 376)];
    let group = geometry.group_block_offset(fs_ffs::format::numbers::GroupNumber(0)) as usize;
    targets.push((group, 168));
    targets.push((group, geometry.fs_cgsize as usize));
    let (inodes, _) = geometry.inode_place(fs_ffs::format::numbers::InodeNumber(2));
    let size = geometry.inode_size() as usize;
    for _ in 0..3 {
        targets.push((inodes as usize, size * 24));
    }
    // Directories, indirect blocks and data follow.
    let data = (u64::from(geometry.fs_dblkno) << geometry.fs_fshift) as usize;
    targets.push((data, 64 * 1024));
    targets.push((data, 256 * 1024));
    targets.push(((geometry.fs_csaddr << geometry.fs_fshift) as usize, 64));
    targets
}

fn tamper(image: &mut [u8], random: &mut Random) {
    let targets = targets(image);
    for _ in 0..=random.below(6) {
        let (start, length) = targets[random.below(targets.len() as u64) as usize];
        let at = start + random.below(length as u64) as usize;
        match random.below(6) {
            0 => image[at] = random.next() as u8,
            1 => image[at] ^= 1 << random.below(8),
            2 => {
                let at = at & !3;
                let value = [0, 1, u32::MAX, 0x7fff_ffff, 0x8000_0000, random.next() as u32]
                    [random.below(6) as usize];
                image[at..at + 4].copy_from_slice(&value.to_le_bytes());
            }
            3 => {
                // A small number in either order: a pointer to somewhere else in the image.
                let at = at & !3;
                let value = random.below(2048) as u32;
                let bytes = if random.below(2) == 0 { value.to_le_bytes() } else { value.to_be_bytes() };
                image[at..at + 4].copy_from_slice(&bytes);
            }
            4 => {
                let from = start + random.below(length as u64) as usize;
                let count = 32.min(image.len() - from.max(at));
                image.copy_within(from..from + count, at);
            }
            _ => image[at..(at + 64).min(start + length)].fill(if random.below(2) == 0 { 0 } else { 0xff }),
        }
    }
}

fn visit(vnode: &VnodeRef, depth: usize, budget: &mut usize) {
    if *budget == 0 || depth > 6 {
        return;
    }
    *budget -= 1;
    let operations = vnode.operations();
    let size = operations.attributes().map_or(0, |attributes| attributes.size);
    let _ = operations.map_block(size / 2);
    match vnode.kind {
        VnodeKind::Regular => {
            for offset in [0, size / 2, size.saturating_sub(5000), size.saturating_mul(2)] {
                let _ = read_at(vnode, offset, 10_000);
            }
        }
        VnodeKind::SymbolicLink => drop(operations.read_link()),
        VnodeKind::Directory => {
            let mut names = Names(Vec::new());
            let _ = operations.read_directory(0, &mut names);
            let _ = operations.read_directory(size / 2 + 7, &mut Names(Vec::new()));
            for (name, ..) in names.0.iter().take(12) {
                if name != b"."
                    && let Ok(child) = operations.lookup(name)
                {
                    visit(&child, depth + 1, budget);
                }
            }
        }
        _ => {}
    }
}

fn change(vnode: &VnodeRef, random: &mut Random, depth: usize) {
    let operations = vnode.operations();
    let mut names = Names(Vec::new());
    let _ = operations.read_directory(0, &mut names);
    let made = operations.create(b"made-here", &new_file(VnodeKind::Regular));
    if let Ok(made) = &made {
        let _ = write_at(made, random.below(200_000), &random.bytes(20_000));
        let _ = made.operations().sync(SyncScope::Everything);
    }
    let _ = operations.make_directory(b"new-directory", &new_file(VnodeKind::Directory));
    for (name, ..) in names.0.iter().take(10).filter(|(name, ..)| name != b"." && name != b"..") {
        let Ok(child) = operations.lookup(name) else { continue };
        match random.below(5) {
            0 if child.is_directory() => drop(operations.remove_directory(name, &child)),
            0 => drop(operations.remove(name, &child)),
            1 => drop(operations.rename(name, &child, vnode, b"renamed", None)),
            2 => {
                let change =
                    AttributeChange { size: Some(random.below(100_000)), ..AttributeChange::default() };
                let _ = child.operations().set_attributes(&change);
                let _ = child.operations().discard(random.below(30_000), random.below(90_000));
            }
            3 => drop(write_at(&child, random.below(300_000), &random.bytes(9000))),
            _ if child.is_directory() && depth < 3 => change(&child, random, depth + 1),
            _ => drop(child.operations().allocate(random.below(90_000), 20_000)),
        }
    }
}

fn try_image(kernel: &Arc<Kernel>, image: Vec<u8>, random: &mut Random) {
    let disk = MemoryDisk::new(image);
    let flags = if random.below(3) == 0 { MountFlags::READ_ONLY } else { MountFlags::FORCE };
    let Ok(session) = Session::try_mount(kernel, &disk, flags) else { return };
    let _ = session.ffs.statistics();
    if let Ok(root) = session.ffs.root() {
        visit(&root, 0, &mut 200);
        if root.is_directory() {
            change(&root, random, 0);
        }
        visit(&root, 0, &mut 100);
    }
    let _ = session.ffs.sync();
    let _ = session.ffs.unmount(true);
    session.mount.vnodes.clear();
}

fn storm(format: Format, seed: u64, rounds: usize) {
    let scratch = Scratch::new();
    let mut random = Random::new(seed);
    let _ = support::sample_tree(&scratch.0, &mut random);
    let image = support::make_image(format, 8 << 20, &scratch.0, "");
    let (done, progress) = mpsc::channel();
    let worker = std::thread::spawn(move || {
        let kernel = kernel();
        for round in 0..rounds {
            let mut random = Random::new(seed ^ (round as u64) << 20);
            let mut image = image.clone();
            tamper(&mut image, &mut random);
            done.send(round).unwrap();
            try_image(&kernel, image, &mut random);
        }
    });
    let mut last = None;
    loop {
        match progress.recv_timeout(Duration::from_secs(30)) {
            Ok(round) => last = Some(round),
            Err(mpsc::RecvTimeoutError::Timeout) => panic!("{format:?} seed {seed} round {last:?}: hangs"),
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
        }
    }
    assert!(worker.join().is_ok(), "{format:?} seed {seed} round {last:?}: panics");
}

fn rounds() -> usize {
    std::env::var("FFS_TEST_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(150)
}

#[test]
fn tampered_ufs1_little_endian() {
    storm(Format::new(1, false, 8192, 1024), support::seed("ufs1 le"), rounds());
}

#[test]
fn tampered_ufs1_big_endian() {
    storm(Format::new(1, true, 4096, 512), support::seed("ufs1 be"), rounds());
}

#[test]
fn tampered_ufs2_little_endian() {
    storm(Format::new(2, false, 8192, 1024), support::seed("ufs2 le"), rounds());
}

#[test]
fn tampered_ufs2_big_endian() {
    storm(Format::new(2, true, 4096, 4096), support::seed("ufs2 be"), rounds());
}

#[test]
fn what_is_no_file_system_is_refused() {
    let kernel = kernel();
    for bytes in [vec![0u8; 1 << 20], vec![0xff; 300_000 / 512 * 512], vec![0; 512], Vec::new()] {
        let disk = MemoryDisk::new(bytes);
        let error = Session::try_mount(&kernel, &disk, MountFlags::READ_ONLY).err();
        assert_eq!(error, Some(rump::errno::Errno::EINVAL));
    }
}
