//! Taking a file away from all who have it open (revoke(2)).

use crate::attributes::VnodeKind;
use crate::state::FileSystems;
use crate::vnode::{Vnode, VnodeRef};
use rump::errno::Result;
use rump::kqueue::note;
use rump::poll::{Events, Notice};

/// Takes a file away from all who have it open; a device through whichever node it was opened. The name stays, and can be
/// opened anew.
///
/// # Errors
/// `ENOMEM` when the host has no room for the list of a device's nodes.
pub fn revoke(vnode: &VnodeRef) -> Result<()> {
    if !matches!(vnode.kind, VnodeKind::Block | VnodeKind::Character) {
        vnode.revoke();
        return Ok(());
    }
    for mount in FileSystems::of(&vnode.mount.kernel)?.mounts() {
        for alias in mount.vnodes.all()? {
            if alias.kind == vnode.kind && alias.device == vnode.device {
                alias.revoke();
            }
        }
    }
    Ok(())
}

impl Vnode {
    fn revoke(&self) {
        self.count_revocation();
        self.advisory_locks.clear();
        self.special.close_handles();
        let everything = Notice { events: Events::all(), notes: note::REVOKE, data: 0 };
        if let Some(pipe) = self.special.take_pipe() {
            pipe.shut();
            pipe.listeners().notify(&everything);
        }
        if self.kind == VnodeKind::Character
            && let Ok(state) = FileSystems::of(&self.mount.kernel)
            && let Some(driver) = state.devices.registered_character(self.device)
            && let Some(listeners) = driver.listeners(crate::device_switch::minor(self.device))
        {
            // Other nodes of the device are revoked with this one: all who listen are concerned.
            listeners.notify(&everything);
        }
        self.listeners.notify(&everything);
    }
}
