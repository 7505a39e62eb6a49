//! Programs that an example needs, and where to get them.

use std::env;

use colmena::prelude::*;

/// # Errors
/// Which of the programs are not on PATH, and the command that installs them, in one line.
pub(crate) fn require(programs: &[&str], packages: &str) -> Result<()> {
    let path = env::var_os("PATH").unwrap_or_default();
    let is_there = |program: &str| env::split_paths(&path).any(|folder| folder.join(program).is_file());
    let missing: Vec<&str> = programs.iter().copied().filter(|program| !is_there(program)).collect();
    match &missing[..] {
        [] => Ok(()),
        _ => Err(format!("not on PATH: {}; on Debian: apt-get install -y {packages}", missing.join(", ")).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_said_in_one_line() {
        assert!(require(&["sh", "cat"], "coreutils").is_ok());
        let error = require(&["sh", "no-such-code", "nor-this"], "a b").expect_err("two are missing").to_string();
        assert_eq!(error, "not on PATH: no-such-code, nor-this; on Debian: apt-get install -y a b");
    }
}
