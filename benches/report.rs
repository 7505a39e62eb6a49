//! `colmena report` on a million results. `scripts/bench.sh --report` builds and runs it; it takes a minute, and
//! a gigabyte and a half below target/ meanwhile.
//!
//! The yardstick of the same run: reading the same files, line by line, and nothing else. The address space of the report is
//! limited to 1 GB, so that it fails if it needs more.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;

const RESULTS: u64 = 1_000_000;
const SLOTS: u64 = 512;
/// In seconds.
const MOST: f64 = 10.0;

fn main() -> ExitCode {
    let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("bench-report");
    let _ = fs::remove_dir_all(&dir);
    let measured = generate(&dir).and_then(|()| Ok((read_all(&dir)?, quickest(&dir)?)));
    let _ = fs::remove_dir_all(&dir);
    let (yardstick, (seconds, succeeded)) = measured.expect("files below target/ can be written and read");
    println!("| measure | ours | yardstick | ratio | at most |\n| --- | --- | --- | --- | --- |");
    let met = succeeded && seconds <= MOST;
    println!(
        "| `colmena report`, {RESULTS} results, within 1 GB: quickest of 3 | {seconds:.2} s | reading the lines: {yardstick:.2} s | {:.1} | {MOST} s{} |",
        seconds / yardstick,
        if met { "" } else { ", missed" }
    );
    if met { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// A run of two methods on 512 slots, which move now and then; each result is handled, and followed by a task. Of some
/// something is noted.
fn generate(dir: &Path) -> io::Result<()> {
    fs::create_dir_all(dir.join("results"))?;
    let file = |name: &str| Ok::<_, io::Error>(BufWriter::new(File::create(dir.join(name))?));
    let agents = r#"[{"name": "submit", "kind": "TaskSubmitter", "startup": false}, {"name": "store", "kind": "ResultProcessor", "startup": false}]"#;
    let start = r#""pools": [["sim", 512], ["ml", 0]], "methods": ["simulate", "rank"], "seed": 0, "started": 1.8e9"#;
    writeln!(file("run.json")?, "{{\"format\": 1, \"thinker\": \"Bench\", \"agents\": {agents}, {start}}}")?;
    let (mut simulations, mut ranks) = (file("results/simulation.jsonl")?, file("results/plan.jsonl")?);
    let (mut calls, mut allocation) = (file("agents.jsonl")?, file("allocation.jsonl")?);
    let (mut begun, mut notes) = (file("started.jsonl")?, file("notes.jsonl")?);
    for i in 0..RESULTS {
        // Each slot has a task of 0.9 to 1 s each second.
        let created = (i / SLOTS) as f64 + (i % SLOTS) as f64 / SLOTS as f64;
        let ended = created + 0.001 + 0.9 + (i * 7919 % 1000) as f64 * 1e-4;
        let is_rank = i % 50 == 0;
        write_result(if is_rank { &mut ranks } else { &mut simulations }, i, is_rank, created, ended)?;
        let id = format!("\"task_id\": \"00000000-0000-0000-0000-{i:012x}\"");
        let inputs = "fa2bb1b3db89c68063f0622a5a1b3f31";
        writeln!(begun, "{{\"at\": {created:?}, {id}, \"method\": \"simulate\", \"inputs\": \"{inputs}\"}}")?;
        if i % 10 == 0 {
            writeln!(
                notes,
                "{{\"at\": {ended:?}, {id}, \"topic\": \"simulation\", \"task_info\": {{\"step\": {i}}}}}"
            )?;
        }
        writeln!(calls, "{{\"at\": {created:?}, \"agent\": \"submit\", \"what\": \"call\", \"took\": 0.0002}}")?;
        writeln!(calls, "{{\"at\": {ended:?}, \"agent\": \"store\", \"what\": \"call\", \"took\": 0.0001}}")?;
        if i % 1000 == 0 {
            let ml = 10 + i / 1000 % 20;
            writeln!(allocation, "{{\"at\": {created:?}, \"allocated\": {{\"sim\": {}, \"ml\": {ml}}}}}", SLOTS - ml)?;
        }
    }
    Ok(())
}

fn write_result(file: &mut impl Write, i: u64, is_rank: bool, created: f64, ended: f64) -> io::Result<()> {
    let (method, topic, pool) = if is_rank { ("rank", "plan", "ml") } else { ("simulate", "simulation", "sim") };
    let (success, failure) = match i % 500 {
        1 => ("false", r#"{"exception": "TimedOut(\"after 10 s\")", "traceback": null}"#),
        _ => ("true", "null"),
    };
    let stamp = |offset: f64| 1.8e9 + offset;
    let (created, started, ended) = (stamp(created), stamp(created + 0.001), stamp(ended));
    let value = f64::from(u32::try_from(i * 2_654_435_761 % 1_000_003).unwrap_or(0)) / 1e6 - 0.5;
    write!(
        file,
        "{{\"task_id\": \"00000000-0000-0000-0000-{i:012x}\", \"method\": \"{method}\", \"success\": {success}, "
    )?;
    write!(file, "\"complete\": true, \"task_info\": {{\"step\": {i}}}, \"resources\": {{\"node_count\": 1, ")?;
    write!(
        file,
        "\"cpu_processes\": 1, \"cpu_threads\": 1}}, \"failure_info\": {failure}, \"worker_info\": {{\"hostname\": "
    )?;
    write!(
        file,
        "\"node\", \"pool\": \"{pool}\", \"slots\": 1}}, \"message_sizes\": {{\"inputs\": 60, \"value\": 60}}, "
    )?;
    write!(
        file,
        "\"timestamp\": {{\"created\": {created:?}, \"input_received\": NaN, \"compute_started\": {started:?}, "
    )?;
    write!(file, "\"compute_ended\": {ended:?}, \"result_sent\": NaN, \"result_received\": {ended:?}, ")?;
    write!(
        file,
        "\"start_task_submission\": NaN, \"task_received\": NaN}}, \"time\": {{\"running\": {:?}, ",
        ended - started
    )?;
    write!(file, "\"serialize_inputs\": NaN, \"deserialize_inputs\": NaN, \"serialize_results\": NaN, ")?;
    write!(
        file,
        "\"deserialize_results\": NaN, \"async_resolve_proxies\": NaN, \"proxy\": {{}}, \"additional\": {{}}}}, "
    )?;
    write!(file, "\"serialization_method\": \"json\", \"keep_inputs\": true, \"proxystore_name\": null, ")?;
    write!(
        file,
        "\"proxystore_config\": null, \"proxystore_threshold\": null, \"topic\": \"{topic}\", \"max_retries\": 0, "
    )?;
    writeln!(file, "\"retries\": 0, \"inputs\": [[[0.25, 0.5, 0.75, {value:?}]], {{}}], \"value\": {value:?}}}")
}

/// Seconds.
fn read_all(dir: &Path) -> io::Result<f64> {
    let (begun, mut bytes, mut line) = (Instant::now(), 0, Vec::new());
    let others = ["agents.jsonl", "allocation.jsonl", "started.jsonl", "notes.jsonl"];
    for name in ["results/simulation.jsonl", "results/plan.jsonl"].into_iter().chain(others) {
        let mut file = BufReader::with_capacity(1 << 20, File::open(dir.join(name))?);
        while file.read_until(b'\n', &mut line)? > 0 {
            bytes += line.len();
            line.clear();
        }
    }
    assert!(bytes > RESULTS as usize * 1000, "results are as long as those of a record");
    Ok(begun.elapsed().as_secs_f64())
}

/// Of three runs: others may be at work on the machine.
fn quickest(dir: &Path) -> io::Result<(f64, bool)> {
    let runs = (0..3).map(|_| report(dir)).collect::<io::Result<Vec<_>>>()?;
    let seconds = runs.iter().map(|run| run.0).fold(f64::INFINITY, f64::min);
    Ok((seconds, runs.iter().all(|run| run.1)))
}

/// Seconds, and whether it succeeded.
fn report(dir: &Path) -> io::Result<(f64, bool)> {
    let begun = Instant::now();
    let output = Command::new("sh")
        .args(["-c", "ulimit -v 1000000; exec \"$0\" report \"$1\"", env!("CARGO_BIN_EXE_colmena")])
        .arg(dir)
        .output()?;
    let seconds = begun.elapsed().as_secs_f64();
    if !output.status.success() {
        eprint!("{}", String::from_utf8_lossy(&output.stderr));
    }
    Ok((seconds, output.status.success()))
}
