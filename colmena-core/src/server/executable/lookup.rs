//! Where a program is: by its path, or on PATH.

use std::ffi::OsStr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// The path of a program. A name with a slash in it is a path from the present directory; others are looked for on `path`.
pub(super) fn find(program: &OsStr, path: Option<&OsStr>) -> Option<PathBuf> {
    if is_path(program) {
        return std::path::absolute(program).ok().filter(|path| is_executable(path));
    }
    let folders = std::env::split_paths(path.unwrap_or_default());
    let found = folders.map(|folder| folder.join(program)).find(|path| is_executable(path))?;
    std::path::absolute(found).ok()
}

/// Whether the name is a path, which is not looked for.
pub(super) fn is_path(program: &OsStr) -> bool {
    program.as_encoded_bytes().contains(&b'/')
}

fn is_executable(path: &Path) -> bool {
    path.metadata().is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}
