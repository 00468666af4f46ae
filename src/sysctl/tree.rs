//! Nodes by number, and how the kernel's own parts add theirs.

use super::value::Handler;
use super::{Kind, flags};
use crate::errno::{Errno, Result};
use crate::sync::RwLock;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// The first number that is given to a node that asks for none (`CREATE_BASE`).
const FIRST_DYNAMIC: i32 = 1024;

/// What is behind a node.
#[derive(Clone)]
pub(super) enum Content {
    /// Other nodes, by number.
    Children(Vec<Node>),
    /// A value; below a node of kind `Node`, one for each longer name.
    Value(Arc<dyn Handler>),
}

/// A node.
#[derive(Clone)]
pub(super) struct Node {
    pub number: i32,
    pub name: String,
    pub kind: Kind,
    pub flags: u32,
    /// The tree's version when the node or something below it last came or went.
    pub version: u32,
    /// Bytes of the value; 0 where they vary.
    pub size: usize,
    pub description: Option<String>,
    pub content: Content,
}

impl Node {
    pub fn children(&self) -> &[Self] {
        match &self.content {
            Content::Children(children) => children,
            Content::Value(_) => &[],
        }
    }

    pub fn child(&self, number: i32) -> Option<&Self> {
        self.children()
            .iter()
            .find(|child| child.number == number || (child.flags & flags::ANY_NUMBER != 0 && number >= 0))
    }

    fn child_mut(&mut self, number: i32) -> Option<&mut Self> {
        match &mut self.content {
            Content::Children(children) => children.iter_mut().find(|child| child.number == number),
            Content::Value(_) => None,
        }
    }

    pub fn is_writable(&self) -> bool {
        self.flags & flags::READ_WRITE != 0
    }
}

/// A leaf, as the kernel's parts add it.
pub struct Leaf {
    /// `None`: any that is free.
    pub number: Option<i32>,
    pub name: &'static str,
    pub kind: Kind,
    /// Bytes of the value, for a string with the NUL; 0 where they vary.
    pub size: usize,
    /// [`flags`](super::flags), beside `PERMANENT`.
    pub flags: u32,
    pub description: &'static str,
    pub handler: Arc<dyn Handler>,
}

pub(super) struct Nodes {
    pub root: Node,
    next: i32,
}

/// A kernel's tree.
pub struct SysctlTree {
    pub(super) nodes: RwLock<Nodes>,
}

impl Default for SysctlTree {
    fn default() -> Self {
        let root = Node {
            number: 0,
            name: "(root)".into(),
            kind: Kind::Node,
            flags: flags::ROOT | flags::READ_WRITE | flags::PERMANENT,
            version: 0,
            size: super::record::SIZE,
            description: None,
            content: Content::Children(Vec::new()),
        };
        Self { nodes: RwLock::new(Nodes { root, next: FIRST_DYNAMIC }) }
    }
}

impl SysctlTree {
    /// Adds a node that others are added below, and gives its number. One that is there already stays as it is.
    ///
    /// # Errors
    /// `ENOENT` when there is no such parent; `EEXIST` for a leaf of that name or number.
    pub fn add_node(
        &self,
        parent: &[i32],
        number: Option<i32>,
        name: &str,
        extra_flags: u32,
        description: &str,
    ) -> Result<i32> {
        let mut nodes = self.nodes.write();
        let there = nodes.find(parent)?.children().iter().find(|child| child.name == name);
        if let Some(there) = there {
            let same = there.kind == Kind::Node && number.is_none_or(|number| number == there.number);
            return if same { Ok(there.number) } else { Err(Errno::EEXIST) };
        }
        let node = Node {
            number: number.unwrap_or(0),
            name: name.into(),
            kind: Kind::Node,
            flags: flags::PERMANENT | extra_flags,
            version: 0,
            size: super::record::SIZE,
            description: Some(description.into()),
            content: Content::Children(Vec::new()),
        };
        nodes.insert(parent, node, number.is_none())
    }

    /// Adds a leaf and gives its number.
    ///
    /// # Errors
    /// `ENOENT` when there is no such parent; `EEXIST` for a node of that name or number.
    pub fn add(&self, parent: &[i32], leaf: Leaf) -> Result<i32> {
        let node = Node {
            number: leaf.number.unwrap_or(0),
            name: leaf.name.into(),
            kind: leaf.kind,
            flags: flags::PERMANENT | leaf.flags,
            version: 0,
            size: leaf.size,
            description: Some(leaf.description.into()),
            content: Content::Value(leaf.handler),
        };
        self.nodes.write().insert(parent, node, leaf.number.is_none())
    }

    /// Removes a node of the kernel's, with all below it: its component ends.
    ///
    /// # Errors
    /// `ENOENT` when there is no such node.
    pub fn remove(&self, name: &[i32]) -> Result<()> {
        let (&number, parent) = name.split_last().ok_or(Errno::ENOENT)?;
        self.nodes.write().take(parent, number).map(drop)
    }
}

impl Nodes {
    pub fn find(&self, name: &[i32]) -> Result<&Node> {
        name.iter().try_fold(&self.root, |node, &number| node.child(number)).ok_or(Errno::ENOENT)
    }

    pub fn find_mut(&mut self, name: &[i32]) -> Result<&mut Node> {
        name.iter().try_fold(&mut self.root, |node, &number| node.child_mut(number)).ok_or(Errno::ENOENT)
    }

    /// Inserts a node at its number, or at a fresh one.
    pub fn insert(&mut self, parent: &[i32], mut node: Node, fresh_number: bool) -> Result<i32> {
        if fresh_number {
            node.number = self.fresh_number(parent)?;
        }
        let version = self.root.version.wrapping_add(1);
        node.version = version;
        let number = node.number;
        let place = self.find_mut(parent)?;
        let Content::Children(children) = &mut place.content else { return Err(Errno::ENOTDIR) };
        if children.iter().any(|child| child.number == number || child.name == node.name) {
            return Err(Errno::EEXIST);
        }
        children.try_reserve(1).map_err(|_| Errno::ENOMEM)?;
        let at = children.partition_point(|child| child.number < number);
        children.insert(at, node);
        self.stamp(parent, version);
        Ok(number)
    }

    fn fresh_number(&mut self, parent: &[i32]) -> Result<i32> {
        let taken: Vec<i32> = self.find(parent)?.children().iter().map(|child| child.number).collect();
        loop {
            self.next = self.next.checked_add(1).ok_or(Errno::ENOMEM)?;
            if !taken.contains(&self.next) {
                return Ok(self.next);
            }
        }
    }

    /// Takes a node out.
    pub fn take(&mut self, parent: &[i32], number: i32) -> Result<Node> {
        let version = self.root.version.wrapping_add(1);
        let Content::Children(children) = &mut self.find_mut(parent)?.content else {
            return Err(Errno::ENOTDIR);
        };
        let index = children.iter().position(|child| child.number == number).ok_or(Errno::ENOENT)?;
        let node = children.remove(index);
        self.stamp(parent, version);
        Ok(node)
    }

    /// Gives a version to all nodes of a path.
    fn stamp(&mut self, path: &[i32], version: u32) {
        let mut node = &mut self.root;
        node.version = version;
        for &number in path {
            match node.child_mut(number) {
                Some(child) => node = child,
                None => return,
            }
            node.version = version;
        }
    }
}
