//! One run of a test: in a fresh folder, within a time, and what has to hold after it.

use crate::images;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, kill_process_group, pidfd_open};
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

/// Lines of what a test has printed that are told: the simulator's report of a world that failed fits.
const TOLD: usize = 30;

/// A compiled test, and what it takes to run it. All paths are absolute.
pub struct Test {
    pub program: PathBuf,
    pub libraries: PathBuf,
    pub simulator: PathBuf,
    /// Its arguments, if it wants one at a time.
    pub formats: Vec<String>,
    /// What it finds in its folder.
    pub files: Vec<PathBuf>,
    /// Where its folder, its output and its trace lie.
    pub work: PathBuf,
    /// Where it may keep what is the same in every run.
    pub kept: PathBuf,
    /// Seconds that a run may take, by the host's clock.
    pub limit: u32,
}

/// What was wrong with a run.
pub struct Wrong {
    pub what: String,
    /// Lines that the test or the checker have printed.
    pub told: Vec<String>,
}

impl Wrong {
    fn new(what: impl Into<String>, told: Vec<String>) -> Self {
        Self { what: what.into(), told }
    }
}

impl Test {
    /// Runs it with a seed. Says what was wrong, if anything was.
    ///
    /// # Errors
    /// What keeps it from being run at all.
    pub fn run(&self, seed: u64) -> io::Result<Option<Wrong>> {
        let folder = self.work.join("run");
        fs::create_dir(&folder)?;
        for file in &self.files {
            fs::copy(file, folder.join(file.file_name().unwrap_or(OsStr::new("unnamed"))))?;
        }
        let wrong = match self.run_in(&folder, seed)? {
            None => images::check_all(&folder)?.map(|told| Wrong::new("an image is not in order", told)),
            wrong => wrong,
        };
        fs::remove_dir_all(&folder)?;
        Ok(wrong)
    }

    /// Runs it twice with a seed, which stands for one run and no other: both have to be the same.
    ///
    /// # Errors
    /// As [`Test::run`].
    pub fn run_twice(&self, seed: u64) -> io::Result<Option<Wrong>> {
        if let Some(wrong) = self.run(seed)? {
            return Ok(Some(wrong));
        }
        let former = fs::read(self.trace())?;
        if let Some(wrong) = self.run(seed)? {
            return Ok(Some(wrong));
        }
        let same = fs::read(self.trace())? == former;
        Ok((!same).then(|| Wrong::new("gives two different runs", Vec::new())))
    }

    fn trace(&self) -> PathBuf {
        self.work.join("trace")
    }

    /// The run itself: it has to end in time, with status 0 and without a word.
    fn run_in(&self, folder: &Path, seed: u64) -> io::Result<Option<Wrong>> {
        let printed = self.work.join("printed");
        let output = File::create(&printed)?;
        let mut child = Command::new(&self.program)
            .args(format_of(&self.formats, seed))
            .current_dir(folder)
            .env("LD_LIBRARY_PATH", &self.libraries)
            .env("LD_PRELOAD", &self.simulator)
            .env("SIMULATOR_SEED", seed.to_string())
            .env("SIMULATOR_TRACE", self.trace())
            .env("KEPT_FILES", &self.kept)
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .process_group(0)
            .spawn()?;
        let what = match wait_in_time(&mut child, self.limit)? {
            None => format!("ran for {} seconds", self.limit),
            Some(status) if !status.success() => description(status),
            Some(_) if fs::metadata(&printed)?.len() > 0 => "printed something".into(),
            Some(_) => return Ok(None),
        };
        Ok(Some(Wrong::new(what, last_lines(&printed)?)))
    }
}

/// The format that a seed stands for: tests take other cases with each seed, too, so that neighbours are not to go in turns.
pub fn format_of(formats: &[String], seed: u64) -> Option<&String> {
    let spread = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
    formats.get(usize::try_from(spread).ok()?.checked_rem(formats.len())?)
}

/// Waits for a process that leads a group; ends the group if the process takes longer than it may.
fn wait_in_time(child: &mut Child, seconds: u32) -> io::Result<Option<ExitStatus>> {
    let process = Pid::from_child(child);
    let descriptor = pidfd_open(process, PidfdFlags::empty())?;
    let limit = Timespec { tv_sec: seconds.into(), tv_nsec: 0 };
    let ended = poll(&mut [PollFd::new(&descriptor, PollFlags::IN)], Some(&limit))? > 0;
    if !ended {
        kill_process_group(process, Signal::KILL)?;
    }
    let status = child.wait()?;
    Ok(ended.then_some(status))
}

fn description(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit status {code}"),
        (None, Some(signal)) => format!("ended by signal {signal}"),
        (None, None) => status.to_string(),
    }
}

fn last_lines(path: &Path) -> io::Result<Vec<String>> {
    let bytes = fs::read(path)?;
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<_> = text.lines().collect();
    Ok(lines[lines.len().saturating_sub(TOLD)..].iter().map(ToString::to_string).collect())
}

#[cfg(test)]
mod tests {
    use super::format_of;

    #[test]
    fn seeds_take_all_formats_about_as_often_and_not_in_turns() {
        let formats = ["a", "b", "c", "d"].map(String::from);
        let taken =
            |seed| formats.iter().position(|format| Some(format) == format_of(&formats, seed)).unwrap();
        for format in 0..formats.len() {
            let count = (1..=1000).filter(|&seed| taken(seed) == format).count();
            assert!((200..300).contains(&count), "{format}: {count}");
            // What a test does with every fourth seed it does in all formats.
            let count = (1..=1000).filter(|&seed| seed % 4 == 1 && taken(seed) == format).count();
            assert!((40..90).contains(&count), "{format}: {count} of every fourth seed");
        }
        assert_eq!(format_of(&[], 7), None);
    }
}
