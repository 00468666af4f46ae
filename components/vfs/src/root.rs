//! How the component starts: the root file system, `/dev`, and a working directory for processes 0 and 1.

use crate::attributes::{NewFile, VnodeKind};
use crate::etfs::{HostFileType, Window};
use crate::file_system::{FileSystem, FileSystemType, MountRequest};
use crate::memory_fs::{Limits, MemoryFileSystem, RootAttributes};
use crate::mount::{Mount, MountFlags};
use crate::special;
use crate::state::FileSystems;
use crate::vnode::VnodeRef;
use crate::working_directory::WorkingDirectory;
use alloc::boxed::Box;
use alloc::sync::{Arc, Weak};
use rump::component::Slot;
use rump::errno::{Errno, Result};
use rump::kernel::{HostFileKey, HostFileKeys, Kernel};

/// As the original calls it.
const TYPE_NAME: &str = "rumpfs";

pub(crate) fn start(kernel: &Arc<Kernel>) -> Result<()> {
    let state = Arc::new(FileSystems::new(&kernel.event_counters));
    kernel.slots.set(Slot::FileSystems, state.clone())?;
    special::register_memory_devices(&state)?;
    state.register_type(Arc::new(RootType))?;
    let root = mount_root(kernel, &state)?;
    populate(&root)?;
    for process in kernel.processes.all()? {
        process.set_file_context(WorkingDirectory::new(&root))?;
    }
    crate::sysctl::add(kernel)?;
    kernel.on_shut_down(Box::new(|kernel| {
        // Working directories hold vnodes; their processes end with the kernel.
        for process in kernel.processes.all()? {
            process.descriptors.close_all();
        }
        FileSystems::of(kernel)?.end()
    }));
    kernel.set_host_file_keys(Arc::new(Keys { kernel: Arc::downgrade(kernel) }))
}

/// More file systems of the kind that the root is; mount(2) makes them under its name.
struct RootType;

impl FileSystemType for RootType {
    fn name(&self) -> &'static str {
        TYPE_NAME
    }

    fn mount(&self, mount: &Arc<Mount>, _request: &MountRequest<'_>) -> Result<Arc<dyn FileSystem>> {
        mount.set_source(TYPE_NAME.as_bytes());
        Ok(MemoryFileSystem::new(mount, Limits::NONE, ROOT_ATTRIBUTES)?)
    }
}

const ROOT_ATTRIBUTES: RootAttributes = RootAttributes { user: 0, group: 0, permissions: 0o777 };

fn mount_root(kernel: &Arc<Kernel>, state: &FileSystems) -> Result<VnodeRef> {
    let flags = MountFlags::ROOT | MountFlags::LOCAL;
    let mount = Mount::new(kernel, state.next_mount_id(), TYPE_NAME, flags, 0);
    mount.set_source(TYPE_NAME.as_bytes());
    mount.set_place(b"/");
    let file_system = MemoryFileSystem::new(&mount, Limits::NONE, ROOT_ATTRIBUTES)?;
    mount.set_file_system(file_system)?;
    let root = mount.file_system()?.root()?;
    state.set_root(root.clone());
    state.add_mount(mount);
    Ok(root)
}

fn populate(root: &VnodeRef) -> Result<()> {
    let directory = NewFile { kind: VnodeKind::Directory, permissions: 0o755, user: 0, device: 0 };
    let devices = root.make_directory(b"dev", &directory)?;
    for (name, device, permissions) in special::NODES {
        let node = NewFile { kind: VnodeKind::Character, permissions, user: 0, device };
        devices.create(name.as_bytes(), &node)?;
    }
    Ok(())
}

/// What the C functions `rump_pub_etfs_*` reach.
struct Keys {
    kernel: Weak<Kernel>,
}

impl HostFileKeys for Keys {
    fn register(&self, key: &HostFileKey<'_>) -> Result<()> {
        let kernel = self.kernel.upgrade().ok_or(Errno::ENXIO)?;
        let state = FileSystems::of(&kernel)?;
        let kind = match key.kind {
            0 => HostFileType::Regular,
            1 => HostFileType::Block,
            2 => HostFileType::Character,
            3 => HostFileType::Directory,
            4 => HostFileType::DirectoryTree,
            _ => return Err(Errno::EINVAL),
        };
        let window = Window { begin: key.begin, size: key.size };
        state.host_files.register(state, key.name, key.host_path, kind, window)
    }

    fn remove(&self, name: &[u8]) -> Result<()> {
        let kernel = self.kernel.upgrade().ok_or(Errno::ENXIO)?;
        let state = FileSystems::of(&kernel)?;
        state.host_files.remove(state, &state.root()?.mount, name)
    }
}
