//! The tree of names, for looking into an image.

use std::io::{self, Write};

use crate::directory::{Record, records};
use crate::image::ReadAt;
use crate::inode::Volume;
use crate::inventory::{self, Inventory, State};
use crate::report::Report;
use crate::tree::ROOT;
use crate::{NotFfs, Options};

/// Longer paths are not followed, in bytes.
const LONGEST_PATH: usize = 4096;

/// Prints path, inode, size in bytes and mode of everything below the root; every directory once.
///
/// Errors are those of `output`.
pub fn list(image: &dyn ReadAt, options: &Options, output: &mut dyn Write) -> io::Result<Result<(), NotFfs>> {
    let mut ignored = Report::new(0);
    let superblock = match crate::open(image, options, &mut ignored) {
        Ok(Some(superblock)) => superblock,
        Ok(None) => return Ok(Ok(())),
        Err(error) => return Ok(Err(error)),
    };
    let replayed = crate::journal::replay(image, &superblock, &mut ignored);
    let image: &dyn ReadAt = replayed.as_ref().map_or(image, |replayed| replayed);
    let volume = Volume { image, superblock: &superblock };
    let inventory = inventory::take(volume, &mut ignored);
    let mut visited = vec![false; inventory.directories.len()];
    let mut pending = vec![(Vec::new(), ROOT)];
    line(volume, b"/", ROOT, output)?;
    while let Some((path, inode)) = pending.pop() {
        let Ok(index) = inventory.directories.binary_search_by_key(&inode, |directory| directory.inode)
        else {
            continue;
        };
        if std::mem::replace(&mut visited[index], true) || path.len() > LONGEST_PATH {
            continue;
        }
        let first = pending.len();
        directory(volume, &inventory, index, &path, &mut pending, output)?;
        pending[first..].reverse();
    }
    Ok(Ok(()))
}

fn line(volume: Volume<'_>, path: &[u8], inode: u32, output: &mut dyn Write) -> io::Result<()> {
    match volume.inode(inode) {
        Ok(found) => {
            writeln!(
                output,
                "{} inode {inode} size {} mode {:06o}",
                path.escape_ascii(),
                found.size,
                found.mode
            )
        }
        Err(error) => writeln!(output, "{} inode {inode} unreadable: {error}", path.escape_ascii()),
    }
}

fn directory(
    volume: Volume<'_>,
    inventory: &Inventory,
    index: usize,
    path: &[u8],
    pending: &mut Vec<(Vec<u8>, u32)>,
    output: &mut dyn Write,
) -> io::Result<()> {
    let superblock = volume.superblock;
    let directory = &inventory.directories[index];
    for block in &directory.blocks {
        let start = block.index * u64::from(superblock.block_size);
        let held = u64::from(block.count) * u64::from(superblock.fragment_size);
        let length = usize::try_from(directory.size.saturating_sub(start).min(held)).unwrap_or(0);
        let Ok(bytes) = volume.read(block.fragment, length) else { continue };
        for (_, record) in records(superblock, &bytes) {
            let Record::Entry(entry) = record else { continue };
            if [&b"."[..], b".."].contains(&entry.name) {
                continue;
            }
            let full = [path, b"/", entry.name].concat();
            if entry.inode < superblock.inode_count() {
                line(volume, &full, entry.inode, output)?;
            }
            if inventory.state(entry.inode) == State::Directory {
                pending.push((full, entry.inode));
            }
        }
    }
    Ok(())
}
