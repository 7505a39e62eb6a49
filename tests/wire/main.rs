//! The original's messages: captured ones, those that each of its releases makes, what is refused, and noise.
//!
//! `captured/` has messages as they went over Redis (0.7.2); `derived/` has what `derive.py` makes with other releases, whose
//! names stand first, and requests of 0.4 and 0.5, which are refused. `python.rs` lets the original read what is written here,
//! where it is installed. The mutated messages of `noise.rs` are tried a hundred times as long with `COLMENA_FUZZ=100`.

mod holds;
mod messages;
mod noise;
mod python;
mod refused;
mod values;

use std::fs;
use std::path::Path;

/// A message, its file's name, and what it is by that: `request`, `result`, ..
struct Fixture {
    name: String,
    bytes: Vec<u8>,
}

impl Fixture {
    fn is_request(&self) -> bool {
        self.name.ends_with(".request") || self.name.ends_with(".flat")
    }
}

/// All messages of a folder, by name.
fn fixtures(folder: &str) -> Vec<Fixture> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wire").join(folder);
    let entries = fs::read_dir(folder).expect("the folder of messages is there");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("it can be read").path()).collect();
    paths.sort();
    let name = |path: &Path| path.file_name().expect("a file").to_string_lossy().into_owned();
    paths.iter().map(|path| Fixture { name: name(path), bytes: fs::read(path).expect("it can be read") }).collect()
}

/// All that can be read: without stored values of ProxyStore, kill messages and what 0.4 and 0.5 sent.
fn readable() -> Vec<Fixture> {
    let all = fixtures("captured").into_iter().chain(fixtures("derived"));
    let other = |name: &str| name.contains("storevalue") || name.ends_with(".kill") || name.ends_with(".flat");
    all.filter(|fixture| !other(&fixture.name)).collect()
}

/// The one message of this name.
fn captured(name: &str) -> Vec<u8> {
    let found = fixtures("captured").into_iter().find(|fixture| fixture.name == name);
    found.unwrap_or_else(|| panic!("no message {name}")).bytes
}
