//! What vnode_if.src says.

use crate::CType;

/// All vnode operations, in the order of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VnodeInterface {
    /// The operations; a driver's vector has its entries in this order.
    pub operations: Vec<VnodeOperation>,
}

/// One operation on a vnode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VnodeOperation {
    /// The name without `vop_`.
    pub name: String,
    /// How often the arguments changed incompatibly; 1 where the file says nothing.
    pub version: u32,
    /// The rows of the locking protocol (`#%`).
    pub locks: Vec<LockRule>,
    /// What the lookup before the operation must ask for (`#!`).
    pub lookups: Vec<LookupRule>,
    /// The arguments in order.
    pub arguments: Vec<VnodeArgument>,
    /// The line of `vop_name`, from 1.
    pub line: usize,
}

impl VnodeOperation {
    /// The lock rule of an argument.
    pub fn lock_rule(&self, argument: &str) -> Option<&LockRule> {
        self.locks.iter().find(|rule| rule.argument == argument)
    }
}

/// The lock of one vnode around an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockRule {
    /// The argument that the rule is about.
    pub argument: String,
    /// On entry.
    pub before: LockState,
    /// On return without an error.
    pub after_success: LockState,
    /// On return with an error.
    pub after_error: LockState,
}

/// A column of the locking protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockState {
    /// `L`
    Locked,
    /// `U`
    Unlocked,
    /// `-`: there is no vnode at that moment.
    NotApplicable,
    /// `=`: either, and the operation leaves it so.
    Unchanged,
    /// `X`: locked, unless the pointer is null.
    LockedIfPresent,
}

impl LockState {
    /// The state that a column's letter stands for.
    pub fn from_letter(letter: &str) -> Option<Self> {
        Some(match letter {
            "L" => Self::Locked,
            "U" => Self::Unlocked,
            "-" => Self::NotApplicable,
            "=" => Self::Unchanged,
            "X" => Self::LockedIfPresent,
            _ => return None,
        })
    }
}

/// What the name lookup before an operation has to ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LookupRule {
    /// The component name that the lookup fills.
    pub argument: String,
    /// The flags, as written.
    pub flags: String,
}

/// Which way an argument's value goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// `IN`
    In,
    /// `OUT`
    Out,
    /// `INOUT`
    InOut,
}

/// What the operation does to a vnode argument besides its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disposition {
    /// Nothing: lock and reference stay with the caller.
    Kept,
    /// `WILLRELE`: drops the reference.
    Released,
    /// `WILLPUT`: unlocks and drops the reference.
    Put,
    /// `WILLUNLOCK`: unlocks.
    Unlocked,
    /// `WILLMAKE`: creates the vnode, with a reference for the caller.
    Made,
}

impl Disposition {
    /// The disposition that a word of the file names.
    pub fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "WILLRELE" => Self::Released,
            "WILLPUT" => Self::Put,
            "WILLUNLOCK" => Self::Unlocked,
            "WILLMAKE" => Self::Made,
            _ => return None,
        })
    }
}

/// One argument of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VnodeArgument {
    /// Which way the value goes.
    pub direction: Direction,
    /// The state of the lock that is asserted on entry (`LOCKED=`).
    pub locked: Option<bool>,
    /// What becomes of the vnode.
    pub disposition: Disposition,
    /// The C type.
    pub c_type: CType,
    /// The name.
    pub name: String,
}

impl VnodeArgument {
    /// Whether the argument is a vnode or the address of one.
    pub fn is_vnode(&self) -> bool {
        matches!(self.c_type.as_str(), "struct vnode *" | "struct vnode **")
    }
}
