//! Resource limits (getrlimit(2)).

use alloc::sync::Arc;

/// One resource's limits. [`Limit::INFINITY`] is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct Limit {
    pub current: u64,
    pub maximum: u64,
}

impl Limit {
    /// `RLIM_INFINITY`.
    pub const INFINITY: u64 = i64::MAX as u64;

    /// Lowers both to `most`, which is all that there is of the resource.
    pub fn cut_to(&mut self, most: u64) {
        self.current = self.current.min(most);
        self.maximum = self.maximum.min(most);
    }
}

/// Which resource (`RLIMIT_*`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub enum Resource {
    FileSize = 1,
    Processes = 7,
    OpenFiles = 8,
}

const RESOURCES: usize = 12;

/// All limits of a process.
#[derive(Clone, Debug)]
pub struct Limits {
    resources: [Limit; RESOURCES],
    /// What its core file is to be called, where that has been said.
    pub core_name: Option<Arc<[u8]>>,
}

impl Default for Limits {
    fn default() -> Self {
        let mut limits = [Limit { current: Limit::INFINITY, maximum: Limit::INFINITY }; RESOURCES];
        limits[Resource::OpenFiles as usize] = Limit { current: 1024, maximum: 4096 };
        Self { resources: limits, core_name: None }
    }
}

impl Limits {
    /// A resource's limits.
    #[must_use]
    pub fn get(&self, resource: Resource) -> Limit {
        self.resources[resource as usize]
    }

    /// The limits of resource number `number`, if there is such a resource.
    #[must_use]
    pub fn by_number(&mut self, number: i32) -> Option<&mut Limit> {
        self.resources.get_mut(usize::try_from(number).ok()?)
    }
}
