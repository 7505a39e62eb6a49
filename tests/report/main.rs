//! `colmena report`, as a user calls it: on what a campaign recorded, and on what the original's users write.

mod checkpoints;
mod killed;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use colmena::prelude::*;
use serde_json::Value;

#[derive(ResourcePool)]
enum Pool {
    Sim,
    Ml,
}

/// Fails for multiples of 10.
#[method(topic = "simulation")]
fn simulate(x: u64) -> Result<f64> {
    if x.is_multiple_of(10) { Err(format!("{x} <does> not work").into()) } else { Ok(x as f64) }
}

#[method]
fn rank(n: usize) -> usize {
    n
}

const WHY: Info<String> = Info::new("why");

struct Steering {
    candidates: WorkQueue<u64>,
    retrain: Event,
    seen: Mutex<usize>,
}

#[thinker(pools = Pool)]
impl Steering {
    #[task_submitter(task_type = Sim, queue = candidates)]
    fn submit(&self, agent: &Agent<Self>, slots: Slots<Pool>, x: u64) -> Result<()> {
        agent.submit(simulate { x }.holding(slots))?;
        Ok(())
    }

    #[result_processor]
    fn store(&self, result: TaskResult<simulate>) {
        if result.inputs().x == 13 {
            result.note(WHY, "a <b>bold</b> guess".into());
        }
        let mut seen = self.seen.lock();
        *seen += 1;
        if *seen == 40 {
            self.retrain.set();
        }
    }

    #[event_responder(event = retrain, reallocate_resources,
                      gather_from = Sim, gather_to = Ml, disperse_to = Sim, max_slots = 1)]
    fn retrain(&self, agent: &Agent<Self>) -> Result<()> {
        let slots = agent.rec().acquire(Pool::Ml, 1)?;
        let _ = agent.call(rank { n: 3 }.holding(slots))?;
        agent.done().set();
        Ok(())
    }
}

/// A directory that is not there yet.
fn fresh(name: &str) -> PathBuf {
    let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("report").join(name);
    let _ = fs::remove_dir_all(&dir);
    dir
}

fn campaign() -> Campaign<Steering> {
    let thinker = Steering { candidates: (1..=40).collect(), retrain: Event::new(), seen: Mutex::new(0) };
    let server = LocalTaskServer::new().serve::<simulate>().serve::<rank>();
    Campaign::new(thinker).slots([(Pool::Sim, 4)]).task_server(server).seed(7).ignore_ctrl_c()
}

fn recorded(name: &str) -> PathBuf {
    let dir = fresh(name);
    let _ = campaign().record_in(&dir).run().unwrap();
    dir
}

fn report(path: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_colmena"));
    command.arg("report").arg(path).args(arguments).output().unwrap()
}

fn printed(path: &Path, arguments: &[&str]) -> String {
    let output = report(path, arguments);
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn json(path: &Path) -> Value {
    serde_json::from_str(&printed(path, &["--format", "json", "--print-only"])).unwrap()
}

fn assert_fits(text: &str) {
    let wide: Vec<&str> = text.lines().filter(|line| line.chars().count() > 80).collect();
    assert!(wide.is_empty(), "over 80 columns: {wide:#?}");
}

#[test]
fn a_recorded_campaign_is_summed_up() {
    let dir = recorded("campaign");
    let text = printed(&dir, &[]);
    assert_fits(&text);
    assert!(text.contains("simulate on simulation: 36 succeeded, 4 failed, 0 retries"), "{text}");
    assert!(text.contains("4 x Error, first Error("), "{text}");

    let figures = json(&dir);
    assert_eq!((&figures["title"], &figures["seed"], &figures["tasks"]), (&"Steering".into(), &7.into(), &41.into()));
    let simulate = &figures["methods"][1];
    assert_eq!((&simulate["run"]["n"], &simulate["queue"]["n"]), (&40.into(), &40.into()));
    let pools = figures["pools"].as_array().unwrap();
    let pools: Vec<_> = pools.iter().map(|pool| (&pool["pool"], &pool["slots"], &pool["recorded"])).collect();
    assert_eq!(pools, [(&"ml".into(), &1.into(), &true.into()), (&"sim".into(), &4.into(), &true.into())]);
    let agents: Vec<&Value> = figures["agents"].as_array().unwrap().iter().map(|agent| &agent["agent"]).collect();
    assert_eq!(agents.len(), 3, "{agents:?}");
    fs::remove_dir_all(dir).unwrap();
}

#[test]
fn the_page_needs_nothing_else() {
    let dir = recorded("page");
    let _ = printed(&dir, &["--best", "min"]);
    let page = fs::read_to_string(dir.join("report.html")).unwrap();
    for outside in ["http:", "https:", "<script", "<link", "<img", "url(", "@import", "<does>"] {
        assert!(!page.contains(outside), "{outside}");
    }
    for heading in ["Pools", "Slots over time", "Tasks by slot", "Allocation over time", "Results over time", "Agents"]
    {
        assert!(page.contains(&format!("<h2>{heading}</h2>")), "{heading}");
    }
    assert!(page.contains("prefers-color-scheme: dark") && page.contains("the smallest so far"));
    fs::remove_dir_all(dir).unwrap();
}

#[test]
fn the_trace_has_each_task_in_its_slot() {
    let dir = recorded("trace");
    let _ = printed(&dir, &[]);
    let trace: Value = serde_json::from_str(&fs::read_to_string(dir.join("trace.json")).unwrap()).unwrap();
    let events = trace["traceEvents"].as_array().unwrap();
    let named = |name: &str| events.iter().filter(|event| event["ph"] == "X" && event["name"] == name).count();
    assert_eq!((named("simulate"), named("rank")), (40, 1));
    let mut ends: std::collections::BTreeMap<(u64, u64), f64> = Default::default();
    for event in events.iter().filter(|event| event["ph"] == "X") {
        let [ts, dur] = ["ts", "dur"].map(|field| event[field].as_f64().unwrap());
        let place = ["pid", "tid"].map(|field| event[field].as_u64().unwrap());
        let end = ends.insert((place[0], place[1]), ts + dur);
        assert!(end.is_none_or(|end| end <= ts + 1e-3), "two tasks at a time in {place:?}");
    }
    assert!(events.iter().any(|event| event["ph"] == "C" && event["args"]["ml"] == 1));
    // Perfetto names threads by these alone.
    let threads = events.iter().filter(|event| event["name"] == "thread_name");
    let numbers: Vec<u64> = threads.map(|event| event["tid"].as_u64().unwrap()).collect();
    let distinct: std::collections::BTreeSet<u64> = numbers.iter().copied().collect();
    assert!(numbers.len() > 3 && distinct.len() == numbers.len() && !distinct.contains(&0), "{numbers:?}");
    fs::remove_dir_all(dir).unwrap();
}

#[test]
fn notes_and_what_never_settled_and_when_it_was_taken_up_again_are_shown() {
    let dir = recorded("story");
    let figures = json(&dir);
    assert_eq!((&figures["notes"]["n"], &figures["unsettled"]["n"]), (&1.into(), &0.into()));
    assert_eq!(
        (&figures["notes"]["first"][0]["topic"], &figures["resumed"]),
        (&"simulation".into(), &Value::Array(vec![]))
    );
    let noted = figures["notes"]["first"][0]["at"].as_f64().unwrap();
    assert!(noted > 0.0 && noted <= figures["seconds"].as_f64().unwrap(), "{noted}");

    let _ = campaign().resume(&dir).run().unwrap();
    let begun = |n: u32| {
        format!(
            "{{\"at\": {n}.5, \"task_id\": \"18ec0402-5f7e-fb76-0000-{n:012x}\", \"method\": \"simulate\", \"inputs\": \"0\"}}\n"
        )
    };
    let settled = fs::read_to_string(dir.join("results/rank.jsonl")).unwrap();
    let settled = settled.strip_prefix("{\"task_id\": \"").and_then(|line| line.split('"').next()).unwrap();
    let settled = begun(1).replace("18ec0402-5f7e-fb76-0000-000000000001", settled);
    fs::write(dir.join("started.jsonl"), (2..9).map(begun).collect::<String>() + &settled).unwrap();
    let figures = json(&dir);
    let unsettled = &figures["unsettled"];
    assert_eq!((&unsettled["n"], &unsettled["first"][0]["at"]), (&7.into(), &2.5.into()), "{unsettled}");
    assert_eq!(unsettled["first"][6]["task"], "18ec0402-5f7e-fb76-0000-000000000008");
    let [last, at] = ["last", "at"].map(|figure| figures["resumed"][0][figure].as_f64().unwrap());
    assert!(0.0 < last && last < at && figures["resumed"].as_array().unwrap().len() == 1, "{}", figures["resumed"]);

    let text = printed(&dir, &[]);
    assert_fits(&text);
    for said in
        ["  2 notes\n", "  taken up again after ", "started, and never settled: 7 tasks", "  and 2 other tasks\n"]
    {
        assert!(text.contains(said), "{said} in {text}");
    }
    let page = fs::read_to_string(dir.join("report.html")).unwrap();
    assert!(page.contains("<path class=gap ") && page.contains("<path class=mark ") && !page.contains("<b>bold"));
    assert!(page.contains("<h2>Notes</h2>") && page.contains("<h2>Started, and never settled</h2>"));
    let trace: Value = serde_json::from_str(&fs::read_to_string(dir.join("trace.json")).unwrap()).unwrap();
    let moments = trace["traceEvents"].as_array().unwrap().iter().filter(|event| event["ph"] == "i");
    assert_eq!(
        moments.map(|event| event["name"].as_str().unwrap()).collect::<Vec<_>>(),
        ["taken up again", "note", "note"]
    );
    fs::remove_dir_all(dir).unwrap();
}

#[test]
fn rows_for_programs() {
    let dir = recorded("rows");
    let rows = printed(&dir, &["--format", "csv", "--print-only"]);
    assert!(!dir.join("report.html").exists() && !dir.join("trace.json").exists());
    let rows: Vec<Vec<&str>> = rows.lines().map(|line| line.split(',').collect()).collect();
    assert!(rows.iter().all(|row| row.len() == 5), "{rows:#?}");
    let wanted = ["method", "simulate on simulation", "failed: Error", "4", ""];
    assert!(rows.iter().any(|row| row == &wanted), "{rows:#?}");
    fs::remove_dir_all(dir).unwrap();
}

/// What a thinker of the original (0.7.2) wrote with `print(result.json(), file=out)`.
#[test]
fn a_result_file_of_the_original_is_read() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/report/original.jsonl");
    let text = printed(&file, &["--print-only"]);
    assert_fits(&text);
    assert!(text.contains("simulate on simulation: 11 succeeded, 1 failed, 0 retries"), "{text}");
    assert!(text.contains("1 x ValueError, first ValueError('3 is no input')"), "{text}");
    let figures = json(&file);
    let method = &figures["methods"][0];
    for figure in ["run", "queue", "communication"] {
        assert_eq!(method[figure]["n"], 12, "{figure}");
        assert!(method[figure]["p50"].as_f64().unwrap() > 0.0, "{figure}");
    }
    assert_eq!(figures["unread"], Value::Array(Vec::new()));
}

#[test]
fn what_cannot_be_read_is_said() {
    let dir = recorded("torn");
    let path = dir.join("results/simulation.jsonl");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("nonsense\n{}", &text[..text.len() - 100])).unwrap();
    let text = printed(&dir, &["--print-only"]);
    let line = "simulation.jsonl: 1 line could not be read, the first is line 1; cut short at its end";
    assert!(text.contains(line), "{text}");
    fs::remove_dir_all(&dir).unwrap();
    let output = report(&dir, &[]);
    assert!(!output.status.success() && String::from_utf8_lossy(&output.stderr).starts_with("error: cannot read"));
}

#[test]
fn its_help_fits_a_terminal() {
    let output = Command::new(env!("CARGO_BIN_EXE_colmena")).args(["report", "--help"]).output().unwrap();
    assert_fits(&String::from_utf8(output.stdout).unwrap());
}
