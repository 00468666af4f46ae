//! `kern.securelevel`, under all its names.

use super::base::{ANY, Adder};
use super::tree::SysctlTree;
use super::value::{Call, Computed};
use super::{Kind, top};
use crate::errno::{Errno, Result};
use alloc::vec::Vec;

const NUMBER: i32 = 9;
const NAME: &str = "securelevel";
const DESCRIPTION: &str = "What even the superuser may not do; it can only be raised";

pub(super) fn add(tree: &SysctlTree) -> Result<()> {
    add_leaf(tree, &[top::KERNEL], NUMBER)?;
    let models = tree.add_node(&[top::SECURITY], None, "models", 0, "Security models")?;
    for model in ["bsd44", NAME] {
        let number = tree.add_node(&[top::SECURITY, models], None, model, 0, "A security model")?;
        add_leaf(tree, &[top::SECURITY, models, number], ANY)?;
    }
    let superuser = tree.add_node(&[top::SECURITY, models], None, "suser", 0, "A security model")?;
    let parent = &[top::SECURITY, models, superuser];
    let name = Adder { tree, parent };
    name.text(ANY, "name", "Traditional NetBSD: Superuser", "Its name")
}

fn add_leaf(tree: &SysctlTree, parent: &[i32], number: i32) -> Result<()> {
    let value = Computed { get, set };
    Adder { tree, parent }.changeable((number, NAME), (Kind::Integer, 4), value, DESCRIPTION)
}

fn get(call: &Call<'_>) -> Result<Vec<u8>> {
    Ok(call.lwp.process.kernel.secure_level.get().to_ne_bytes().into())
}

fn set(call: &Call<'_>, new: &[u8]) -> Result<()> {
    let level = new.try_into().map(i32::from_ne_bytes).map_err(|_| Errno::EINVAL)?;
    call.lwp.process.kernel.secure_level.raise(level)
}
