//! Compiles the emitted Rust without warnings, runs it, and looks at what the entry points hand to the kernel.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use gen_syscalls::{emit, parse_master, parse_vnode_if};

/// Stands for the kernel: `enter` returns what it was called with.
const PROGRAM: &str = r#"
#![deny(warnings)]
#![allow(dead_code, unreachable_pub)]

pub mod user_memory {
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct UserAddress(pub usize);
    impl UserAddress {
        pub fn new(slot: u64) -> Self {
            Self(slot as usize)
        }
    }
}

pub mod table {
    include!("system_calls.rs");
}

pub mod operations {
    include!("vnode_operations.rs");
}

pub mod stubs {
    use crate::CALLS;
    use crate::operations::VnodeOperation;
    use crate::table::number;

    fn enter(number: usize, slots: &[u64]) -> i64 {
        CALLS.with_borrow_mut(|calls| calls.push((number, slots.to_vec())));
        -1
    }
    fn enter_no_errno(number: usize, slots: &[u64]) -> i64 {
        CALLS.with_borrow_mut(|calls| calls.push((number, slots.to_vec())));
        i64::from(u32::MAX)
    }
    fn enter_two(number: usize, slots: &[u64]) -> (i64, i64) {
        CALLS.with_borrow_mut(|calls| calls.push((number, slots.to_vec())));
        if crate::FAIL.get() { (-1, 0) } else { (3, 4) }
    }
    fn enter_vnode_operation(operation: VnodeOperation, arguments: &[u64]) -> core::ffi::c_int {
        CALLS.with_borrow_mut(|calls| calls.push((operation as usize, arguments.to_vec())));
        45
    }

    include!("stubs.rs");
    include!("vnode_stubs.rs");
}

pub mod vectors {
    use crate::CALLS;
    use crate::operations::VnodeOperation;
    use core::ffi::{c_char, c_int, c_void};

    pub type Implementation = unsafe extern "C" fn(*mut c_void) -> c_int;
    const NO_OFFSET: c_int = -1;
    const NO_ARGUMENTS: c_int = 22;

    #[repr(C)]
    pub struct OperationDescription {
        pub offset: c_int,
        pub name: *const c_char,
        pub flags: u32,
        pub vnodes: *const c_int,
        pub made: c_int,
        pub credentials: c_int,
        pub component_name: c_int,
    }
    unsafe impl Sync for OperationDescription {}

    #[repr(C)]
    pub struct OperationEntry(pub Option<(&'static OperationDescription, Implementation)>);
    impl OperationEntry {
        const END: Self = Self(None);
        const fn new(description: &'static OperationDescription, implementation: Implementation) -> Self {
            Self(Some((description, implementation)))
        }
    }

    #[allow(non_upper_case_globals)]
    static rumpns_vop_default_desc: OperationDescription = OperationDescription {
        offset: 0,
        name: c"default".as_ptr(),
        flags: 0,
        vnodes: core::ptr::null(),
        made: NO_OFFSET,
        credentials: NO_OFFSET,
        component_name: NO_OFFSET,
    };

    unsafe extern "C" fn default_operation(_: *mut c_void) -> c_int {
        45
    }
    unsafe fn arguments_of<'a, T>(arguments: *mut c_void) -> Option<&'a T> {
        unsafe { arguments.cast_const().cast::<T>().as_ref() }
    }
    fn enter_vnode_operation(operation: VnodeOperation, arguments: &[u64]) -> c_int {
        CALLS.with_borrow_mut(|calls| calls.push((operation as usize, arguments.to_vec())));
        46
    }

    include!("vnode_tables.rs");
}

thread_local! {
    static CALLS: std::cell::RefCell<Vec<(usize, Vec<u64>)>> = const { std::cell::RefCell::new(Vec::new()) };
    static FAIL: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

fn last() -> (usize, Vec<u64>) {
    CALLS.with_borrow_mut(|calls| calls.pop().unwrap())
}

fn main() {
    use operations::{Disposition, LockState, VnodeOperation};
    use stubs::*;
    use table::{Kind, ROWS, number};

    // Numbers and rows.
    assert_eq!((number::OPEN, number::STAT50, number::COMPAT_50_MKNOD), (5, 439, 14));
    assert_eq!((number::SYSCALL, number::__SYSCALL), (0, 198));
    assert!(ROWS.iter().enumerate().all(|(index, row)| row.number == index));
    assert_eq!(ROWS[439].name, "__stat50");
    assert_eq!(ROWS[439].symbol, Some("rump___sysimpl_stat50"));
    assert_eq!(ROWS[14].kind, Kind::Compat(50));
    assert_eq!((ROWS[11].kind, ROWS[11].name), (Kind::Obsolete, "execv"));
    assert_eq!(ROWS.iter().filter(|row| row.symbol.is_some()).count(), 218);

    // Signed values are extended by their sign, unsigned ones by zeros; padding is a slot of 0.
    assert_eq!(rump___sysimpl_lseek(-2, -5, 1), -1);
    assert_eq!(last(), (199, vec![-2_i64 as u64, 0, -5_i64 as u64, 1]));
    assert_eq!(rump___sysimpl_open(16 as *const _, 2, 0xffff_ffff), -1);
    assert_eq!(last(), (5, vec![16, 2, 0xffff_ffff]));
    assert_eq!(rump___sysimpl_read(0, 24 as *mut _, usize::MAX), -1);
    assert_eq!(last(), (3, vec![0, 24, u64::MAX]));
    assert_eq!(rump___sysimpl_mknod50(8 as *const _, 1, u64::MAX), -1);
    assert_eq!(last(), (450, vec![8, 1, u64::MAX]));

    // Calls that leave errno alone.
    assert_eq!(rump___sysimpl_getpid(), -1);
    assert_eq!(last(), (20, vec![]));
    assert_eq!(rump___sysimpl_geteuid(), u32::MAX);
    assert_eq!(last(), (25, vec![]));
    rump___sysimpl_sync();
    assert_eq!(last(), (36, vec![]));
    assert_eq!(rump___sysimpl_posix_fadvise50(1, 2, 3, 4), -1);
    assert_eq!(last(), (416, vec![1, 0, 2, 3, 4]));

    // Two results.
    let mut pair = [0; 2];
    assert_eq!(unsafe { rump_sys_pipe(pair.as_mut_ptr()) }, 0);
    assert_eq!((last(), pair), ((42, vec![]), [3, 4]));
    FAIL.set(true);
    assert_eq!(unsafe { rump_sys_pipe(std::ptr::null_mut()) }, -1);

    // Typed arguments; slots that are missing read as 0.
    let seek = table::LseekArguments::from_slots(&[-2_i64 as u64, 77, -5_i64 as u64, 1]);
    assert_eq!((seek.fd, seek.offset, seek.whence), (-2, -5, 1));
    let open = table::OpenArguments::from_slots(&[16]);
    assert_eq!((open.path, open.flags, open.mode), (user_memory::UserAddress(16), 0, 0));
    let select = table::Select50Arguments::from_slots(&[1, 2, 3, 4, 5]);
    assert_eq!(select.r#in, user_memory::UserAddress(2));

    // Vnode operations.
    assert_eq!(VnodeOperation::ALL.len(), 49);
    assert!(VnodeOperation::ALL.iter().enumerate().all(|(index, operation)| *operation as usize == index));
    assert_eq!(VnodeOperation::Setextattr.name(), "setextattr");
    let tvp = VnodeOperation::Rename.arguments()[4];
    assert_eq!((tvp.name, tvp.disposition, tvp.locked), ("tvp", Disposition::Put, None));
    let rule = tvp.lock_rule.unwrap();
    assert_eq!((rule.before, rule.after_success), (LockState::LockedIfPresent, LockState::Unlocked));
    assert!(VnodeOperation::Seek.arguments().iter().all(|argument| argument.lock_rule.is_none()));
    assert_eq!(RUMP_VOP_LOOKUP(8 as *mut _, 16 as *mut _, 24 as *mut _), 45);
    assert_eq!(last(), (VnodeOperation::Lookup as usize, vec![8, 16, 24]));
    assert_eq!(RUMP_VOP_PUTPAGES(8 as *mut _, -1, 0, -2), 45);
    assert_eq!(last(), (VnodeOperation::Putpages as usize, vec![8, u64::MAX, 0, -2_i64 as u64]));

    // The same by vectors.
    use vectors::*;
    let mut arguments = PutpagesArguments {
        description: &rumpns_vop_putpages_desc,
        vp: 8 as *mut _,
        offlo: -1,
        offhi: 0,
        flags: -2,
    };
    let place = rumpns_vop_putpages_desc.offset as usize;
    assert_eq!(unsafe { OPERATIONS[place]((&raw mut arguments).cast()) }, 46);
    assert_eq!(last(), (VnodeOperation::Putpages as usize, vec![8, u64::MAX, 0, -2_i64 as u64]));
    assert_eq!(unsafe { OPERATIONS[place](std::ptr::null_mut()) }, 22);
    assert_eq!((OPERATIONS.len(), rump_vnodeop_entries.len()), (50, 34));
    let place = |index: usize| rump_vnodeop_entries[index].0.as_ref().map(|(description, _)| description.offset);
    assert_eq!((place(0), place(1), place(33)), (Some(0), Some(rumpns_vop_lookup_desc.offset), None));
    // Four vnodes: the first two are released, the others are unlocked as well.
    let rename = &rumpns_vop_rename_desc;
    assert_eq!(rename.flags, 0x0c0f);
    assert_eq!((rename.made, rename.credentials, rename.component_name), (-1, -1, 24));
    let vnodes: Vec<_> = (0..5).map(|index| unsafe { *rename.vnodes.add(index) }).collect();
    assert_eq!(vnodes, [8, 16, 32, 40, -1]);
    assert_eq!(rumpns_vop_create_desc.made, 16);
}
"#;

fn folder() -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("generated_rust");
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn write_sources(folder: &Path) {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let master =
        parse_master("syscalls.master", &fs::read_to_string(root.join("syscalls.master")).unwrap()).unwrap();
    let interface =
        parse_vnode_if("vnode_if.src", &fs::read_to_string(root.join("vnode_if.src")).unwrap()).unwrap();
    for (name, text) in [
        ("system_calls.rs", emit::rust_system_calls(&master)),
        ("stubs.rs", emit::rust_stubs(&master)),
        ("vnode_operations.rs", emit::rust_vnode_operations(&interface)),
        ("vnode_stubs.rs", emit::rust_vnode_stubs(&interface)),
        ("vnode_tables.rs", emit::rust_vnode_tables(&interface)),
        ("program.rs", PROGRAM.to_owned()),
    ] {
        fs::write(folder.join(name), text).unwrap();
    }
}

#[test]
fn generated_rust_compiles_and_runs() {
    let folder = folder();
    write_sources(&folder);
    let compiler = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(compiler)
        .args(["--edition=2024", "-C", "debuginfo=0", "-o"])
        .arg(folder.join("program"))
        .arg(folder.join("program.rs"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let output = Command::new(folder.join("program")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
