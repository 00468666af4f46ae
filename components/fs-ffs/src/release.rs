//! Giving inodes back: of files that no name leads to any more, and of those that did not become files.

use crate::attributes::backing_file::SlotOwner;
use crate::format::dinode::Inode;
use crate::format::numbers::InodeNumber;
use crate::node::{Node, State};
use rump::errno::Result;
use vfs::attributes::VnodeKind;

impl Node {
    /// Gives back what no name leads to, and nobody uses: `is_used` is asked with the node locked.
    pub(crate) fn release_if_unused(&self, is_used: &dyn Fn() -> bool) {
        let mut state = self.state.write();
        if state.inode.nlink != 0 || state.freed || is_used() {
            return;
        }
        let _change = self.shared.unlocked_changes.begin();
        if self.shared.volume.is_read_only() {
            self.shared.volume.leave_orphan(self.number);
            return;
        }
        // Nobody waits for this node who could hold a backing file: nobody uses it.
        let owner = SlotOwner { number: self.number, generation: state.inode.generation };
        self.shared.attributes.forget(owner);
        self.release_unlinked(&mut state);
    }

    /// Gives back what no name leads to, used or not. Its extended attributes stay where they are, as nobody's.
    pub(crate) fn release_by_force(&self) {
        let mut state = self.state.write();
        if state.inode.nlink == 0 && !state.freed {
            self.release_unlinked(&mut state);
        }
    }

    fn release_unlinked(&self, state: &mut State) {
        let volume = &self.shared.volume;
        state.freed = true;
        state.index = None;
        self.cache.clear();
        volume.keep_failure(self.release(&mut state.inode));
    }

    fn release(&self, inode: &mut Inode) -> Result<()> {
        let volume = &self.shared.volume;
        let has_blocks = match self.kind {
            VnodeKind::Regular | VnodeKind::Directory => true,
            VnodeKind::SymbolicLink => !inode.is_short_link(&volume.geometry),
            _ => false,
        };
        let mut result = Ok(());
        if has_blocks {
            result = volume.truncate_blocks(inode, 0);
        }
        result = result.and(volume.free_external_attributes(inode));
        inode.clear_pointers();
        (inode.mode, inode.size, inode.blocks, inode.flags) = (0, 0, 0, 0);
        inode.ctime = volume.now();
        // Stored first, so that nobody brings the old file back; forgotten next, so that whoever gets the number starts anew.
        let stored = volume.write_inode(self.number, inode);
        if let Ok(mount) = self.shared.mount() {
            drop(mount.vnodes.remove(u64::from(self.number.0)));
        }
        result.and(stored).and(volume.free_inode(self.number, self.kind == VnodeKind::Directory))
    }

    /// Gives an inode back that could not be brought into use.
    pub(crate) fn abandon_inode(&self, number: InodeNumber, is_directory: bool) -> Result<()> {
        let volume = &self.shared.volume;
        let mut inode = volume.read_any_inode(number)?;
        if inode.mode != 0 && !(inode.kind() == Ok(VnodeKind::SymbolicLink) && inode.blocks == 0) {
            volume.truncate_blocks(&mut inode, 0)?;
        }
        inode.clear_pointers();
        (inode.mode, inode.nlink, inode.size, inode.blocks) = (0, 0, 0, 0);
        volume.write_inode(number, &inode)?;
        // A lookup of a name that is gone may have brought it in while it looked like a file. Marked before the number can lead
        // to another file, so that the lookup does not take the one for the other.
        if let Some(vnode) = self.shared.mount()?.vnodes.remove(u64::from(number.0)) {
            Self::of(&vnode)?.state.write().freed = true;
        }
        volume.free_inode(number, is_directory)
    }
}
