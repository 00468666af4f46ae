use super::record::SIZE;
use super::value::{Call, Computed};
use super::{Kind, Leaf, SysctlTree, Transfer, dispatch, flags, operation, top};
use crate::errno::{Errno, Result};
use crate::init;
use crate::kernel::{Configuration, Kernel};
use crate::sched::{self, Lwp};
use crate::user_memory::{AddressSpace, UserAddress};
use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;
use std::format;

fn boot() -> Arc<Kernel> {
    let configuration = Configuration::small(1);
    init::boot(configuration, &[]).unwrap()
}

fn with_lwp(test: impl FnOnce(&Lwp)) {
    let kernel = boot();
    {
        let inside = sched::enter(|| Some(&kernel)).unwrap();
        test(inside.lwp());
    }
    kernel.shut_down().unwrap();
}

fn ask(tree: &SysctlTree, lwp: &Lwp, name: &[i32], old: &mut [u8], new: Option<&[u8]>) -> Result<usize> {
    let new = new.map(|new| (UserAddress::new(new.as_ptr().addr() as u64), new.len()));
    let place = if old.is_empty() { 0 } else { old.as_mut_ptr().addr() as u64 };
    let mut transfer =
        Transfer { space: AddressSpace::Local, old: UserAddress::new(place), old_length: old.len(), new };
    dispatch(tree, lwp, name, &mut transfer).map(|()| transfer.old_length)
}

fn request(kind: Kind, extra: u32, number: i32, name: &str, content: u64) -> [u8; SIZE] {
    let mut bytes = [0; SIZE];
    bytes[..4].copy_from_slice(&(flags::VERSION | kind as u32 | extra).to_ne_bytes());
    bytes[4..8].copy_from_slice(&number.to_ne_bytes());
    bytes[8..8 + name.len()].copy_from_slice(name.as_bytes());
    bytes[48..56].copy_from_slice(&content.to_ne_bytes());
    bytes
}

/// Names and numbers below a node, and its version.
fn listing(tree: &SysctlTree, path: &[i32]) -> (Vec<(i32, alloc::string::String)>, u32) {
    let nodes = tree.nodes.read();
    let node = nodes.find(path).unwrap();
    (node.children().iter().map(|child| (child.number, child.name.clone())).collect(), node.version)
}

/// A generator with a period that is long enough for a test (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

#[test]
fn creating_and_destroying_agrees_with_a_model() {
    with_lwp(|lwp| {
        for seed in 1..=20u64 {
            let tree = SysctlTree::default();
            tree.add_node(&[], Some(top::VENDOR), "vendor", flags::READ_WRITE, "").unwrap();
            let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
            let mut model: BTreeMap<i32, (alloc::string::String, u64)> = BTreeMap::new();
            for _ in 0..300 {
                let number = random.below(12) as i32;
                let name = format!("n{}", random.below(12));
                let version = listing(&tree, &[]).1;
                let result = if random.below(2) == 0 {
                    let value = random.below(u64::MAX);
                    let new = request(Kind::Quad, flags::IMMEDIATE, number, &name, value);
                    let path = [top::VENDOR, operation::CREATE];
                    let taken = model.contains_key(&number) || model.values().any(|(n, _)| *n == name);
                    let result = ask(&tree, lwp, &path, &mut [], Some(&new));
                    if taken {
                        assert_eq!(result, Err(Errno::EEXIST), "seed {seed}");
                    } else {
                        model.insert(number, (name, value));
                        assert_eq!(result, Ok(SIZE), "seed {seed}");
                    }
                    !taken
                } else {
                    let new = request(Kind::Quad, 0, number, "", 0);
                    let path = [top::VENDOR, operation::DESTROY];
                    let result = ask(&tree, lwp, &path, &mut [], Some(&new));
                    let there = model.remove(&number).is_some();
                    assert_eq!(result, if there { Ok(SIZE) } else { Err(Errno::ENOENT) }, "seed {seed}");
                    there
                };
                let (children, now) = listing(&tree, &[top::VENDOR]);
                let expected: Vec<_> = model.iter().map(|(&n, (name, _))| (n, name.clone())).collect();
                assert_eq!(children, expected, "seed {seed}");
                assert_eq!(listing(&tree, &[]).1, version + u32::from(result), "seed {seed}");
                assert!(!result || now == version + 1, "seed {seed}");
                for (&number, (_, value)) in &model {
                    let mut found = [0; 8];
                    ask(&tree, lwp, &[top::VENDOR, number], &mut found, None).unwrap();
                    assert_eq!(u64::from_ne_bytes(found), *value, "seed {seed}");
                }
            }
        }
    });
}

#[test]
fn any_name_and_request_is_answered() {
    with_lwp(|lwp| {
        let tree = &lwp.process.kernel.sysctl;
        let numbers = [-9, -7, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 10, 47, 81, 1025, i32::MAX, i32::MIN];
        for seed in 1..=3000u64 {
            let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
            let length = 1 + random.below(7) as usize;
            let mut name: Vec<i32> =
                (0..length).map(|_| numbers[random.below(numbers.len() as u64) as usize]).collect();
            if random.below(2) == 0 {
                name[0] = 1 + random.below(13) as i32;
            }
            let mut new = [0u8; SIZE];
            for byte in &mut new {
                *byte = random.below(256) as u8;
            }
            if random.below(4) != 0 {
                let given = random.below(7) as u32 | (random.below(1 << 20) as u32 & !0xf);
                new[..4].copy_from_slice(&(flags::VERSION | given).to_ne_bytes());
                new[40..].fill(0);
                // Addresses that are none would end a local program, as it vouches for its own.
            } else {
                new[3] = 2;
            }
            let mut old = [0u8; 200];
            let room = random.below(200) as usize;
            let wanted = (random.below(3) != 0).then_some(&new[..]);
            if let Ok(length) = ask(tree, lwp, &name, &mut old[..room], wanted) {
                assert!(old[room..].iter().all(|&byte| byte == 0), "seed {seed}");
                assert!(length < 1 << 20, "seed {seed}");
            }
        }
    });
}

#[test]
fn kernels_have_trees_of_their_own() {
    let (first, second) = (boot(), boot());
    first.sysctl.add_node(&[top::NETWORK], Some(7), "only-here", 0, "").unwrap();
    assert_eq!(listing(&first.sysctl, &[top::NETWORK]).0.len(), 1);
    assert!(listing(&second.sysctl, &[top::NETWORK]).0.is_empty());
    first.shut_down().unwrap();
    second.shut_down().unwrap();
}

fn leaf(number: Option<i32>, name: &'static str) -> Leaf {
    fn nine(_: &Call<'_>) -> Result<Vec<u8>> {
        Ok(9i32.to_ne_bytes().to_vec())
    }
    let handler = Arc::new(Computed::read_only(nine));
    Leaf { number, name, kind: Kind::Integer, size: 4, flags: 0, description: "nine", handler }
}

#[test]
fn components_add_and_remove_what_they_know() {
    with_lwp(|lwp| {
        let tree = &lwp.process.kernel.sysctl;
        let number = tree.add_node(&[top::NETWORK], None, "inet", 0, "").unwrap();
        assert_eq!(tree.add_node(&[top::NETWORK], None, "inet", 0, ""), Ok(number));
        assert_eq!(tree.add_node(&[top::NETWORK], Some(number + 1), "inet", 0, ""), Err(Errno::EEXIST));
        let path = [top::NETWORK, number];
        let nine = tree.add(&path, leaf(None, "nine")).unwrap();
        assert_eq!(tree.add(&path, leaf(None, "nine")), Err(Errno::EEXIST));
        assert_eq!(tree.add(&path, leaf(Some(nine), "ten")), Err(Errno::EEXIST));
        assert_eq!(tree.add(&[top::NETWORK, 4711], leaf(None, "x")), Err(Errno::ENOENT));
        assert_eq!(tree.add(&[top::NETWORK, number, nine], leaf(None, "x")), Err(Errno::ENOTDIR));
        assert_eq!(ask(tree, lwp, &[top::NETWORK, number, nine], &mut [0; 4], None), Ok(4));
        tree.remove(&path).unwrap();
        assert_eq!(tree.remove(&path), Err(Errno::ENOENT));
        assert_eq!(ask(tree, lwp, &[top::NETWORK, number, nine], &mut [], None), Err(Errno::ENOENT));
    });
}
