//! The layers below the VFS, on images that makefs makes.

mod support;

use fs_ffs::file::FileStore;
use fs_ffs::format::directory_entry::UFS_DIRBLKSIZ;
use fs_ffs::format::numbers::InodeNumber;
use fs_ffs::volume::{OpenOptions, Volume};
use rumpuser as _;
use support::{Content, Format, MemoryDisk, Random, Scratch, Tree};
use vfs::attributes::VnodeKind;
use vfs::page_cache::FileCache;
use vfs::page_pool::PagePool;
use vfs::vnode::DirectorySink;

struct Names(Vec<(u64, Option<VnodeKind>, Vec<u8>)>);

impl DirectorySink for Names {
    fn entry(&mut self, number: u64, kind: Option<VnodeKind>, name: &[u8], _next: u64) -> bool {
        self.0.push((number, kind, name.to_vec()));
        true
    }
}

fn read_tree(volume: &Volume, number: InodeNumber, prefix: &[u8], tree: &mut Tree) {
    let directory = volume.read_inode(number).unwrap();
    assert_eq!(directory.size % UFS_DIRBLKSIZ as u64, 0);
    let index = volume.load_index(&directory).unwrap();
    let mut names = Names(Vec::new());
    volume.read_directory(&directory, 0, &mut names).unwrap();
    for (number, kind, name) in names.0 {
        assert_eq!(u64::from(index.find(&name).unwrap().number.0), number);
        if name == b"." || name == b".." {
            continue;
        }
        let number = InodeNumber(number as u32);
        let inode = volume.read_inode(number).unwrap();
        assert_eq!(kind, Some(inode.kind().unwrap()));
        let path = [prefix, &name[..]].concat();
        match inode.kind().unwrap() {
            VnodeKind::Directory => {
                tree.insert(path.clone(), Content::Directory);
                read_tree(volume, number, &[&path[..], b"/"].concat(), tree);
            }
            VnodeKind::Regular => {
                let cache = FileCache::new(&PagePool::new(None));
                let mut bytes = vec![0xee; inode.size as usize];
                cache.read_bytes(0, &mut bytes, inode.size, &FileStore::new(volume, &inode)).unwrap();
                tree.insert(path, Content::File(bytes));
            }
            VnodeKind::SymbolicLink => {
                tree.insert(path, Content::Link(volume.read_link(&inode).unwrap()));
            }
            kind => panic!("{kind:?}"),
        }
    }
}

#[test]
fn trees_read_back_in_all_formats_and_sizes() {
    let seed = support::seed("trees");
    let scratch = Scratch::new();
    let tree = support::sample_tree(&scratch.0, &mut Random::new(seed));
    let mut formats = Format::all().to_vec();
    for version in [1, 2] {
        for (bsize, fsize) in [(4096, 512), (4096, 4096), (16384, 2048), (32768, 8192), (65536, 8192)] {
            formats.push(Format::new(version, bsize == 4096, bsize, fsize));
        }
    }
    for format in formats {
        let image = support::make_image(format, 48 << 20, &scratch.0, "");
        let options = OpenOptions { read_only: true, force: false };
        let volume = Volume::open(MemoryDisk::new(image), options, support::clock())
            .unwrap_or_else(|error| panic!("{format:?}: {error}"));
        let mut found = Tree::new();
        read_tree(&volume, InodeNumber::ROOT, b"", &mut found);
        assert_eq!(found.keys().collect::<Vec<_>>(), tree.keys().collect::<Vec<_>>(), "{format:?}");
        for (path, content) in &tree {
            assert!(found[path] == *content, "{format:?}: {}", String::from_utf8_lossy(path));
        }
    }
}
