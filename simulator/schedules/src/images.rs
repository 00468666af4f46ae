//! FFS images that a test leaves behind: they have to be in order.

use fsck_ffs::{FileImage, Options, check};
use std::fs::{self, File};
use std::io;
use std::path::Path;

/// Findings that are told.
const TOLD: usize = 8;

/// Checks all images in a folder: `*.ffs` are unmounted, `*.ffs-in-use` may be mounted. Says what is wrong with the first that
/// is not in order.
///
/// # Errors
/// What keeps an image from being read.
pub fn check_all(folder: &Path) -> io::Result<Option<Vec<String>>> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let require_clean = match path.extension().and_then(|extension| extension.to_str()) {
            Some("ffs") => true,
            Some("ffs-in-use") => false,
            _ => continue,
        };
        let findings = check_one(&path, require_clean)?;
        if !findings.is_empty() {
            return Ok(Some(findings));
        }
    }
    Ok(None)
}

fn check_one(path: &Path, require_clean: bool) -> io::Result<Vec<String>> {
    let name = path.file_name().unwrap_or_default().display();
    let options = Options { require_clean, limit: TOLD, ..Options::default() };
    let report = match check(&FileImage::new(File::open(path)?)?, &options) {
        Ok(report) if report.is_clean() => return Ok(Vec::new()),
        Ok(report) => report,
        Err(error) => return Ok(vec![format!("{name}: {error}")]),
    };
    let mut findings: Vec<_> = report.findings.iter().map(|finding| format!("{name}: {finding}")).collect();
    findings.push(format!("{name}: {} errors, {} warnings", report.errors, report.warnings));
    Ok(findings)
}
