//! The rules of this repository that a test can check. Each test reports every place that breaks its rule.

use std::fs;
use std::path::{Path, PathBuf};

/// What ARCHITECTURE.md maps, as far as it exists.
const MAPPED: [&str; 7] = ["src", "colmena-core", "colmena-macros", "examples", "tests", "benches", "guide"];
/// The sources of the three crates, where the strictest rules hold.
const CRATES: [&str; 3] = ["src", "colmena-core/src", "colmena-macros/src"];
const MOST_LINES: usize = 600;

/// A file, by its path from the top of the repository.
struct File {
    path: String,
    text: String,
}

fn top() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(top().join(path)).unwrap_or_else(|error| panic!("cannot read {path}: {error}"))
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let listed = fs::read_dir(folder).unwrap_or_else(|error| panic!("cannot list {}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = listed.map(|entry| entry.expect("a folder's entry can be read").path()).collect();
    paths.sort();
    paths
}

/// All Rust files in these folders, except the programs of the compile-error tests, which are wrong on purpose, and what
/// tests write.
fn rust_files(folders: &[&str]) -> Vec<File> {
    let mut files = Vec::new();
    let mut open: Vec<PathBuf> = folders.iter().map(|folder| top().join(folder)).filter(|path| path.is_dir()).collect();
    while let Some(folder) = open.pop() {
        for path in entries(&folder) {
            let name = path.file_name().unwrap_or_default();
            if path.is_dir() && name != "target" && name != "generated" && !path.ends_with("tests/ui") {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let path = path.strip_prefix(top()).expect("below the top").display().to_string().replace('\\', "/");
                files.push(File { text: read(&path), path });
            }
        }
    }
    assert!(!files.is_empty(), "no Rust file in {folders:?}: does this test look in the right place?");
    files
}

/// The lines of code, with their numbers: those that are comments are left out.
fn code(file: &File) -> impl Iterator<Item = (usize, &str)> {
    (1..).zip(file.text.lines()).filter(|(_, line)| !line.trim_start().starts_with("//"))
}

fn assert_none(found: &[String], rule: &str) {
    assert!(found.is_empty(), "{rule}\n  {}\n", found.join("\n  "));
}

#[test]
fn sources_open_with_a_header() {
    let bare = rust_files(&CRATES).into_iter().filter(|file| !file.text.starts_with("//!"));
    let found: Vec<String> = bare.map(|file| file.path).collect();
    assert_none(&found, "the first line of a source file says in `//!` what the file is for; not so in:");
}

#[test]
fn files_are_short() {
    let lines = |file: &File| file.text.lines().count();
    let long = rust_files(&MAPPED).into_iter().filter(|file| lines(file) > MOST_LINES);
    let found: Vec<String> = long.map(|file| format!("{}: {} lines", file.path, lines(&file))).collect();
    assert_none(&found, &format!("split what is longer than {MOST_LINES} lines:"));
}

#[test]
fn sources_neither_sleep_nor_leave_things_undone() {
    // Written in two parts, so that a search for them does not end here.
    let refused = [
        (concat!("thread::", "sleep"), "wait with a deadline through `wait`"),
        (concat!("un", "safe {"), "there is none in this workspace"),
        (concat!("to", "do!("), "write it"),
        (concat!("unim", "plemented!("), "write it"),
        (concat!("db", "g!("), "use `tracing`"),
    ];
    let mut found = Vec::new();
    for file in rust_files(&CRATES) {
        for (number, line) in code(&file) {
            let broken = refused.iter().filter(|(text, _)| line.contains(text));
            found.extend(broken.map(|(text, cure)| format!("{}:{number}: `{text}`: {cure}", file.path)));
        }
    }
    assert_none(&found, "not in the crates' sources:");
}

#[test]
fn no_test_is_ignored() {
    let ignored = concat!("#[", "ignore");
    let mut found = Vec::new();
    for file in rust_files(&MAPPED) {
        found.extend(code(&file).filter(|(_, line)| line.contains(ignored)).map(|(n, _)| format!("{}:{n}", file.path)));
    }
    assert_none(&found, "a test that is not run is no test:");
}

#[test]
fn types_are_named_for_what_they_are() {
    let vague = ["Manager", "Handler", "Helper", "Util"];
    let mut found = Vec::new();
    for file in rust_files(&CRATES) {
        for (number, line) in code(&file) {
            let mut words = line.split(|c: char| !(c.is_alphanumeric() || c == '_'));
            let declares = |word: &str| matches!(word, "struct" | "enum" | "trait" | "type");
            let Some(name) = words.by_ref().find(|word| declares(word)).and_then(|_| words.next()) else { continue };
            if vague.iter().any(|word| name.contains(word)) {
                found.push(format!("{}:{number}: `{name}`", file.path));
            }
        }
    }
    assert_none(&found, &format!("say what it is, not one of {vague:?}:"));
}

#[test]
fn the_architecture_maps_every_folder() {
    let map = read("ARCHITECTURE.md");
    let runtime = entries(&top().join("colmena-core/src")).into_iter().filter(|path| path.is_dir());
    let runtime = runtime.map(|path| path.strip_prefix(top()).expect("below the top").display().to_string());
    let folders = MAPPED.into_iter().filter(|folder| top().join(folder).is_dir()).map(ToOwned::to_owned);
    let missing = folders.chain(runtime).filter(|folder| !map.contains(&format!("`{folder}/")));
    assert_none(&missing.collect::<Vec<_>>(), "ARCHITECTURE.md does not say what is in (as `folder/`):");
}

#[test]
fn the_architecture_maps_nothing_else() {
    let map = read("ARCHITECTURE.md");
    let quoted = map.split('`').skip(1).step_by(2);
    let paths = quoted.filter(|text| MAPPED.iter().any(|folder| text.starts_with(&format!("{folder}/"))));
    let gone = paths.filter(|path| !top().join(path).exists()).map(ToOwned::to_owned);
    assert_none(&gone.collect::<Vec<_>>(), "ARCHITECTURE.md names what does not exist:");
}

#[test]
fn the_changelog_has_a_place_for_the_next_version() {
    assert!(read("CHANGELOG.md").contains("## [Unreleased]"), "CHANGELOG.md needs a section `## [Unreleased]`");
}

#[test]
fn the_readme_names_commands_that_exist() {
    let readme = read("README.md");
    for command in ["cargo run --release --example reallocation", "scripts/test.sh"] {
        assert!(readme.contains(command), "README.md does not name the command `{command}`");
    }
    let example = ["examples/reallocation.rs", "examples/reallocation/main.rs"];
    assert!(example.iter().any(|path| top().join(path).is_file()), "the example that README.md names is missing");
    assert!(top().join("scripts/test.sh").is_file(), "scripts/test.sh is missing");
}

/// The chapters of the guide, and what stands beside them for readers.
fn texts() -> Vec<File> {
    let is_text = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "md");
    let chapters = entries(&top().join("guide/src")).into_iter().filter(is_text);
    let chapters = chapters.map(|path| path.strip_prefix(top()).expect("below the top").display().to_string());
    let texts = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"].map(ToOwned::to_owned);
    texts.into_iter().chain(chapters).map(|path| File { text: read(&path), path }).collect()
}

/// Where the links of a text lead: what stands in `](..)` outside code.
fn links(text: &str) -> Vec<&str> {
    let prose = text.split("```").step_by(2);
    let targets = prose.flat_map(|prose| prose.split("](").skip(1));
    targets.filter_map(|rest| rest.split_once(')')).map(|(target, _)| target).collect()
}

/// The anchors of a text, as mdBook and GitHub make them of its headings.
fn anchors(text: &str) -> Vec<String> {
    let headings = text.split("```").step_by(2).flat_map(str::lines).filter(|line| line.starts_with('#'));
    let letter = |c: char| match c {
        ' ' => Some('-'),
        c if c.is_alphanumeric() || c == '-' || c == '_' => Some(c.to_ascii_lowercase()),
        _ => None,
    };
    headings.map(|line| line.trim_start_matches('#').trim().chars().filter_map(letter).collect()).collect()
}

/// Links into the built rustdoc are left to `scripts/guide.sh`, which builds it.
#[test]
fn links_lead_somewhere() {
    let mut found = Vec::new();
    for File { path, text } in texts() {
        let folder = Path::new(&path).parent().expect("a file is in a folder");
        for link in links(&text).into_iter().filter(|link| !link.contains("://") && !link.starts_with("../doc/")) {
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { PathBuf::from(&path) } else { folder.join(file) };
            let known = || anchors(&read(&target.display().to_string())).iter().any(|known| known == anchor);
            if !top().join(&target).exists() || (!anchor.is_empty() && !known()) {
                found.push(format!("{path}: {link}"));
            }
        }
    }
    assert_none(&found, "links that lead nowhere:");
}

#[test]
fn chapters_are_in_the_table_of_contents_and_their_code_is_tested() {
    let (contents, tested) = (read("guide/src/SUMMARY.md"), read("src/guide_tests.rs"));
    let mut found = Vec::new();
    for File { path, text } in texts() {
        let Some(name) = path.strip_prefix("guide/src/").filter(|name| *name != "SUMMARY.md") else { continue };
        if !contents.contains(&format!("]({name})")) {
            found.push(format!("{path}: not in guide/src/SUMMARY.md"));
        }
        if text.contains("```rust") && !tested.contains(&format!("guide/src/{name}\")")) {
            found.push(format!("{path}: not in src/guide_tests.rs"));
        }
    }
    assert_none(&found, "chapters that readers or tests do not find:");
}

#[test]
fn texts_name_files_that_exist() {
    let folders = ["examples/", "scripts/", "guide/", "tests/", "src/"];
    let mut found = Vec::new();
    for File { path, text } in texts() {
        let quoted = text.split("```").step_by(2).flat_map(|prose| prose.split('`').skip(1).step_by(2));
        let named = quoted.filter_map(|quoted| quoted.split_whitespace().next());
        let files = named.filter(|name| folders.iter().any(|folder| name.starts_with(folder)));
        let gone = files.filter(|name| !top().join(name).exists());
        // The guide also tells readers where files of their own go.
        let gone = gone.filter(|name| !(path.starts_with("guide/") && name.starts_with("tests/")));
        found.extend(gone.map(|name| format!("{path}: {name}")));
    }
    assert_none(&found, "files that are named and do not exist:");
}
