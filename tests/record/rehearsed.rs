//! The records of rehearsals.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use colmena::rehearsal::{Model, Rehearsal};

use crate::{campaign, fresh, no_number, odd, square, stay};

/// All files, by their paths.
fn files(dir: &Path) -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            found.extend(
                files(&entry)
                    .into_iter()
                    .map(|(path, text)| (entry.file_name().unwrap().into(), (path, text)))
                    .map(|(folder, (path, text)): (PathBuf, _)| (folder.join(path), text)),
            );
        } else {
            found.insert(entry.file_name().unwrap().into(), fs::read_to_string(&entry).unwrap());
        }
    }
    found
}

#[test]
fn one_seed_gives_one_record_byte_for_byte() {
    let hour = Duration::from_secs(3600);
    let record = |seed: u64, name: &str| {
        let dir = fresh(name);
        let plan = Rehearsal::new()
            .method(Model::<square>::running().lasting_by(move |square, _| hour * (square.x % 7) as u32).failing(0.1))
            .method(Model::<odd>::running().lasting(hour))
            .method(Model::<stay>::running().lasting(hour))
            .method(Model::<no_number>::running().lasting(hour));
        let _ = campaign(100, &dir).rehearse(&plan.seed(seed)).unwrap();
        let found = files(&dir);
        fs::remove_dir_all(dir).unwrap();
        found
    };
    let first = record(1, "rehearsed-1");
    assert!(first.len() >= 8 && first[Path::new("results/squares.jsonl")].lines().count() == 100);
    assert!(first == record(1, "rehearsed-2"), "the same seed");
    assert!(first != record(2, "rehearsed-3"), "another seed");
}
