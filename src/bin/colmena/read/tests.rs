//! Lines of any release, lines that are none, and files that end in the middle of one.

use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::run::{Log, Task};

const SECOND: Nanos = 1_000_000_000;

fn reader() -> Reader {
    Reader { value: "value".into(), ..Reader::default() }
}

fn settled(line: &str) -> (Reader, Task) {
    let mut reader = reader();
    let Ok(Said::Settled(task)) = reader.result(line.as_bytes(), "file") else { panic!("{line}") };
    (reader, task)
}

fn ours() -> String {
    let times = r#""timestamp": {"created": 10.0, "compute_started": 10.5, "compute_ended": 12.5, "result_received": 12.75,
        "input_received": NaN}, "time": {"running": 2.0, "proxy": {}}"#;
    format!(
        r#"{{"task_id": "a", "method": "simulate", "topic": "simulation", "success": true, "complete": true, "retries": 1,
        "worker_info": {{"hostname": "h", "pool": "sim", "slots": 2}}, {times}, "inputs": [[1], {{}}], "value": -3.5}}"#
    )
}

#[test]
fn a_line_of_ours() {
    let (reader, task) = settled(&ours());
    let names = [task.method, task.topic, task.pool].map(|id| reader.run.names.name(id).to_owned());
    assert_eq!(names, ["simulate", "simulation", "sim"]);
    let wanted = Task {
        slots: 2,
        retries: 1,
        created: Some(10 * SECOND),
        started: Some(10 * SECOND + SECOND / 2),
        ended: Some(12 * SECOND + SECOND / 2),
        received: Some(12 * SECOND + SECOND / 4 * 3),
        running: Some(2 * SECOND),
        value: Some(-3.5),
        method: task.method,
        topic: task.topic,
        pool: task.pool,
        ..Task::default()
    };
    assert_eq!(task, wanted);
}

#[test]
fn the_number_to_show_may_be_within() {
    let line = br#"{"task_id": "a", "success": true, "value": {"energy": [1, -2.5]}, "task_info": {"loss": 3}}"#;
    let shown = |path: &str| match (Reader { value: path.into(), ..reader() }).result(line, "file") {
        Ok(Said::Settled(task)) => task.value,
        other => panic!("{other:?}"),
    };
    let values = ["value.energy.1", "task_info.loss", "value", "value.none", ""].map(shown);
    assert_eq!(values, [Some(-2.5), Some(3.0), None, None, None]);
}

#[test]
fn a_line_of_an_early_release() {
    let (reader, task) = settled(
        r#"{"task_id": "a", "method": "f", "success": false, "failure_info": {"exception": "ValueError('x')"},
        "time_created": 1.5, "time_input_received": 2, "time_compute_started": 3, "time_running": 0.25, "value": null}"#,
    );
    assert_eq!((reader.run.names.name(task.topic), task.run(), task.queue()), ("file", Some(SECOND / 4), Some(SECOND)));
    assert_eq!(task.cause.map(|cause| reader.run.names.name(cause)), Some("ValueError"));
    assert_eq!(task.ran(), Some((3 * SECOND, 3 * SECOND + SECOND / 4)));
}

#[test]
fn what_had_started_is_crossed_off_by_its_result() {
    let mut reader = reader();
    let task = |n: u32| format!("\"task_id\": \"00000000-0000-0000-0000-{n:012x}\"");
    for n in [3, 1, 2] {
        reader.begun(format!("{{\"at\": {n}.0, {}, \"method\": \"f\"}}", task(n)).as_bytes()).unwrap();
    }
    for (n, complete) in [(1, true), (2, false)] {
        let line = format!("{{{}, \"success\": true, \"complete\": {complete}}}", task(n));
        reader.result(line.as_bytes(), "file").unwrap(); // an intermediate result settles nothing
    }
    let unsettled = reader.finish().unsettled;
    assert_eq!(
        unsettled.iter().map(|begun| (begun.task.0, begun.at)).collect::<Vec<_>>(),
        [(2, 2 * SECOND), (3, 3 * SECOND)]
    );
    let broken = [r#"{"at": 1.0, "task_id": "abc"}"#, r#"{"at": 1.0}"#, r#"{"task_id": "a-b", "at": "x"}"#];
    assert!(broken.iter().all(|line| self::reader().begun(line.as_bytes()).is_err()));
}

/// An agent of which a kill has lost a start tells less than the others.
#[test]
fn a_launch_is_when_the_first_of_its_agents_starts() {
    let run = Run { tasks: vec![Task { received: Some(5), ..Task::default() }], ..Run::default() };
    let starts = [vec![0, 11, 20], vec![1, 10, 21], vec![2, 19], vec![]];
    let resumed = story::resumed(&run, &starts);
    assert_eq!(resumed.iter().map(|resumed| (resumed.last, resumed.at)).collect::<Vec<_>>(), [(5, 10), (5, 20)]);
    assert!(story::resumed(&run, &starts[3..]).is_empty() && story::resumed(&run, &[]).is_empty());
}

#[test]
fn warnings_are_counted() {
    let mut reader = reader();
    for (level, message) in [("INFO", "a"), ("WARN", "b\\n"), ("ERROR", "c"), ("WARN", "d")] {
        let line =
            format!(r#"{{"at": 1.5, "agent": "store", "level": "{level}", "message": "{message}", "fields": {{}}}}"#);
        reader.event(line.as_bytes()).unwrap();
    }
    assert_eq!(reader.run.log, Log { warnings: 2, errors: 1, first: Some(("store".into(), "b\n".into())) });
}

#[test]
fn intermediate_results_are_no_tasks() {
    let mut reader = reader();
    let said = reader.result(br#"{"task_id": "a", "success": true, "complete": false}"#, "file");
    assert_eq!(said, Ok(Said::Update));
}

#[test]
fn what_is_no_result_is_not_read() {
    for line in ["[1]", "null", "{}", r#"{"at": 1.0}"#, r#"{"task_id": "a""#] {
        assert_eq!(reader().result(line.as_bytes(), "file"), Err(Broken), "{line}");
    }
}

#[test]
fn the_captured_messages_of_the_original_are_read() {
    let captured = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wire/captured");
    for (name, cause) in [("full", None), ("failed", Some("ValueError")), ("nan_input", None)] {
        let line = fs::read_to_string(captured.join(format!("json.{name}.result"))).unwrap();
        let (reader, task) = settled(&line);
        assert_eq!(task.cause.map(|cause| reader.run.names.name(cause)), cause, "{name}");
        assert!(task.queue().is_some() && task.run().is_some(), "{name}: {task:?}");
    }
}

#[test]
fn files_cut_short_are_read_up_to_there() {
    let dir = tempfile("cut");
    let line = ours().replace('\n', " ") + "\n";
    let path = dir.join("simulation.jsonl");
    for cut in [0, 1, line.len() / 2, line.len() - 2] {
        fs::write(&path, format!("{line}no result\n\n{line}{}", &line[..cut])).unwrap();
        let run = read(&path, "value").unwrap();
        let unread = Unread { file: "simulation.jsonl".into(), lines: 1, first: 2, cut: cut > 0 };
        assert_eq!((run.tasks.len(), run.unread), (2, vec![unread]), "{cut}");
    }
    // A last line without its end is whole nevertheless.
    fs::write(&path, line.trim_end()).unwrap();
    let run = read(&path, "value").unwrap();
    assert_eq!((run.tasks.len(), run.unread), (1, Vec::new()));
    fs::remove_dir_all(dir).unwrap();
}

#[test]
fn what_is_not_there_is_an_error() {
    let dir = tempfile("nothing");
    let text = |path: &Path| read(path, "value").unwrap_err().to_string();
    assert!(text(&dir).ends_with("has no results: neither results/*.jsonl nor *.jsonl"), "{}", text(&dir));
    assert!(text(&dir.join("none")).starts_with("cannot read"), "{}", text(&dir.join("none")));
    fs::remove_dir_all(dir).unwrap();
}

fn tempfile(name: &str) -> PathBuf {
    let dir = std::env::temp_dir().join(format!("colmena-report-{name}-{}", std::process::id()));
    fs::create_dir_all(&dir).unwrap();
    dir
}

proptest! {
    #[test]
    fn no_line_is_too_strange(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut reader = reader();
        let _ = reader.result(&bytes, "file");
        let _ = reader.agent(&bytes);
        let _ = reader.allocation(&bytes);
        let _ = reader.event(&bytes);
    }

    #[test]
    fn nor_is_one_with_a_fault(at in 0_usize..300, byte in any::<u8>()) {
        let mut line = ours().into_bytes();
        let at = at % line.len();
        line[at] = byte;
        let mut reader = reader();
        if let Ok(Said::Settled(task)) = reader.result(&line, "file") {
            reader.run.tasks.push(task);
            let _ = crate::figures::Figures::of(&reader.finish());
        }
    }
}

#[test]
fn who_held_a_checkpoint_up_counts_after_the_last_one_only() {
    let said = |at: f64| {
        let line = |at| {
            format!(
                r#"{{"at": {at}, "thread": "checkpoints", "level": "WARN", "target": "colmena_core::checkpoint::taking", "message": "no checkpoint yet: `a` is busy"}}"#
            )
        };
        let mut reader = reader();
        reader.run.about.checkpoint.at = Some(5.0);
        reader.event(line(at).as_bytes()).unwrap();
        reader.run.about.checkpoint.held_up
    };
    assert_eq!([4.5, 5.5].map(said), [None, Some("`a` is busy".to_owned())]);
}

#[test]
fn what_agents_were_at_counts_until_they_end_or_start_again() {
    let mut reader = reader();
    let mut line =
        |at: u32, rest: &str| reader.agent(format!(r#"{{"at": {at}, "agent": "a", "what": {rest}}}"#).as_bytes());
    line(0, r#""start""#).unwrap();
    line(2, r#""so far", "in_call": 1.0, "waited": {"sleeps": 0.5}"#).unwrap();
    line(1, r#""call", "took": 2.0"#).unwrap();
    line(4, r#""so far", "in_call": 0.5, "waited": {"sleeps": 1.5}"#).unwrap();
    line(9, r#""start""#).unwrap();
    line(10, r#""so far", "waited": {"sleeps": 0.25, "waits for an event": 0.5}"#).unwrap();
    line(12, r#""end", "end": "Ended", "waited": {"sleeps": 1.0}"#).unwrap();
    let run = reader.finish();
    let agent = &run.agents[0];
    assert_eq!(
        agent.calls,
        [(SECOND, 2 * SECOND), (7 * SECOND / 2, SECOND / 2)],
        "one that never ended lasted until it was seen"
    );
    assert_eq!(agent.waited, BTreeMap::from([("sleeps".to_owned(), 2.5)]), "of both processes");
    assert_eq!((run.resumed[0].last, run.resumed[0].at), (4 * SECOND, 9 * SECOND));
}
