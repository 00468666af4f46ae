//! Runs a compiled C test in simulated worlds: once for each seed, up to the first with which it fails.
//!
//! tests/c/run compiles the test and starts this. It is a program of its own because a run is short: it takes a few
//! milliseconds, and the processes that a shell would start around it took ten times as long.
//!
//! Exit status: 0 all runs were in order, 1 one was not, which is told, 2 a test could not be run at all.

#![forbid(unsafe_code)]

mod images;
mod run;

use clap::Parser;
use nix::sys::personality::{self, Persona};
use run::{Test, Wrong};
use std::path::PathBuf;
use std::process::ExitCode;
use std::{fs, io};

/// Runs a compiled C test in simulated worlds, once for each seed.
#[derive(Parser)]
#[command(name = "run-schedules", version)]
struct Arguments {
    /// The folder with the rump libraries
    #[arg(long)]
    libraries: PathBuf,
    /// librump_simulator.so, which is loaded before the test
    #[arg(long)]
    simulator: PathBuf,
    /// The argument of the test: what its file system is to be. May be given more than once: then the seed decides
    #[arg(long = "format", value_name = "FORMAT")]
    formats: Vec<String>,
    /// A file that the test finds in its folder; may be given more than once
    #[arg(long = "with", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The first seed
    #[arg(long)]
    first_seed: u64,
    /// How many seeds
    #[arg(long)]
    schedules: u64,
    /// Seconds that a run may take
    #[arg(long, default_value_t = 60)]
    limit: u32,
    /// A folder to work in, where nothing else is
    #[arg(long)]
    work: PathBuf,
    /// The compiled test
    program: PathBuf,
    /// What it was compiled from
    source: PathBuf,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // For the programs started here: the simulator wants the same addresses in every run, and would start them once more.
    if let Ok(persona) = personality::get() {
        // A host that refuses leaves it to the simulator.
        let _ = personality::set(persona | Persona::ADDR_NO_RANDOMIZE);
    }
    match run_all(&arguments) {
        Ok(None) => ExitCode::SUCCESS,
        Ok(Some((seed, wrong))) => {
            tell(&arguments, seed, &wrong);
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("run-schedules: {}: {error}", arguments.program.display());
            ExitCode::from(2)
        }
    }
}

/// Runs the test with each seed; the first one that fails is enough of a test.
fn run_all(arguments: &Arguments) -> io::Result<Option<(u64, Wrong)>> {
    let kept = arguments.work.join("kept");
    fs::create_dir_all(&kept)?;
    let test = Test {
        program: fs::canonicalize(&arguments.program)?,
        libraries: fs::canonicalize(&arguments.libraries)?,
        simulator: fs::canonicalize(&arguments.simulator)?,
        formats: arguments.formats.clone(),
        files: arguments.files.iter().map(fs::canonicalize).collect::<io::Result<_>>()?,
        work: fs::canonicalize(&arguments.work)?,
        kept: fs::canonicalize(kept)?,
        limit: arguments.limit,
    };
    for seed in arguments.first_seed..arguments.first_seed.saturating_add(arguments.schedules) {
        let wrong = if seed == arguments.first_seed { test.run_twice(seed) } else { test.run(seed) }?;
        if let Some(wrong) = wrong {
            return Ok(Some((seed, wrong)));
        }
    }
    Ok(None)
}

/// Says what was wrong with the run of a seed, and how to repeat it.
fn tell(arguments: &Arguments, seed: u64, wrong: &Wrong) {
    let Arguments { libraries, simulator, formats, source, .. } = arguments;
    let name = source.file_stem().unwrap_or_default().display();
    let format = run::format_of(formats, seed).map(|format| format!(" {format}")).unwrap_or_default();
    println!("FAILED {name}{format}, seed {seed}: {}", wrong.what);
    let folder = source.parent().map(|folder| format!("{}/", folder.display())).unwrap_or_default();
    for line in &wrong.told {
        println!("    {}", line.replace(&folder, ""));
    }
    let (libraries, simulator, source) = (libraries.display(), simulator.display(), source.display());
    println!("    again: tests/c/simulated {libraries} {simulator} 1 {seed} {source}");
}
