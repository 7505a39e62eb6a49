//! Every rule, for every attribute and option to which it applies, has a program that breaks it.
//!
//! The cells are derived from the table of options, which the parser reads by. The programs are those of `tests/ui`: a comment
//! `//@ R7 task_submitter n_slots zero` stands above each mistake. What stands between it and the next such comment
//! gets exactly one error: a mistake that is not found, or is reported twice, fails here. `(2)` at the end of the comment says
//! that there are two, where that cannot be helped.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::table::{Attribute, CHECKPOINT, EVENT_RESPONDER, INNER, Kind, METHOD, POOL, THINKER};

/// `R7 task_submitter n_slots zero`: rule, attribute, option (or `-`), way to break it.
type Cell = String;

fn all() -> impl Iterator<Item = &'static Attribute> {
    INNER.into_iter().chain([&THINKER, &METHOD, &POOL, &CHECKPOINT])
}

fn is_hook(attribute: &Attribute) -> bool {
    matches!(attribute.name, "prepare_agent" | "tear_down_agent")
}

/// The cells that follow from the table.
fn cells() -> BTreeSet<Cell> {
    let mut cells = BTreeSet::new();
    let mut add = |rule: &str, attribute: &str, option: &str, ways: &[&str]| {
        cells.extend(ways.iter().map(|way| format!("{rule} {attribute} {option} {way}")));
    };
    for attribute in all() {
        let name = attribute.name;
        add("R1", name, "-", &["unknown"]);
        for option in attribute.options {
            let of_option = option.name;
            add("R1", name, of_option, &["misspelled", "repeated", "wrong-kind"]);
            if option.required {
                add("R1", name, of_option, &["missing"]);
            }
            match option.kind {
                Kind::Pool => add("R5", name, of_option, &["no-variant", "no-name", "another-enum"]),
                Kind::Count | Kind::CountOfItem => {
                    add(
                        "R7",
                        name,
                        of_option,
                        &["zero", "negative", "constant", "no-count", "no-field", "no-constant"],
                    );
                }
                Kind::Field => add("R8", name, of_option, &["no-field", "another-type"]),
                Kind::Flag | Kind::Text | Kind::Type | Kind::Path => {}
            }
            if option.kind == Kind::CountOfItem {
                add("R7", name, of_option, &["closure-without-queue", "no-lookahead"]);
            }
        }
    }
    for attribute in INNER {
        let name = attribute.name;
        let forms = ["async", "unsafe", "const", "generic", "where", "without-self", "by-value", "by-mut"];
        add("R2", name, "-", &["with-another", "outside"]);
        add("R3", name, "-", &forms);
        add("R4", name, "-", &["argument", "another-thinker", "twice"]);
        add("R14", name, "-", &["local"]);
        match is_hook(attribute) {
            true => add("R14", name, "-", &["twice", "without-local"]),
            false => add("R4", name, "-", &["return"]),
        }
    }
    // What depends on one attribute alone.
    for (rule, attribute, option, ways) in SINGLE {
        add(rule, attribute, option, ways);
    }
    let reallocation =
        EVENT_RESPONDER.options.iter().filter(|option| option.kind == Kind::Pool || is_count(option.kind));
    for option in reallocation {
        add("R6", "event_responder", option.name, &["not-asked-for"]);
    }
    cells
}

fn is_count(kind: Kind) -> bool {
    matches!(kind, Kind::Count | Kind::CountOfItem)
}

type Single = (&'static str, &'static str, &'static str, &'static [&'static str]);

const SINGLE: &[Single] = &[
    ("R1", "method", "command", &["unknown-field", "unreadable"]),
    ("R2", "thinker", "-", &["not-an-impl", "of-a-trait", "no-named-type", "twice", "misspelled-attribute"]),
    ("R3", "thinker", "-", &["not-sync"]),
    ("R4", "result_processor", "-", &["nothing", "order"]),
    ("R4", "task_submitter", "-", &["nothing", "order"]),
    ("R4", "task_submitter", "queue", &["no-queue", "no-item"]),
    ("R4", "tear_down_agent", "-", &["return"]),
    ("R5", "thinker", "pools", &["no-pool-type", "less-visible"]),
    ("R5", "task_submitter", "-", &["another-enum", "without-pools"]),
    ("R5", "task_submitter", "task_type", &["without-pools"]),
    ("R5", "result_processor", "-", &["another-enum", "without-pools"]),
    ("R5", "event_responder", "gather_from", &["without-pools"]),
    ("R5", "event_responder", "gather_to", &["without-pools"]),
    ("R5", "agent", "-", &["call"]),
    ("R5", "pool", "-", &["with-fields", "generic", "no-enum", "empty"]),
    ("R5", "pool", "name", &["same-name", "misplaced"]),
    ("R5", "pool", "crate", &["misplaced"]),
    ("R15", "thinker", "-", &["no-checkpoint"]),
    ("R15", "checkpoint", "-", &["no-struct", "no-state"]),
    ("R15", "checkpoint", "skip", &["misplaced"]),
    ("R15", "checkpoint", "crate", &["misplaced"]),
    ("R6", "event_responder", "reallocate_resources", &["alone"]),
    ("R6", "event_responder", "gather_from", &["missing"]),
    ("R6", "event_responder", "gather_to", &["missing", "same"]),
    ("R8", "task_submitter", "queue", &["items"]),
    ("R9", "result_processor", "topic", &["another"]),
    ("R10", "result_processor", "-", &["twice", "another-path"]),
    ("R11", "agent", "-", &["not-handled", "no-task", "misspelled", "no-method"]),
    ("R11", "result_processor", "-", &["emits", "slots-of-updates", "misspelled"]),
    ("R11", "result_processor", "threads", &["updates"]),
    ("R12", "method", "-", &["no-body", "no-method", "misspelled", "no-program", "no-command"]),
    ("R12", "method", "command", &["no-body"]),
    ("R12", "method", "local", &["elsewhere"]),
    ("R13", "method", "-", &["async", "unsafe", "generic", "where", "no-function", "self", "fields"]),
    (
        "R13",
        "method",
        "-",
        &["impl-trait", "pattern", "unnamed", "by-mut", "lifetime", "trait-object", "borrowed-in-part"],
    ),
    ("R13", "method", "-", &["inferred", "context-first", "context-by-value", "cfg"]),
    ("R13", "method", "-", &["returns-borrowed", "returns-opaque", "returns-never", "emits-borrowed"]),
    ("R13", "method", "-", &["input", "value", "emission", "not-sync", "not-send", "not-clone", "error"]),
    ("R13", "method", "local", &["no-body"]),
    ("R13", "method", "command", &["with-body", "not-displayed", "not-read"]),
    ("R14", "thinker", "-", &["no-agents"]),
    ("R14", "thinker", "local", &["no-default", "misspelled"]),
    ("R14", "agent", "-", &["without-local"]),
    ("R14", "prepare_agent", "-", &["makes-nothing", "error"]),
];

/// A mistake in a program: its cells, and the lines that it may be reported at.
struct Mistake {
    cells: Vec<Cell>,
    errors: usize,
    from: usize,
    to: usize,
}

fn programs() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/ui");
    let rules = fs::read_dir(&folder).expect("tests/ui").map(|entry| entry.expect("an entry").path());
    let rules = rules.filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('r')));
    let files = rules.flat_map(|rule| fs::read_dir(rule).expect("a folder of programs"));
    let mut programs: Vec<PathBuf> = files.map(|entry| entry.expect("an entry").path()).collect();
    programs.retain(|path| path.extension().is_some_and(|extension| extension == "rs"));
    programs.sort();
    programs
}

fn mistakes(program: &str) -> Vec<Mistake> {
    let mut mistakes: Vec<Mistake> = Vec::new();
    let lines: Vec<&str> = program.lines().collect();
    for (number, line) in (1..).zip(&lines) {
        let Some(cell) = line.trim_start().strip_prefix("//@ ") else { continue };
        let (cell, errors) = cell.strip_suffix(" (2)").map_or((cell, 1), |cell| (cell, 2));
        match mistakes.last_mut() {
            Some(last) if last.from == number => {
                last.cells.push(cell.to_owned());
                last.from += 1;
            }
            _ => mistakes.push(Mistake { cells: vec![cell.to_owned()], errors, from: number + 1, to: lines.len() }),
        }
    }
    for i in 1..mistakes.len() {
        mistakes[i - 1].to = mistakes[i].from - 1;
    }
    mistakes
}

/// The line of each error in a `.stderr`.
fn reported(text: &str) -> Vec<usize> {
    let (mut lines, mut open) = (Vec::new(), false);
    for line in text.lines() {
        let of_line = || line.trim_start().strip_prefix("--> ")?.rsplit(':').nth(1)?.parse().ok();
        if line.starts_with("error") {
            open = true;
        } else if let (true, Some(number)) = (open, of_line()) {
            lines.push(number);
            open = false;
        }
    }
    lines
}

#[test]
fn every_cell_has_a_refused_program() {
    let wanted = cells();
    let (mut found, mut wrong) = (BTreeSet::new(), Vec::new());
    for path in programs() {
        let name = path.display();
        let mistakes = mistakes(&fs::read_to_string(&path).expect("a program"));
        let errors = reported(&fs::read_to_string(path.with_extension("stderr")).unwrap_or_default());
        for Mistake { cells, errors: expected, from, to } in &mistakes {
            let there = errors.iter().filter(|line| (*from..=*to).contains(*line)).count();
            if there != *expected {
                wrong.push(format!("{name}:{from}: {there} errors for {cells:?}"));
            }
            found.extend(cells.iter().cloned());
        }
        let elsewhere = errors.iter().filter(|line| mistakes.iter().all(|one| !(one.from..=one.to).contains(*line)));
        wrong.extend(elsewhere.map(|line| format!("{name}:{line}: an error without a cell")));
    }
    let missing: Vec<_> = wanted.difference(&found).collect();
    let unknown: Vec<_> = found.difference(&wanted).collect();
    assert!(missing.is_empty(), "no program for {missing:#?}");
    assert!(unknown.is_empty(), "not in the table: {unknown:#?}");
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(wanted.len() > 120, "{} cells", wanted.len());
}
