//! `rump-fsck-ffs IMAGE...`: checks FFS images without changing them.
//!
//! Exit status: 0 clean, 1 findings, 2 an image could not be read or is not an FFS.

#![forbid(unsafe_code)]

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use fsck_ffs::{FileImage, Options, Report, check, listing};

/// Checks FFS images (UFS1 and UFS2, both byte orders) without changing them.
///
/// Prints a line for each finding. Exit status: 0 clean, 1 findings, 2 an image could not be read or is not an FFS.
#[derive(Parser)]
#[command(name = "rump-fsck-ffs", version)]
struct Arguments {
    /// Treat a clear clean flag as an error
    #[arg(long)]
    require_clean: bool,
    /// Use the superblock at this offset in bytes instead of looking for one
    #[arg(short = 'b', long, value_name = "BYTES")]
    superblock: Option<u64>,
    /// Print the tree (path, inode, size, mode) instead of checking
    #[arg(long)]
    list: bool,
    /// Print at most this many findings for each image
    #[arg(long, value_name = "COUNT", default_value_t = 10_000)]
    limit: usize,
    /// The images or devices
    #[arg(required = true, value_name = "IMAGE")]
    images: Vec<PathBuf>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut output = BufWriter::new(io::stdout().lock());
    let mut worst = 0;
    for path in &arguments.images {
        match one(&arguments, path, &mut output) {
            Ok(status) => worst = worst.max(status),
            Err(error) => {
                eprintln!("rump-fsck-ffs: {}: {error}", path.display());
                worst = 2;
            }
        }
    }
    if let Err(error) = output.flush() {
        eprintln!("rump-fsck-ffs: {error}");
        worst = 2;
    }
    ExitCode::from(worst)
}

fn one(arguments: &Arguments, path: &Path, output: &mut dyn Write) -> Result<u8, Box<dyn std::error::Error>> {
    let image = FileImage::new(File::open(path)?)?;
    let options = Options {
        require_clean: arguments.require_clean,
        superblock: arguments.superblock,
        limit: arguments.limit,
    };
    if arguments.list {
        listing::list(&image, &options, output)??;
        return Ok(0);
    }
    let report = check(&image, &options)?;
    print(path, &report, output)?;
    Ok(u8::from(!report.is_clean()))
}

fn print(path: &Path, report: &Report, output: &mut dyn Write) -> io::Result<()> {
    let path = path.display();
    for finding in &report.findings {
        writeln!(output, "{path}: {finding}")?;
    }
    if report.omitted() > 0 {
        writeln!(output, "{path}: {} more findings", report.omitted())?;
    }
    let verdict = match (report.is_clean(), report.stopped) {
        (true, _) => "clean",
        (false, true) => "damaged, check stopped early",
        (false, false) => "damaged",
    };
    writeln!(
        output,
        "{path}: {verdict}: {} errors, {} warnings, {} notes; {} files, {} directories, {} fragments in use",
        report.errors, report.warnings, report.notes, report.files, report.directories, report.fragments_used
    )
}
