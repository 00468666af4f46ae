//! Many random operations against a model in memory, with mounts in between.

mod support;

use rump::errno::Errno;
use rumpuser as _;
use std::collections::BTreeMap;
use support::session::{Session, kernel, read_at};
use support::{Content, Format, MemoryDisk, Random, Tree};
use vfs::attributes::AttributeChange;
use vfs::file_system::FileSystem;
use vfs::vnode::SyncScope;

/// Files by path; what two names share is shared here too.
#[derive(Default)]
struct Model {
    nodes: BTreeMap<String, Node>,
    files: Vec<Vec<u8>>,
}

#[derive(Clone, PartialEq, Debug)]
enum Node {
    Directory,
    File(usize),
    Link(Vec<u8>),
}

impl Model {
    fn directories(&self) -> Vec<String> {
        let below =
            self.nodes.iter().filter(|(_, node)| **node == Node::Directory).map(|(path, _)| path.clone());
        std::iter::once(String::new()).chain(below).collect()
    }

    fn files(&self) -> Vec<(String, usize)> {
        let file = |(path, node): (&String, &Node)| match node {
            Node::File(index) => Some((path.clone(), *index)),
            _ => None,
        };
        self.nodes.iter().filter_map(file).collect()
    }

    fn is_empty(&self, directory: &str) -> bool {
        let prefix = format!("{directory}/");
        !self.nodes.keys().any(|path| path.starts_with(&prefix))
    }

    fn tree(&self) -> Tree {
        let content = |node: &Node| match node {
            Node::Directory => Content::Directory,
            Node::File(index) => Content::File(self.files[*index].clone()),
            Node::Link(target) => Content::Link(target.clone()),
        };
        self.nodes.iter().map(|(path, node)| (path.clone().into_bytes(), content(node))).collect()
    }
}

struct Run {
    session: Session,
    model: Model,
    random: Random,
    format: Format,
}

impl Run {
    fn new_path(&mut self) -> String {
        let directories = self.model.directories();
        let directory = &directories[self.random.below(directories.len() as u64) as usize];
        let length = if self.random.below(10) == 0 { 200 } else { self.random.below(12) };
        let name = format!("n{}{}", self.random.below(40), "y".repeat(length as usize));
        if directory.is_empty() { name } else { format!("{directory}/{name}") }
    }

    fn any_path(&mut self) -> Option<String> {
        let count = self.model.nodes.len() as u64;
        self.model.nodes.keys().nth(self.random.below(count) as usize).cloned()
    }

    fn any_file(&mut self) -> Option<(String, usize)> {
        let files = self.model.files();
        (!files.is_empty()).then(|| files[self.random.below(files.len() as u64) as usize].clone())
    }

    fn offset(&mut self) -> u64 {
        let near = [0, 511, 512, 4095, 4096, 8192, 12 * u64::from(self.format.bsize), 100_000];
        let base = near[self.random.below(near.len() as u64) as usize];
        base + if self.random.below(2) == 0 { 0 } else { self.random.below(5000) }
    }

    fn step(&mut self) {
        match self.random.below(16) {
            0 | 1 => self.create(),
            2 => self.make_directory(),
            3 => self.make_link(),
            4 => self.remove(),
            5 => self.rename(),
            6 => self.link(),
            7..=10 => self.write(),
            11 => self.resize(),
            12 => self.read(),
            13 => self.discard(),
            14 => self.reserve(),
            _ => self.sync(),
        }
    }

    fn create(&mut self) {
        let path = self.new_path();
        match self.session.create(&path) {
            Ok(vnode) => {
                drop(vnode);
                self.model.files.push(Vec::new());
                let old = self.model.nodes.insert(path, Node::File(self.model.files.len() - 1));
                assert_eq!(old, None);
            }
            Err(error) => self.expect_exists(&path, error),
        }
    }

    fn expect_exists(&self, path: &str, error: Errno) {
        let wanted = if self.model.nodes.contains_key(path) { Errno::EEXIST } else { Errno::ENOSPC };
        assert_eq!(error, wanted, "{path}");
    }

    fn make_directory(&mut self) {
        let path = self.new_path();
        match self.session.make_directory(&path) {
            Ok(()) => assert_eq!(self.model.nodes.insert(path, Node::Directory), None),
            Err(error) => self.expect_exists(&path, error),
        }
    }

    fn make_link(&mut self) {
        let path = self.new_path();
        let target = vec![b't'; 1 + self.random.below(300) as usize];
        match self.session.make_link(&path, &target) {
            Ok(()) => assert_eq!(self.model.nodes.insert(path, Node::Link(target)), None),
            Err(error) => self.expect_exists(&path, error),
        }
    }

    fn remove(&mut self) {
        let Some(path) = self.any_path() else { return };
        let full = self.model.nodes[&path] == Node::Directory && !self.model.is_empty(&path);
        let expected = if full { Err(Errno::ENOTEMPTY) } else { Ok(()) };
        assert_eq!(self.session.remove(&path), expected, "{path}");
        if !full {
            self.model.nodes.remove(&path);
        }
    }

    fn rename(&mut self) {
        let Some(from) = self.any_path() else { return };
        let to = if self.random.below(3) == 0 { self.any_path().unwrap() } else { self.new_path() };
        // What the VFS refuses before it asks the file system.
        if to == from || to.starts_with(&format!("{from}/")) || from.starts_with(&format!("{to}/")) {
            return;
        }
        let source = self.model.nodes[&from].clone();
        let target = self.model.nodes.get(&to).cloned();
        let expected = match (&source, &target) {
            (_, None) => Ok(()),
            (Node::Directory, Some(Node::Directory)) if self.model.is_empty(&to) => Ok(()),
            (Node::Directory, Some(Node::Directory)) => Err(Errno::ENOTEMPTY),
            (Node::Directory, Some(_)) => Err(Errno::ENOTDIR),
            (_, Some(Node::Directory)) => Err(Errno::EISDIR),
            _ => Ok(()),
        };
        let result = self.session.rename(&from, &to);
        if result == Err(Errno::ENOSPC) {
            return;
        }
        assert_eq!(result, expected, "{from} to {to}");
        if result.is_ok() {
            let prefix = format!("{from}/");
            let below: Vec<_> =
                self.model.nodes.keys().filter(|path| path.starts_with(&prefix)).cloned().collect();
            for path in below {
                let node = self.model.nodes.remove(&path).unwrap();
                self.model.nodes.insert(format!("{to}/{}", &path[prefix.len()..]), node);
            }
            self.model.nodes.remove(&from);
            self.model.nodes.insert(to, source);
        }
    }

    fn link(&mut self) {
        let Some((from, index)) = self.any_file() else { return };
        let to = self.new_path();
        match self.session.link(&from, &to) {
            Ok(()) => assert_eq!(self.model.nodes.insert(to, Node::File(index)), None),
            Err(error) => self.expect_exists(&to, error),
        }
    }

    fn write(&mut self) {
        let Some((path, index)) = self.any_file() else { return };
        let offset =
            if self.random.below(3) == 0 { self.model.files[index].len() as u64 } else { self.offset() };
        let most = if self.random.below(5) == 0 { 90_000 } else { 3000 };
        let length = 1 + self.random.below(most);
        let bytes = self.random.bytes(length as usize);
        let written = match self.session.write(&path, offset, &bytes) {
            Ok(written) => written,
            Err(error) => {
                assert_eq!(error, Errno::ENOSPC);
                return;
            }
        };
        let file = &mut self.model.files[index];
        let end = offset as usize + written;
        file.resize(file.len().max(end), 0);
        file[offset as usize..end].copy_from_slice(&bytes[..written]);
    }

    fn resize(&mut self) {
        let Some((path, index)) = self.any_file() else { return };
        let size = self.offset();
        let change = AttributeChange { size: Some(size), ..AttributeChange::default() };
        match self.session.walk(&path).unwrap().operations().set_attributes(&change) {
            Ok(()) => self.model.files[index].resize(size as usize, 0),
            Err(error) => assert_eq!(error, Errno::ENOSPC),
        }
    }

    fn read(&mut self) {
        let Some((path, index)) = self.any_file() else { return };
        let vnode = self.session.walk(&path).unwrap();
        let offset = self.offset();
        let length = self.random.below(20_000) as usize;
        let file = &self.model.files[index];
        let start = file.len().min(offset as usize);
        let end = file.len().min(start + length);
        assert!(read_at(&vnode, offset, length).unwrap() == file[start..end], "{path} at {offset}");
    }

    fn discard(&mut self) {
        let Some((path, index)) = self.any_file() else { return };
        let (offset, length) = (self.offset(), self.random.below(60_000));
        self.session.walk(&path).unwrap().operations().discard(offset, length).unwrap();
        let file = &mut self.model.files[index];
        let start = file.len().min(offset as usize);
        let end = file.len().min((offset + length) as usize);
        file[start..end].fill(0);
    }

    fn reserve(&mut self) {
        let Some((path, index)) = self.any_file() else { return };
        let (offset, length) = (self.offset(), 1 + self.random.below(30_000));
        match self.session.walk(&path).unwrap().operations().allocate(offset, length) {
            Ok(()) => {
                let file = &mut self.model.files[index];
                file.resize(file.len().max((offset + length) as usize), 0);
            }
            Err(error) => assert_eq!(error, Errno::ENOSPC),
        }
    }

    fn sync(&mut self) {
        if self.random.below(4) == 0 {
            self.session.ffs.sync().unwrap();
        } else if let Some(path) = self.any_path() {
            self.session.walk(&path).unwrap().operations().sync(SyncScope::Everything).unwrap();
        }
    }
}

fn run(format: Format, seed: u64, size: u64, rounds: usize, steps: usize) {
    let kernel = kernel();
    let mut image = support::empty_image(format, size, "density=4096");
    // What belonged to others must never be seen: the free space is not zero.
    support::image::scribble(&mut image);
    let disk = MemoryDisk::new(image);
    let mut model = Model::default();
    let mut random = Random::new(seed);
    for round in 0..rounds {
        let session = Session::mount(&kernel, &disk);
        let mut run = Run { session, model, random, format };
        for _ in 0..steps {
            run.step();
        }
        assert!(run.session.tree() == run.model.tree(), "{format:?} seed {seed} round {round}: in memory");
        (model, random) = (run.model, run.random);
        run.session.unmount();
        let session = Session::mount(&kernel, &disk);
        assert!(session.tree() == model.tree(), "{format:?} seed {seed} round {round}: mounted again");
        session.unmount();
    }
}

#[test]
fn random_operations_do_what_the_model_does() {
    let seed = support::seed("model");
    let mut formats = Format::all().to_vec();
    formats.push(Format::new(1, true, 4096, 512));
    formats.push(Format::new(2, false, 4096, 4096));
    formats.push(Format::new(1, false, 16384, 4096));
    formats.push(Format::new(2, true, 65536, 8192));
    for (index, format) in formats.into_iter().enumerate() {
        run(format, seed.wrapping_add(index as u64), 24 << 20, 4, 400);
    }
}

#[test]
fn random_operations_on_a_disk_that_is_nearly_full() {
    let seed = support::seed("nearly full");
    for (index, format) in Format::all().into_iter().enumerate() {
        run(format, seed.wrapping_add(index as u64), 2 << 20, 4, 500);
    }
}
