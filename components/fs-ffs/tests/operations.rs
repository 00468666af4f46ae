//! The operations of mounted file systems, in all formats, with a check of the image after each unmount.

mod support;

use rump::errno::Errno;
use rump::time::Timespec;
use rump::uio::{Direction, Uio, UserRange};
use rump::user_memory::{AddressSpace, UserAddress};
use rumpuser as _;
use std::sync::atomic::Ordering;
use support::session::{Session, kernel, new_file, read_all, read_at, write_at};
use support::{Content, Format, MemoryDisk, Random, Scratch};
use vfs::attributes::{AttributeChange, TimeChange, VnodeKind};
use vfs::file_system::{FileHandle, FileSystem};
use vfs::mount::MountFlags;
use vfs::vnode::{IoFlags, SyncScope};

const SIZE: u64 = 24 << 20;

fn formats() -> Vec<Format> {
    let mut formats = Format::all().to_vec();
    formats.push(Format::new(1, true, 4096, 512));
    formats.push(Format::new(2, false, 16384, 16384));
    formats.push(Format::new(2, true, 65536, 8192));
    formats
}

#[test]
fn a_tree_copied_in_is_there_after_mounting_again() {
    let seed = support::seed("copied");
    let scratch = Scratch::new();
    let tree = support::sample_tree(&scratch.0, &mut Random::new(seed));
    let kernel = kernel();
    for format in formats() {
        let disk = MemoryDisk::new(support::empty_image(format, SIZE, "density=8192"));
        let session = Session::mount(&kernel, &disk);
        for (path, content) in &tree {
            let path = std::str::from_utf8(path).unwrap();
            match content {
                Content::Directory => session.make_directory(path).unwrap(),
                Content::Link(target) => session.make_link(path, target).unwrap(),
                Content::File(bytes) => {
                    let vnode = session.create(path).unwrap();
                    assert_eq!(write_at(&vnode, 0, bytes).unwrap(), bytes.len());
                }
            }
        }
        assert!(session.tree() == tree, "{format:?}");
        session.unmount();
        let session = Session::try_mount(&kernel, &disk, MountFlags::READ_ONLY).unwrap();
        assert!(session.tree() == tree, "{format:?}: after mounting again");
        assert_eq!(session.create("x").err(), Some(Errno::EROFS));
        session.unmount();
    }
}

#[test]
fn filling_up_and_removing_all_gives_everything_back() {
    let kernel = kernel();
    for format in formats() {
        let disk = MemoryDisk::new(support::empty_image(format, 8 << 20, ""));
        let session = Session::mount(&kernel, &disk);
        let before = session.ffs.statistics().unwrap();
        session.make_directory("d").unwrap();
        let mut names = Vec::new();
        let mut sizes = Random::new(7);
        'filling: for number in 0.. {
            let path = format!("d/file-{number}");
            let vnode = match session.create(&path) {
                Err(Errno::ENOSPC) => break,
                other => other.unwrap(),
            };
            names.push(path);
            let bytes = sizes.bytes(sizes_below(number) as usize);
            match write_at(&vnode, 0, &bytes) {
                Err(Errno::ENOSPC) => break 'filling,
                Ok(written) if written < bytes.len() => {
                    assert!(read_all(&vnode).unwrap() == bytes[..written]);
                    break 'filling;
                }
                other => assert_eq!(other.unwrap(), bytes.len()),
            }
        }
        let full = session.ffs.statistics().unwrap();
        assert!(
            full.blocks_free < 70_000 / full.fragment_size || full.files_free == 0,
            "{format:?} {full:?}"
        );
        session.ffs.sync().unwrap();
        for path in names {
            session.remove(&path).unwrap();
        }
        session.remove("d").unwrap();
        let after = session.ffs.statistics().unwrap();
        assert_eq!(before, after, "{format:?}");
        session.unmount();
    }
}

fn sizes_below(number: u64) -> u64 {
    if number.is_multiple_of(3) { 300_000 + number * 77 } else { number * 331 % 9000 }
}

#[test]
fn sparse_files_reach_the_triple_indirect_blocks() {
    let kernel = kernel();
    for format in [Format::new(1, false, 4096, 512), Format::new(2, true, 4096, 1024)] {
        let disk = MemoryDisk::new(support::empty_image(format, SIZE, ""));
        let session = Session::mount(&kernel, &disk);
        let before = session.ffs.statistics().unwrap();
        let nindir = u64::from(format.bsize) / if format.version == 1 { 4 } else { 8 };
        let blocks =
            [5, 12, 12 + nindir, 12 + nindir + nindir * nindir, 12 + nindir + 2 * nindir * nindir + 3];
        let vnode = session.create("sparse").unwrap();
        for (index, block) in blocks.iter().enumerate() {
            let text = format!("at block {block}").into_bytes();
            let offset = block * u64::from(format.bsize) + 100 * index as u64;
            assert_eq!(write_at(&vnode, offset, &text).unwrap(), text.len(), "{format:?} {block}");
        }
        drop(vnode);
        session.unmount();
        let session = Session::mount(&kernel, &disk);
        let vnode = session.walk("sparse").unwrap();
        for (index, block) in blocks.iter().enumerate() {
            let text = format!("at block {block}").into_bytes();
            let offset = block * u64::from(format.bsize) + 100 * index as u64;
            assert_eq!(read_at(&vnode, offset, text.len()).unwrap(), text);
            assert_eq!(read_at(&vnode, offset - 20, 20).unwrap(), [0; 20], "{format:?} {block}");
        }
        let cut = (12 + nindir + 5) * u64::from(format.bsize) + 17;
        let change = AttributeChange { size: Some(cut), ..AttributeChange::default() };
        vnode.operations().set_attributes(&change).unwrap();
        assert_eq!(vnode.operations().attributes().unwrap().size, cut);
        drop(vnode);
        session.ffs.sync().unwrap();
        session.remove("sparse").unwrap();
        assert_eq!(session.ffs.statistics().unwrap(), before);
        session.unmount();
    }
}

#[test]
fn removed_files_live_until_their_last_use() {
    let kernel = kernel();
    let disk = MemoryDisk::new(support::empty_image(Format::new(2, false, 8192, 1024), SIZE, ""));
    let session = Session::mount(&kernel, &disk);
    let before = session.ffs.statistics().unwrap();
    let vnode = session.create("f").unwrap();
    write_at(&vnode, 0, b"still here").unwrap();
    session.remove("f").unwrap();
    assert_eq!(session.walk("f").err(), Some(Errno::ENOENT));
    assert_eq!(read_all(&vnode).unwrap(), b"still here");
    assert_ne!(session.ffs.statistics().unwrap(), before);
    drop(vnode);
    assert_eq!(session.ffs.statistics().unwrap(), before);
    session.unmount();
}

#[test]
fn directories_grow_shrink_and_keep_their_entries_in_place() {
    let kernel = kernel();
    for format in Format::all() {
        let disk = MemoryDisk::new(support::empty_image(format, SIZE, "density=2048"));
        let session = Session::mount(&kernel, &disk);
        session.make_directory("d").unwrap();
        let directory = session.walk("d").unwrap();
        // Long names take the directory past its direct blocks.
        let entry = |number: i32| format!("entry-{number}-{}", "z".repeat(40));
        for number in 0..4000 {
            let name = entry(number);
            directory.operations().create(name.as_bytes(), &new_file(VnodeKind::Regular)).unwrap();
        }
        assert_eq!(session.names("d").len(), 4002);
        let full = directory.operations().attributes().unwrap().size;
        assert!(full > 12 * u64::from(format.bsize) + 100_000);
        let kept: Vec<_> = session.names("d").into_iter().skip(2).step_by(500).collect();
        for number in 0..4000 {
            let name = entry(number);
            if !kept.iter().any(|(kept, ..)| *kept == name.as_bytes()) {
                let target = directory.operations().lookup(name.as_bytes()).unwrap();
                directory.operations().remove(name.as_bytes(), &target).unwrap();
            }
        }
        assert_eq!(session.names("d")[2..], kept[..]);
        assert_eq!(session.remove("d").err(), Some(Errno::ENOTEMPTY));
        for (name, ..) in kept {
            let target = directory.operations().lookup(&name).unwrap();
            directory.operations().remove(&name, &target).unwrap();
        }
        assert!(directory.operations().attributes().unwrap().size < full);
        assert_eq!(directory.operations().attributes().unwrap().size, 512);
        drop(directory);
        session.remove("d").unwrap();
        session.unmount();
    }
}

#[test]
fn renames_replace_move_and_refuse() {
    let kernel = kernel();
    for format in Format::all() {
        let disk = MemoryDisk::new(support::empty_image(format, SIZE, ""));
        let session = Session::mount(&kernel, &disk);
        for directory in ["a", "b", "a/sub", "b/sub", "b/full"] {
            session.make_directory(directory).unwrap();
        }
        drop(session.create("b/full/x").unwrap());
        drop(session.create("a/f").unwrap());
        session.write("a/f", 0, b"one").unwrap();
        drop(session.create("b/g").unwrap());
        session.rename("a/f", "b/g").unwrap();
        assert_eq!(session.read("b/g").unwrap(), b"one");
        assert_eq!(session.walk("a/f").err(), Some(Errno::ENOENT));
        assert_eq!(session.rename("a/sub", "b/full").err(), Some(Errno::ENOTEMPTY));
        session.rename("a/sub", "b/sub").unwrap();
        let parent = session.walk("b/sub").unwrap().operations().lookup(b"..").unwrap();
        assert!(parent == session.walk("b").unwrap());
        drop(parent);
        session.rename("b/sub", "a/moved").unwrap();
        assert_eq!(session.walk("a").unwrap().operations().attributes().unwrap().links, 3);
        assert_eq!(session.walk("b").unwrap().operations().attributes().unwrap().links, 3);
        session.link("b/g", "a/h").unwrap();
        assert_eq!(session.link("a", "c").err(), Some(Errno::EPERM));
        session.rename("b/g", "a/h").unwrap();
        assert_eq!(session.walk("b/g").err(), Some(Errno::ENOENT));
        assert_eq!(session.walk("a/h").unwrap().operations().attributes().unwrap().links, 1);
        session.unmount();
    }
}

#[test]
fn a_mount_changes_between_reading_and_writing() {
    let kernel = kernel();
    let disk = MemoryDisk::new(support::empty_image(Format::new(1, true, 8192, 1024), SIZE, ""));
    let session = Session::mount(&kernel, &disk);
    drop(session.create("f").unwrap());
    session.ffs.sync().unwrap();
    support::image::assert_in_use(&disk.bytes());
    session.unmount();
    let read_only = Session::try_mount(&kernel, &disk, MountFlags::READ_ONLY).unwrap();
    let before = disk.bytes();
    assert_eq!(read_only.create("g").err(), Some(Errno::EROFS));
    let vnode = read_only.walk("f").unwrap();
    assert_eq!(write_at(&vnode, 0, b"x"), Err(Errno::EROFS));
    drop(vnode);
    read_only.unmount();
    assert!(disk.bytes() == before, "reading changes nothing");
}

#[test]
fn file_handles_find_files_until_they_are_gone() {
    let kernel = kernel();
    for format in Format::all() {
        let disk = MemoryDisk::new(support::empty_image(format, SIZE, ""));
        let session = Session::mount(&kernel, &disk);
        let made = session.create("f").unwrap();
        let attributes = made.operations().attributes().unwrap();
        let handle = FileHandle { number: attributes.number, generation: attributes.generation };
        drop(made);
        assert_eq!(session.ffs.vnode_by_handle(handle).unwrap().number, handle.number);
        let stale = FileHandle { generation: handle.generation + 1, ..handle };
        assert_eq!(session.ffs.vnode_by_handle(stale).err(), Some(Errno::ESTALE));
        session.remove("f").unwrap();
        assert_eq!(session.ffs.vnode_by_handle(handle).err(), Some(Errno::ESTALE));
        let again = session.create("g").unwrap();
        assert_eq!(again.number, handle.number, "the number is given again");
        assert_eq!(session.ffs.vnode_by_handle(handle).err(), Some(Errno::ESTALE));
        for number in [0, 1, 3, 1 << 20, u64::from(u32::MAX), u64::MAX] {
            let handle = FileHandle { number, generation: 0 };
            assert_eq!(session.ffs.vnode_by_handle(handle).err(), Some(Errno::ESTALE), "{number}");
        }
        drop(again);
        session.unmount();
    }
}

#[test]
fn flags_and_attributes_are_kept_and_obeyed() {
    const IMMUTABLE: u32 = 2;
    const APPEND: u32 = 4;
    let kernel = kernel();
    for format in Format::all() {
        let disk = MemoryDisk::new(support::empty_image(format, SIZE, ""));
        let session = Session::mount(&kernel, &disk);
        let vnode = session.create("f").unwrap();
        let operations = vnode.operations();
        let birth_time = Timespec { seconds: 1_000_000, nanoseconds: 17 };
        let times = AttributeChange {
            access_time: Some(TimeChange::To(Timespec { seconds: 2_000_000, nanoseconds: 3 })),
            modification_time: Some(TimeChange::To(Timespec { seconds: 3_000_000, nanoseconds: 4 })),
            birth_time: Some(birth_time),
            permissions: Some(0o4751),
            user: Some(70_000),
            group: Some(80_000),
            ..AttributeChange::default()
        };
        operations.set_attributes(&times).unwrap();
        let flags = |flags| AttributeChange { flags: Some(flags), ..AttributeChange::default() };
        operations.set_attributes(&flags(APPEND)).unwrap();
        assert_eq!(write_at(&vnode, 0, b"start").unwrap(), 5, "at the end");
        assert_eq!(write_at(&vnode, 0, b"over"), Err(Errno::EPERM));
        let shorter = AttributeChange { size: Some(1), ..AttributeChange::default() };
        assert_eq!(operations.set_attributes(&shorter), Err(Errno::EPERM));
        operations.set_attributes(&flags(IMMUTABLE)).unwrap();
        assert_eq!(session.remove("f"), Err(Errno::EPERM));
        assert_eq!(session.link("f", "g"), Err(Errno::EPERM));
        assert_eq!(session.rename("f", "g"), Err(Errno::EPERM));
        let before = operations.attributes().unwrap();
        drop(vnode);
        session.unmount();
        let session = Session::mount(&kernel, &disk);
        let after = session.walk("f").unwrap().operations().attributes().unwrap();
        assert_eq!(before, after);
        assert_eq!((after.user, after.group, after.permissions), (70_000, 80_000, 0o4751));
        assert_eq!(after.access_time.seconds, 2_000_000);
        if format.version == 2 {
            assert_eq!(after.birth_time, birth_time);
        }
        session.unmount();
    }
}

#[test]
fn a_failing_disk_is_told_and_nothing_is_lost_when_it_recovers() {
    let kernel = kernel();
    let disk = MemoryDisk::new(support::empty_image(Format::new(2, true, 8192, 1024), SIZE, ""));
    let session = Session::mount(&kernel, &disk);
    let vnode = session.create("f").unwrap();
    write_at(&vnode, 0, &[9; 100_000]).unwrap();
    disk.fail_writes.store(true, Ordering::Relaxed);
    assert_eq!(vnode.operations().sync(SyncScope::Everything), Err(Errno::EIO));
    assert_eq!(session.ffs.sync(), Err(Errno::EIO));
    drop(vnode);
    assert_eq!(session.ffs.unmount(false), Err(Errno::EIO));
    disk.fail_writes.store(false, Ordering::Relaxed);
    session.walk("f").unwrap().operations().sync(SyncScope::Everything).unwrap();
    session.unmount();
    let session = Session::mount(&kernel, &disk);
    assert!(session.read("f").unwrap() == [9; 100_000]);
    session.unmount();
}

#[test]
fn what_fsync_acknowledged_is_on_the_disk() {
    let kernel = kernel();
    for format in formats() {
        let disk = MemoryDisk::new(support::empty_image(format, SIZE, ""));
        let session = Session::mount(&kernel, &disk);
        session.make_directory("d").unwrap();
        let bytes = Random::new(3).bytes(400_000);
        let vnode = session.create("d/f").unwrap();
        write_at(&vnode, 0, &bytes).unwrap();
        vnode.operations().sync(SyncScope::Data).unwrap();
        // As after a crash: what is on the disk now, and nothing of what is in memory.
        let crashed = MemoryDisk::new(disk.bytes());
        let after = Session::try_mount(&kernel, &crashed, MountFlags::READ_ONLY).unwrap();
        assert!(after.read("d/f").unwrap() == bytes, "{format:?}");
        after.unmount();
        drop(vnode);
        session.unmount();
    }
}

#[test]
fn a_write_that_breaks_off_keeps_what_arrived_and_shows_nothing_else() {
    let kernel = kernel();
    for format in formats() {
        let mut image = support::empty_image(format, SIZE, "");
        support::image::scribble(&mut image);
        let disk = MemoryDisk::new(image);
        let session = Session::mount(&kernel, &disk);
        for (offset, arriving, before) in [(0u64, 5000usize, 0u64), (3000, 20_000, 70_000), (100_000, 1, 10)]
        {
            let vnode = session.create("f").unwrap();
            let grow = AttributeChange { size: Some(before), ..AttributeChange::default() };
            vnode.operations().set_attributes(&grow).unwrap();
            let bytes = vec![7u8; arriving];
            let range = |address, length| UserRange { address: UserAddress::new(address), length };
            let ranges = vec![range(bytes.as_ptr() as u64, arriving), range(0, 50_000)];
            let mut uio = Uio::user_vector(AddressSpace::Local, ranges, Direction::Write, offset).unwrap();
            assert_eq!(vnode.operations().write(&mut uio, IoFlags::empty()), Err(Errno::EFAULT));
            assert_eq!(uio.offset, offset + arriving as u64);
            let mut expected = vec![0; before.max(offset + arriving as u64) as usize];
            expected[offset as usize..offset as usize + arriving].fill(7);
            assert!(read_all(&vnode).unwrap() == expected, "{format:?} {offset}");
            let longer = AttributeChange { size: Some(200_000), ..AttributeChange::default() };
            vnode.operations().set_attributes(&longer).unwrap();
            expected.resize(200_000, 0);
            assert!(read_all(&vnode).unwrap() == expected, "{format:?} {offset}, longer");
            drop(vnode);
            session.remove("f").unwrap();
        }
        session.unmount();
    }
}
