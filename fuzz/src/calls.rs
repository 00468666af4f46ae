//! Bytes to system calls: numbers and flags are arbitrary, pointers are null or to memory of the right size.

use crate::input::Input;
use crate::session::Session;
use rump::abi::system_call::table::number;
use rump::errno::Result;

/// What an argument is.
#[derive(Clone, Copy)]
enum Argument {
    Descriptor,
    Path,
    /// Flags of open(2); never blocking.
    Open,
    /// A small or odd number.
    Number,
    Mode,
    Length,
    Offset,
    /// Memory of [`ARENA`] bytes.
    Memory,
    /// An array of 1024 `struct iovec`.
    Vectors,
    /// A short `struct timespec` to sleep.
    Duration,
    /// A mount(2) type.
    Type,
    /// What a mount of the chosen type takes.
    MountData,
    /// A slot between others that is not used.
    Unused,
    /// flock(2): never blocking.
    Lock,
    /// fcntl(2) command with its argument: never blocking.
    Control,
    /// ioctl(2) command with its argument.
    Ioctl,
    /// pipe2(2) flags: never blocking.
    PipeFlags,
    /// A count of structures that fit into the memory.
    Count,
    /// Milliseconds to wait, a few.
    Milliseconds,
    /// A place that holds a length within the memory.
    LengthPlace,
    /// Bytes of a plain value.
    ValueLength,
    /// A control block of asynchronous I/O whose buffer is the memory.
    ControlBlock,
}

use Argument::{
    Control, ControlBlock, Count, Descriptor, Duration, Ioctl, Length, LengthPlace, Lock, Memory,
    Milliseconds, Mode, MountData, Number, Offset, Open, Path, PipeFlags, Type, Unused, ValueLength, Vectors,
};

const CALLS: &[(usize, &[Argument])] = &[
    (number::OPEN, &[Path, Open, Mode]),
    (number::OPENAT, &[Descriptor, Path, Open, Mode]),
    (number::CLOSE, &[Descriptor]),
    (number::READ, &[Descriptor, Memory, Length]),
    (number::WRITE, &[Descriptor, Memory, Length]),
    (number::READV, &[Descriptor, Vectors, Number]),
    (number::WRITEV, &[Descriptor, Vectors, Number]),
    (number::PREAD, &[Descriptor, Memory, Length, Unused, Offset]),
    (number::PWRITE, &[Descriptor, Memory, Length, Unused, Offset]),
    (number::PREADV, &[Descriptor, Vectors, Number, Unused, Offset]),
    (number::PWRITEV, &[Descriptor, Vectors, Number, Unused, Offset]),
    (number::LSEEK, &[Descriptor, Unused, Offset, Number]),
    (number::DUP, &[Descriptor]),
    (number::DUP2, &[Descriptor, Descriptor]),
    (number::DUP3, &[Descriptor, Descriptor, Number]),
    (number::PIPE2, &[Memory, PipeFlags]),
    (number::FCNTL, &[Descriptor, Control]),
    (number::IOCTL, &[Descriptor, Ioctl]),
    (number::FSTAT50, &[Descriptor, Memory]),
    (number::STAT50, &[Path, Memory]),
    (number::LSTAT50, &[Path, Memory]),
    (number::FSTATAT, &[Descriptor, Path, Memory, Number]),
    (number::ACCESS, &[Path, Number]),
    (number::FACCESSAT, &[Descriptor, Path, Number, Number]),
    (number::READLINK, &[Path, Memory, Length]),
    (number::READLINKAT, &[Descriptor, Path, Memory, Length]),
    (number::PATHCONF, &[Path, Number]),
    (number::FPATHCONF, &[Descriptor, Number]),
    (number::LINK, &[Path, Path]),
    (number::LINKAT, &[Descriptor, Path, Descriptor, Path, Number]),
    (number::SYMLINK, &[Path, Path]),
    (number::SYMLINKAT, &[Path, Descriptor, Path]),
    (number::UNLINK, &[Path]),
    (number::UNLINKAT, &[Descriptor, Path, Number]),
    (number::MKDIR, &[Path, Mode]),
    (number::MKDIRAT, &[Descriptor, Path, Mode]),
    (number::RMDIR, &[Path]),
    (number::RENAME, &[Path, Path]),
    (number::RENAMEAT, &[Descriptor, Path, Descriptor, Path]),
    (number::POSIX_RENAME, &[Path, Path]),
    (number::MKNOD50, &[Path, Mode, Number]),
    (number::MKNODAT, &[Descriptor, Path, Mode, Unused, Number]),
    (number::MKFIFO, &[Path, Mode]),
    (number::MKFIFOAT, &[Descriptor, Path, Mode]),
    (number::CHMOD, &[Path, Mode]),
    (number::LCHMOD, &[Path, Mode]),
    (number::FCHMOD, &[Descriptor, Mode]),
    (number::FCHMODAT, &[Descriptor, Path, Mode, Number]),
    (number::CHOWN, &[Path, Number, Number]),
    (number::LCHOWN, &[Path, Number, Number]),
    (number::FCHOWN, &[Descriptor, Number, Number]),
    (number::FCHOWNAT, &[Descriptor, Path, Number, Number, Number]),
    (number::CHFLAGS, &[Path, Number]),
    (number::LCHFLAGS, &[Path, Number]),
    (number::FCHFLAGS, &[Descriptor, Number]),
    (number::UTIMES50, &[Path, Memory]),
    (number::FUTIMES50, &[Descriptor, Memory]),
    (number::FUTIMENS, &[Descriptor, Memory]),
    (number::UTIMENSAT, &[Descriptor, Path, Memory, Number]),
    (number::TRUNCATE, &[Path, Unused, Offset]),
    (number::FTRUNCATE, &[Descriptor, Unused, Offset]),
    (number::FSYNC, &[Descriptor]),
    (number::FDATASYNC, &[Descriptor]),
    (number::FSYNC_RANGE, &[Descriptor, Number, Offset, Offset]),
    (number::POSIX_FALLOCATE, &[Descriptor, Unused, Offset, Offset]),
    (number::FDISCARD, &[Descriptor, Unused, Offset, Offset]),
    (number::POSIX_FADVISE50, &[Descriptor, Unused, Offset, Offset, Number]),
    (number::FLOCK, &[Descriptor, Lock]),
    (number::GETFH30, &[Path, Memory, Memory]),
    (number::FHOPEN40, &[Memory, Length, Open]),
    (number::FHSTAT50, &[Memory, Length, Memory]),
    (number::FHSTATVFS140, &[Memory, Length, Memory, Number]),
    (number::CHDIR, &[Path]),
    (number::FCHDIR, &[Descriptor]),
    (number::CHROOT, &[Path]),
    (number::FCHROOT, &[Descriptor]),
    (number::GETCWD, &[Memory, Length]),
    (number::GETDENTS30, &[Descriptor, Memory, Length]),
    (number::MOUNT50, &[Type, Path, Number, MountData, Length]),
    (number::UNMOUNT, &[Path, Number]),
    (number::STATVFS1, &[Path, Memory, Number]),
    (number::FSTATVFS1, &[Descriptor, Memory, Number]),
    (number::GETVFSSTAT, &[Memory, Length, Number]),
    (number::SYNC, &[]),
    (number::UMASK, &[Mode]),
    (number::SETUID, &[Number]),
    (number::SETEUID, &[Number]),
    (number::SETREUID, &[Number, Number]),
    (number::SETGID, &[Number]),
    (number::GETGROUPS, &[Number, Memory]),
    (number::SETGROUPS, &[Number, Memory]),
    (number::GETRLIMIT, &[Number, Memory]),
    (number::SETRLIMIT, &[Number, Memory]),
    (number::GETTIMEOFDAY50, &[Memory, Memory]),
    (number::SETTIMEOFDAY50, &[Memory, Memory]),
    (number::CLOCK_GETTIME50, &[Number, Memory]),
    (number::CLOCK_SETTIME50, &[Number, Memory]),
    (number::NANOSLEEP50, &[Duration, Memory]),
    (number::CLOCK_NANOSLEEP, &[Number, Number, Duration, Memory]),
    (number::POLL, &[Memory, Count, Milliseconds]),
    (number::POLLTS50, &[Memory, Count, Duration, Memory]),
    (number::SELECT50, &[Number, Memory, Memory, Memory, Duration]),
    (number::KQUEUE, &[]),
    (number::KQUEUE1, &[Number]),
    (number::KEVENT50, &[Descriptor, Memory, Count, Memory, Count, Duration]),
    (number::SYSCTL, &[Memory, Number, Memory, LengthPlace, Memory, ValueLength]),
    (number::TIMER_CREATE, &[Number, Memory, Memory]),
    (number::TIMER_SETTIME50, &[Number, Number, Memory, Memory]),
    (number::TIMER_GETTIME50, &[Number, Memory]),
    (number::TIMER_GETOVERRUN, &[Number]),
    (number::TIMER_DELETE, &[Number]),
    (number::SETITIMER50, &[Number, Memory, Memory]),
    (number::GETITIMER50, &[Number, Memory]),
    (number::ADJTIME50, &[Memory, Memory]),
    (number::NTP_ADJTIME, &[Memory]),
    (number::NTP_GETTIME50, &[Memory]),
    (number::KILL, &[Number, Number]),
    (number::SIGPROCMASK14, &[Number, Memory, Memory]),
    (number::SIGPENDING14, &[Memory]),
    (number::SIGTIMEDWAIT50, &[Memory, Memory, Duration]),
    (number::KSEM_INIT, &[Number, Memory]),
    (number::KSEM_OPEN, &[Path, Open, Mode, Number, Memory]),
    (number::KSEM_UNLINK, &[Path]),
    (number::KSEM_POST, &[Descriptor]),
    (number::KSEM_TRYWAIT, &[Descriptor]),
    (number::KSEM_GETVALUE, &[Descriptor, Memory]),
    (number::KSEM_CLOSE, &[Descriptor]),
    (number::KSEM_DESTROY, &[Descriptor]),
    (number::EXTATTR_SET_FILE, &[Path, Number, Path, Memory, Length]),
    (number::EXTATTR_GET_FILE, &[Path, Number, Path, Memory, Length]),
    (number::EXTATTR_LIST_FILE, &[Path, Number, Memory, Length]),
    (number::EXTATTR_DELETE_FILE, &[Path, Number, Path]),
    (number::SETXATTR, &[Path, Path, Memory, Length, Number]),
    (number::FGETXATTR, &[Descriptor, Path, Memory, Length]),
    (number::LISTXATTR, &[Path, Memory, Length]),
    (number::KTRACE, &[Path, Number, Number, Number]),
    (number::FKTRACE, &[Descriptor, Number, Number, Number]),
    (number::UTRACE, &[Path, Memory, Length]),
    (number::SETPGID, &[Number, Number]),
    (number::SETSID, &[]),
    (number::GETSID, &[Number]),
    (number::GETLOGIN, &[Memory, Length]),
    (number::SETLOGIN, &[Path]),
    (number::GETRUSAGE50, &[Number, Memory]),
    (number::COMPAT_50_STAT30, &[Path, Memory]),
    (number::COMPAT_50_UTIMES, &[Path, Memory]),
    (number::AIO_READ, &[ControlBlock]),
    (number::AIO_WRITE, &[ControlBlock]),
    (number::AIO_FSYNC, &[Number, ControlBlock]),
    (number::AIO_ERROR, &[ControlBlock]),
    (number::AIO_RETURN, &[ControlBlock]),
    (number::AIO_CANCEL, &[Descriptor, ControlBlock]),
    (number::EXTATTRCTL, &[Path, Number, Path, Number, Path]),
];

/// Bytes behind every pointer.
const ARENA: usize = 64 * 1024;
const VECTORS: usize = 1024;
const NONBLOCK: u64 = 4;

const NAMES: &[&str] = &[
    "a", "b", "c", ".", "..", "", "file", "small", "large", "dir", "sub", "link", "loop", "hole", "fifo",
    "dev", "null", "zero", "full", "random", "tmp", "mnt", "disk", "many", "f1", "f7", "console", "x y",
    "\u{1}",
];
const NUMBERS: &[u64] = &[
    0,
    1,
    2,
    3,
    4,
    5,
    7,
    8,
    10,
    16,
    64,
    0x100,
    0x200,
    0x400,
    0x800,
    0x1000,
    0x8000,
    0x1_0000,
    0x8_0000,
    1023,
    1024,
    1025,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_ffff,
    0xffff_fffe,
    u64::MAX,
];
const OFFSETS: &[i64] = &[
    0,
    1,
    511,
    512,
    4095,
    4096,
    8191,
    49152,
    65535,
    65536,
    100_000,
    1 << 20,
    1 << 31,
    (1 << 32) + 5,
    1 << 40,
    1 << 52,
    i64::MAX - 1,
    i64::MAX,
    -1,
    i64::MIN,
    48 * 1024 + 1,
    4096 * 1024,
];
const LENGTHS: &[u64] =
    &[0, 1, 2, 12, 16, 28, 40, 100, 511, 512, 513, 1023, 4096, 8192, 30_000, 65_535, 65_536];
const TYPES: &[&str] = &["tmpfs", "ffs", "rumpfs", "nosuchfs", ""];
/// `FIONBIO`: would make a pipe block.
const SET_NONBLOCKING: u64 = 0x8004_667e;

/// The memory that a program's pointers lead to.
pub struct Program {
    memory: Box<[u8]>,
    vectors: Vec<u64>,
    strings: Vec<Vec<u8>>,
    duration: [u64; 2],
    length: u64,
    /// `struct aiocb`s; a job may look at its own for as long as the kernel lives.
    control_blocks: Vec<Box<[u64; 11]>>,
    mounts_ffs: bool,
}

impl Default for Program {
    fn default() -> Self {
        Self {
            memory: vec![0; ARENA].into_boxed_slice(),
            vectors: vec![0; 2 * VECTORS],
            strings: Vec::new(),
            duration: [0; 2],
            length: 0,
            control_blocks: Vec::new(),
            mounts_ffs: false,
        }
    }
}

impl Program {
    /// Makes one call as the input says. Which errno it gives does not matter.
    pub fn step(&mut self, session: &Session, input: &mut Input<'_>) -> Result<i64> {
        let (number, arguments) = input.choose(CALLS);
        self.strings.clear();
        let mut slots = Vec::new();
        for &argument in arguments {
            self.push(argument, input, &mut slots);
        }
        session.call(number, &slots)
    }

    fn string(&mut self, mut text: Vec<u8>) -> u64 {
        text.push(0);
        self.strings.push(text);
        self.strings.last().map_or(0, |text| text.as_ptr() as u64)
    }

    fn path(&mut self, input: &mut Input<'_>) -> u64 {
        let shape = input.byte();
        if shape == 0xff {
            return 0;
        }
        let mut path = Vec::new();
        if shape & 1 != 0 {
            path.push(b'/');
        }
        for part in 0..1 + (shape >> 1) % 4 {
            if part > 0 {
                path.push(b'/');
            }
            match input.byte() {
                0xfe => path.resize(path.len() + 255, b'l'),
                0xff => path.resize(path.len() + 256, b'm'),
                other => path.extend(NAMES[usize::from(other) % NAMES.len()].as_bytes()),
            }
        }
        if shape & 0x40 != 0 {
            path.push(b'/');
        }
        self.string(path)
    }

    /// Fills the memory's beginning from the input, sometimes, and points to it; sometimes null.
    fn memory(&mut self, input: &mut Input<'_>) -> u64 {
        let how = input.byte();
        if how == 0xff {
            return 0;
        }
        let fresh = input.bytes(usize::from(how % 64));
        self.memory[..fresh.len()].copy_from_slice(fresh);
        self.memory.as_mut_ptr() as u64
    }

    fn vectors(&mut self, input: &mut Input<'_>) -> u64 {
        let base = self.memory.as_mut_ptr() as u64;
        let (first, second) = (input.choose(LENGTHS), input.choose(LENGTHS));
        for (index, vector) in self.vectors.chunks_mut(2).enumerate() {
            vector[0] = if index == 3 { 0 } else { base };
            vector[1] = if index % 2 == 0 { first } else { second } / (1 + index as u64 / 8);
        }
        self.vectors.as_mut_ptr() as u64
    }

    fn duration(&mut self, input: &mut Input<'_>) -> u64 {
        let seconds = u64::from(input.byte() % 40);
        let nanoseconds = input.choose(&[0u64, 1, 999_999_999, 1_000_000_000, u64::MAX]);
        self.duration = [seconds, nanoseconds];
        self.duration.as_ptr() as u64
    }

    /// A new control block, or one of the last ones.
    fn control_block(&mut self, input: &mut Input<'_>) -> u64 {
        let how = input.byte();
        if how == 0xff {
            return 0;
        }
        if how % 2 == 0 || self.control_blocks.is_empty() {
            let descriptor = u64::from(input.byte() % 12) | input.number(1) << 32;
            let notification = input.number(1) | input.number(1) << 32;
            let buffer = self.memory.as_mut_ptr() as u64;
            let (offset, length) = (input.choose(OFFSETS) as u64, input.choose(LENGTHS));
            let mut block = [offset, buffer, length, descriptor, 0, notification, 7, 0, 0, 0, 0];
            if input.byte() == 0 {
                block[1] = 0;
            }
            self.control_blocks.push(Box::new(block));
        }
        let count = self.control_blocks.len();
        let back = usize::from(how / 2) % count;
        self.control_blocks[count - 1 - back].as_mut_ptr() as u64
    }

    fn mount_data(&mut self, input: &mut Input<'_>) -> u64 {
        let address = self.memory(input);
        if self.mounts_ffs && address != 0 {
            // Its first member is a pointer.
            let path = if input.byte().is_multiple_of(8) { 0 } else { self.string(b"/disk".to_vec()) };
            self.memory[..8].copy_from_slice(&path.to_ne_bytes());
        } else if address != 0 && !input.byte().is_multiple_of(8) {
            self.memory[..8].copy_from_slice(&1u64.to_ne_bytes());
            self.memory[32..40].copy_from_slice(&0o777u64.to_ne_bytes());
        }
        address
    }

    fn push(&mut self, argument: Argument, input: &mut Input<'_>, slots: &mut Vec<u64>) {
        let value = match argument {
            Descriptor => match input.byte() % 14 {
                12 => -100i64 as u64,
                13 => u64::MAX,
                other => u64::from(other),
            },
            Path => self.path(input),
            Open => input.number(4) & 0xffff_ffff | NONBLOCK,
            Number => input.choose(NUMBERS),
            Mode => input.number(2),
            Length => input.choose(LENGTHS),
            Offset => input.choose(OFFSETS) as u64,
            Memory => self.memory(input),
            Vectors => self.vectors(input),
            Duration => self.duration(input),
            Type => {
                let name = input.choose(TYPES);
                self.mounts_ffs = name == "ffs";
                self.string(name.as_bytes().to_vec())
            }
            MountData => self.mount_data(input),
            Unused => 0,
            Lock => u64::from((input.byte() % 16) | 4),
            PipeFlags => input.choose(NUMBERS) | NONBLOCK,
            Count => u64::from(input.byte() % 8) * u64::from(input.byte() % 8),
            Milliseconds => u64::from(input.byte() % 40),
            LengthPlace => {
                self.length = input.choose(LENGTHS);
                if input.byte() == 0xff { 0 } else { &raw mut self.length as u64 }
            }
            ValueLength => input.choose(&[0u64, 1, 4, 8, 16]),
            ControlBlock => self.control_block(input),
            Control => return self.push_control(input, slots),
            Ioctl => {
                let command =
                    input.choose(&[0x4004_667f, 0x8004_667d, 0x2000_6601, 0, u64::MAX, 0x4004_7404]);
                let command = if command == 0 { input.number(4) } else { command };
                slots.push(if command == SET_NONBLOCKING { 0 } else { command });
                self.memory(input)
            }
        };
        slots.push(value);
    }

    fn push_control(&mut self, input: &mut Input<'_>, slots: &mut Vec<u64>) {
        const SET_FLAGS: u64 = 4;
        const FIRST_LOCK: u64 = 7;
        const WAIT_FOR_LOCK: u64 = 9;
        let command = u64::from(input.byte() % 20);
        let command = if command == WAIT_FOR_LOCK { WAIT_FOR_LOCK - 1 } else { command };
        slots.push(command);
        slots.push(match command {
            SET_FLAGS => input.choose(NUMBERS) | NONBLOCK,
            FIRST_LOCK | 8 => self.memory(input),
            _ => input.choose(NUMBERS),
        });
    }
}
