//! From names to vnodes (namei(9)).

use crate::access::{self, AccessMode};
use crate::attributes::VnodeKind;
use crate::state::FileSystems;
use crate::vnode::VnodeRef;
use crate::working_directory::{Places, WorkingDirectory};
use alloc::sync::Arc;
use alloc::vec::Vec;
use rump::errno::{Errno, Result};
use rump::process::{Credentials, Process};

/// Bytes in a path at most, with its NUL (`PATH_MAX`).
pub const LONGEST_PATH: usize = 1024;
/// Bytes in a name at most (`KERNEL_NAME_MAX`).
pub const LONGEST_NAME: usize = 255;
/// Symbolic links followed in one lookup at most (`MAXSYMLINKS`).
const MOST_LINKS: u32 = 32;

/// Resolves names for one process.
pub struct Resolver<'a> {
    state: &'a FileSystems,
    places: Places,
    pub who: Arc<Credentials>,
}

/// The last component of a path, not looked up, and the directory that it is in.
pub struct LastComponent {
    pub directory: VnodeRef,
    /// Never empty: `.` for a path of slashes alone.
    pub name: Vec<u8>,
    /// Whether slashes follow it, so that only a directory will do.
    pub must_be_directory: bool,
}

impl LastComponent {
    /// Whether it is `.` or `..`, which cannot be made or removed.
    #[must_use]
    pub fn is_dot(&self) -> bool {
        matches!(&*self.name, b"." | b"..")
    }
}

/// What is left of a lookup.
struct Walk {
    directory: VnodeRef,
    rest: Vec<u8>,
    links: u32,
}

impl<'a> Resolver<'a> {
    /// A resolver with the process's root, working directory and credentials as they are now.
    ///
    /// # Errors
    /// `ENOSYS` when component vfs is not there.
    pub fn new(process: &'a Process) -> Result<Self> {
        let state = FileSystems::of(&process.kernel)?;
        let places = WorkingDirectory::of(process)?.places();
        Ok(Self { state, places, who: process.credentials() })
    }

    /// Where relative paths begin, unless said otherwise.
    #[must_use]
    pub fn current_directory(&self) -> &VnodeRef {
        &self.places.current
    }

    /// Where absolute paths begin.
    #[must_use]
    pub fn root(&self) -> &VnodeRef {
        &self.places.root
    }

    /// Resolves with somebody else's rights; for access(2).
    #[must_use]
    pub fn with_credentials(mut self, who: Arc<Credentials>) -> Self {
        self.who = who;
        self
    }

    /// The file that `path` names. A symbolic link at its end is followed if `follow`.
    ///
    /// # Errors
    /// `ENOENT`, `ENOTDIR`, `EACCES`, `ELOOP`, `ENAMETOOLONG`; what the file system says.
    pub fn resolve(&self, start: Option<&VnodeRef>, path: &[u8], follow: bool) -> Result<VnodeRef> {
        let mut walk = self.begin(start, path)?;
        loop {
            if let Some(found) = self.host_file(&walk) {
                return found;
            }
            let last = self.walk_to_last(&mut walk)?;
            let vnode = self.look_up(&last.directory, &last.name)?;
            let is_link = vnode.kind == VnodeKind::SymbolicLink;
            if !is_link || !(follow || last.must_be_directory) {
                if last.must_be_directory && !vnode.is_directory() {
                    return Err(Errno::ENOTDIR);
                }
                return Ok(vnode);
            }
            let trailing: &[u8] = if last.must_be_directory { b"/" } else { b"" };
            self.follow(&mut walk, &vnode, last.directory, trailing)?;
        }
    }

    /// The directory and name that `path` ends with; the name itself is not looked up.
    ///
    /// # Errors
    /// As [`resolve`](Self::resolve).
    pub fn resolve_last(&self, start: Option<&VnodeRef>, path: &[u8]) -> Result<LastComponent> {
        let mut walk = self.begin(start, path)?;
        self.walk_to_last(&mut walk)
    }

    /// The file that `path` names if there is one, and where it is or would be. Symbolic links at the end are followed, also
    /// those that lead to nothing: for open(2) with `O_CREAT`.
    ///
    /// # Errors
    /// As [`resolve`](Self::resolve), but not `ENOENT` for the last component.
    pub fn resolve_for_creation(
        &self,
        start: Option<&VnodeRef>,
        path: &[u8],
        follow: bool,
    ) -> Result<(LastComponent, Option<VnodeRef>)> {
        let mut walk = self.begin(start, path)?;
        loop {
            if let Some(found) = self.host_file(&walk) {
                let last = LastComponent {
                    directory: walk.directory.clone(),
                    name: b".".to_vec(),
                    must_be_directory: false,
                };
                return Ok((last, Some(found?)));
            }
            let last = self.walk_to_last(&mut walk)?;
            match self.look_up(&last.directory, &last.name) {
                Err(Errno::ENOENT) => return Ok((last, None)),
                Err(error) => return Err(error),
                Ok(vnode) if follow && vnode.kind == VnodeKind::SymbolicLink => {
                    self.follow(&mut walk, &vnode, last.directory, b"")?;
                }
                Ok(vnode) => return Ok((last, Some(vnode))),
            }
        }
    }

    fn begin(&self, start: Option<&VnodeRef>, path: &[u8]) -> Result<Walk> {
        if path.is_empty() {
            return Err(Errno::ENOENT);
        }
        if path.len() >= LONGEST_PATH {
            return Err(Errno::ENAMETOOLONG);
        }
        let directory = if path[0] == b'/' {
            self.places.root.clone()
        } else {
            start.unwrap_or(&self.places.current).clone()
        };
        Ok(Walk { directory, rest: path.to_vec(), links: 0 })
    }

    /// Host files are found by their whole key, from the root of all.
    fn host_file(&self, walk: &Walk) -> Option<Result<VnodeRef>> {
        if self.state.host_files.is_empty() || !walk.directory.is_root {
            return None;
        }
        let root = self.state.root().ok()?;
        (walk.directory == root).then(|| self.state.host_files.find(&root.mount, &walk.rest)).flatten()
    }

    /// Walks all components but the last, following symbolic links on the way.
    fn walk_to_last(&self, walk: &mut Walk) -> Result<LastComponent> {
        loop {
            let start = walk.rest.iter().position(|&byte| byte != b'/').unwrap_or(walk.rest.len());
            let component = &walk.rest[start..];
            let length = component.iter().position(|&byte| byte == b'/').unwrap_or(component.len());
            let name = component[..length].to_vec();
            let after = &component[length..];
            let is_last = after.iter().all(|&byte| byte == b'/');
            if name.len() > LONGEST_NAME {
                return Err(Errno::ENAMETOOLONG);
            }
            if is_last {
                let must_be_directory = !after.is_empty() || name.is_empty();
                let name = if name.is_empty() { b".".to_vec() } else { name };
                if !walk.directory.is_directory() {
                    return Err(Errno::ENOTDIR);
                }
                return Ok(LastComponent { directory: walk.directory.clone(), name, must_be_directory });
            }
            let vnode = self.look_up(&walk.directory, &name)?;
            if vnode.kind == VnodeKind::SymbolicLink {
                let after = after.to_vec();
                let directory = walk.directory.clone();
                self.follow(walk, &vnode, directory, &after)?;
            } else {
                if !vnode.is_directory() {
                    return Err(Errno::ENOTDIR);
                }
                walk.rest = after.to_vec();
                walk.directory = vnode;
            }
        }
    }

    /// Goes on with the target of a symbolic link and what came after it.
    fn follow(&self, walk: &mut Walk, link: &VnodeRef, directory: VnodeRef, after: &[u8]) -> Result<()> {
        walk.links += 1;
        if walk.links > MOST_LINKS {
            return Err(Errno::ELOOP);
        }
        let mut target = link.operations().read_link()?;
        if target.is_empty() {
            return Err(Errno::ENOENT);
        }
        if target.len() + after.len() >= LONGEST_PATH {
            return Err(Errno::ENAMETOOLONG);
        }
        walk.directory = if target[0] == b'/' { self.places.root.clone() } else { directory };
        target.extend_from_slice(after);
        walk.rest = target;
        Ok(())
    }

    /// Looks one name up: search permission, `.` and `..`, and what is mounted there.
    ///
    /// # Errors
    /// `ENOTDIR`, `EACCES`, `ENOENT`; what the file system says.
    pub fn look_up(&self, directory: &VnodeRef, name: &[u8]) -> Result<VnodeRef> {
        if !directory.is_directory() {
            return Err(Errno::ENOTDIR);
        }
        if !self.who.is_superuser() {
            access::check(&directory.operations().attributes()?, AccessMode::EXECUTE, &self.who)?;
        }
        match name {
            b"." => Ok(directory.clone()),
            b".." => self.parent(directory),
            _ => cross_mounts(directory.lookup(name)?),
        }
    }

    fn parent(&self, directory: &VnodeRef) -> Result<VnodeRef> {
        let mut directory = directory.clone();
        loop {
            if directory == self.places.root {
                return Ok(directory);
            }
            if !directory.is_root {
                // A directory that has been removed is nowhere.
                if directory.operations().attributes()?.links == 0 {
                    return Err(Errno::ENOENT);
                }
                return directory.lookup(b"..");
            }
            match directory.mount.covered() {
                Some(covered) => directory = covered,
                None => return Ok(directory),
            }
        }
    }
}

/// The root of what is mounted on a vnode, or the vnode itself.
///
/// # Errors
/// What the mounted file system says.
pub fn cross_mounts(mut vnode: VnodeRef) -> Result<VnodeRef> {
    while let Some(mount) = vnode.covered_by() {
        vnode = mount.file_system()?.root()?;
    }
    Ok(vnode)
}
