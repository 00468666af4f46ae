//! Who a process is (kauth(9), getuid(2), setuid(2)).

use alloc::sync::Arc;
use arrayvec::ArrayVec;

/// Supplementary groups at most (`NGROUPS_MAX`).
pub const MOST_GROUPS: usize = 16;

/// User and group identities. Shared and never changed: a change makes a new one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    pub real_user: u32,
    pub effective_user: u32,
    pub saved_user: u32,
    pub real_group: u32,
    pub effective_group: u32,
    pub saved_group: u32,
    pub groups: ArrayVec<u32, MOST_GROUPS>,
}

impl Credentials {
    /// The superuser's.
    #[must_use]
    pub fn superuser() -> Arc<Self> {
        Arc::new(Self::of(0, 0, &[]))
    }

    /// The same user and group throughout. Groups past [`MOST_GROUPS`] are left out.
    #[must_use]
    pub fn of(user: u32, group: u32, groups: &[u32]) -> Self {
        Self {
            real_user: user,
            effective_user: user,
            saved_user: user,
            real_group: group,
            effective_group: group,
            saved_group: group,
            groups: groups.iter().copied().take(MOST_GROUPS).collect(),
        }
    }

    /// Whether permission checks do not apply.
    #[must_use]
    pub fn is_superuser(&self) -> bool {
        self.effective_user == 0
    }

    /// Whether `group` is the effective or a supplementary one.
    #[must_use]
    pub fn is_member(&self, group: u32) -> bool {
        self.effective_group == group || self.groups.contains(&group)
    }
}
