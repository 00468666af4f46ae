//! Older forms of UFS1, made out of what makefs makes.

mod support;

use fs_ffs::format::byte_order::ByteOrder;
use fs_ffs::format::geometry::Geometry;
use fs_ffs::format::numbers::{GroupNumber, InodeNumber};
use fs_ffs::volume::{OpenOptions, Volume};
use rump::errno::Errno;
use rumpuser as _;
use support::image::superblock;
use support::session::{Session, kernel, write_at};
use support::{Content, Format, MemoryDisk, Random, Scratch};
use vfs::mount::MountFlags;

/// Byte offsets in the superblock.
const SUPERBLOCK: usize = 8192;
const OLD_FLAGS: usize = SUPERBLOCK + 211;
const FLAGS: usize = SUPERBLOCK + 1312;
const MAXSYMLINKLEN: usize = SUPERBLOCK + 1320;
const OLD_INODEFMT: usize = SUPERBLOCK + 1324;
/// Byte offsets in a cylinder group.
const CG_OLD_NCYL: usize = 16;
const CG_NBFREE: usize = 28;
const CG_OLD_BTOTOFF: usize = 84;
const CG_OLD_BOFF: usize = 88;
/// Where the rotational tables were in the superblock.
const TABLES: std::ops::Range<usize> = SUPERBLOCK + 860..SUPERBLOCK + 860 + 452;

/// Makes directory entries and inodes what they were in 4.2BSD. All directories must be small.
fn make_old(image: &mut [u8], order: ByteOrder) {
    let geometry = superblock(image).geometry;
    let volume = Volume::open(
        MemoryDisk::new(image.to_vec()),
        OpenOptions { read_only: true, force: false },
        support::clock(),
    )
    .unwrap();
    for number in 2..geometry.inode_count() {
        let Ok(inode) = volume.read_inode(InodeNumber(number)) else { continue };
        let (block, at) = geometry.inode_place(InodeNumber(number));
        let place = block as usize + at;
        for (old, new) in [(4, 112), (6, 116)] {
            let id = order.u32(image, place + new) as u16;
            order.put_u16(image, place + old, id);
        }
        if inode.is_directory() {
            assert!(inode.size <= u64::from(geometry.fs_bsize));
            let start = geometry.byte_offset(inode.pointer(0, &geometry)) as usize;
            let mut entry = start;
            while entry < start + inode.size as usize {
                let length = u16::from(image[entry + 7]);
                order.put_u16(image, entry + 6, length);
                entry += usize::from(order.u16(image, entry + 4));
            }
        }
    }
    order.put_u32(image, MAXSYMLINKLEN, 0);
    order.put_u32(image, OLD_INODEFMT, u32::MAX);
}

/// Takes the newer fields out of the superblock; where they were, tables lie that must survive. The one group, which is
/// one cylinder with one position, gets the tables of the old layout.
fn make_unmarked(image: &mut [u8]) {
    let geometry = superblock(image).geometry;
    assert!(geometry.fs_ncg == 1 && geometry.fs_old_cpg == 1 && geometry.fs_old_nrpos == 1);
    let order = geometry.order;
    let group = geometry.group_block_offset(GroupNumber(0)) as usize;
    let free = order.u32(image, group + CG_NBFREE);
    let [totals, positions] = [CG_OLD_BTOTOFF, CG_OLD_BOFF].map(|at| order.u32(image, group + at) as usize);
    order.put_u32(image, group + totals, free);
    order.put_u16(image, group + positions, free as u16);
    order.put_u16(image, group + CG_OLD_NCYL, 0);
    image[OLD_FLAGS] &= !0x80;
    image[TABLES].fill(0x5c);
}

fn free_blocks_by_cylinder(image: &[u8], geometry: &Geometry) -> Vec<u32> {
    let block = geometry.group_block_offset(GroupNumber(0)) as usize;
    let table = block + geometry.order.u32(image, block + 84) as usize;
    (0..geometry.fs_old_cpg as usize)
        .map(|cylinder| geometry.order.u32(image, table + 4 * cylinder))
        .collect()
}

#[test]
fn old_directories_inodes_and_superblocks_work_in_both_byte_orders() {
    let kernel = kernel();
    for big_endian in [false, true] {
        let order = if big_endian { ByteOrder::Big } else { ByteOrder::Little };
        let scratch = Scratch::new();
        std::fs::create_dir(scratch.0.join("d")).unwrap();
        std::fs::write(scratch.0.join("d/file"), b"contents").unwrap();
        let mut image = support::make_image(Format::new(1, big_endian, 8192, 1024), 8 << 20, &scratch.0, "");
        make_old(&mut image, order);
        make_unmarked(&mut image);
        let geometry = superblock(&image).geometry;
        assert!(geometry.old_directories() && geometry.keeps_old_tables() && geometry.old_inodes);
        let block = geometry.group_block_offset(GroupNumber(0)) as usize;
        let free_before = order.u32(&image, block + 28);
        let tables_before = free_blocks_by_cylinder(&image, &geometry);

        let disk = MemoryDisk::new(image);
        let session = Session::mount(&kernel, &disk);
        assert_eq!(session.read("d/file").unwrap(), b"contents");
        let vnode = session.create("d/new").unwrap();
        write_at(&vnode, 0, &[7; 200_000]).unwrap();
        drop(vnode);
        session.make_link("d/short", b"a target that once had a block").unwrap();
        session.make_directory("d/below").unwrap();
        session.rename("d/file", "d/below/renamed").unwrap();
        let tree = session.tree();
        session.unmount();

        let image = disk.bytes();
        assert!(image[TABLES].iter().all(|&byte| byte == 0x5c), "tables in the superblock survive");
        let taken = free_before - order.u32(&image, block + 28);
        assert!(taken >= 24);
        let tables = free_blocks_by_cylinder(&image, &geometry);
        let taken_by_cylinder: u32 =
            tables_before.iter().zip(&tables).map(|(old, new)| old.wrapping_sub(*new)).sum();
        assert_eq!(taken_by_cylinder, taken);
        let session = Session::try_mount(&kernel, &disk, MountFlags::READ_ONLY).unwrap();
        assert!(session.tree() == tree);
        assert!(matches!(&tree[&b"d/short"[..]], Content::Link(target) if target.len() == 30));
        session.unmount();
    }
}

#[test]
fn what_cannot_be_kept_right_is_refused_for_writing() {
    let kernel = kernel();
    let image = support::empty_image(Format::new(2, false, 8192, 1024), 8 << 20, "");
    let attempt = |at: usize, value: u32, flags: MountFlags| {
        let mut image = image.clone();
        image[at..at + 4].copy_from_slice(&value.to_le_bytes());
        let disk = MemoryDisk::new(image);
        Session::try_mount(&kernel, &disk, flags).map(Session::unmount).err()
    };
    let (write, read) = (MountFlags::empty(), MountFlags::READ_ONLY);
    assert_eq!(attempt(FLAGS, 0x100, write), Some(Errno::EFTYPE), "a journal that is nowhere");
    assert_eq!(attempt(FLAGS, 0x100, read), Some(Errno::EFTYPE));
    assert_eq!(attempt(FLAGS, 0x100, read | MountFlags::FORCE), None);
    assert_eq!(attempt(FLAGS, 0x200, write), Some(Errno::EINVAL), "quotas");
    assert_eq!(attempt(FLAGS, 0x200, read), None);
    assert_eq!(attempt(FLAGS, 0x10, read), Some(Errno::EINVAL), "flags that nobody knows");
    assert_eq!(attempt(FLAGS, 0x2, write), None, "soft updates");
    assert_eq!(attempt(SUPERBLOCK + 1116, 9, write), Some(Errno::EOPNOTSUPP), "snapshots");
    assert_eq!(attempt(SUPERBLOCK + 1116, 9, read), None);
}

#[test]
fn truncated_devices_are_for_reading_only() {
    let kernel = kernel();
    let mut image = support::empty_image(Format::new(1, false, 8192, 1024), 8 << 20, "");
    image.truncate(6 << 20);
    let disk = MemoryDisk::new(image);
    assert_eq!(Session::try_mount(&kernel, &disk, MountFlags::empty()).err(), Some(Errno::EINVAL));
    let session = Session::try_mount(&kernel, &disk, MountFlags::READ_ONLY).unwrap();
    assert_eq!(session.names("").len(), 2);
    session.unmount();
}

#[test]
fn a_seeded_tree_survives_being_made_old() {
    let seed = support::seed("old tree");
    let mut random = Random::new(seed);
    let scratch = Scratch::new();
    for number in 0..100 {
        let bytes = random.bytes(number * 97);
        std::fs::write(scratch.0.join(format!("f{number}")), bytes).unwrap();
    }
    let kernel = kernel();
    for big_endian in [false, true] {
        let order = if big_endian { ByteOrder::Big } else { ByteOrder::Little };
        let mut image = support::make_image(Format::new(1, big_endian, 8192, 1024), 8 << 20, &scratch.0, "");
        let disk = MemoryDisk::new(image.clone());
        let session = Session::try_mount(&kernel, &disk, MountFlags::READ_ONLY).unwrap();
        let tree = session.tree();
        session.unmount();
        make_old(&mut image, order);
        let disk = MemoryDisk::new(image);
        let session = Session::mount(&kernel, &disk);
        assert!(session.tree() == tree);
        for number in (0..100).step_by(2) {
            session.remove(&format!("f{number}")).unwrap();
        }
        session.unmount();
    }
}
