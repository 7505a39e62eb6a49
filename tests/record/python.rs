//! The original's `Result` reads our lines, where the original is installed (`scripts/test.sh` says how); otherwise this says
//! that it was not tried.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{campaign, fresh};

const SCRIPT: &str = r#"
import json, math, sys
from colmena.models import Result

def results(topic):
    for line in open(f"{sys.argv[1]}/results/{topic}.jsonl"):
        yield Result.model_validate(json.loads(line))

squares = sorted(results("squares"), key=lambda result: result.args[0])
assert [(r.args, r.value, r.method, r.topic) for r in squares] == [((x,), x * x, "square", "squares") for x in range(1, 21)] \
    or [(list(r.args), r.value) for r in squares] == [([x], x * x) for x in range(1, 21)], squares[0]
for r in squares:
    assert r.success and r.complete and r.task_info == {"step": 7} and r.worker_info.hostname
    assert r.time.running >= 0 and r.timestamp.created <= r.timestamp.compute_ended
    assert r.message_sizes["inputs"] > 49 and r.retries == 0
[odd] = results("odd%20%7Bthings%7D")
assert not odd.success and odd.value is None and odd.failure_info.exception == 'Error("3 is odd")'
[nan] = results("no_number")
assert math.isnan(nan.value)
[local] = results("stay")
assert local.success and local.value is None
print("read")
"#;

/// The Python that has the original: `COLMENA_PYTHON`, or the one that `scripts/original.sh` installs.
fn python() -> Option<PathBuf> {
    let installed = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/original/bin/python");
    std::env::var_os("COLMENA_PYTHON").map(PathBuf::from).or(Some(installed)).filter(|python| python.exists())
}

#[test]
fn the_original_reads_a_record() {
    let Some(python) = python() else {
        eprintln!("not checked: the original is not installed (scripts/original.sh installs it)");
        return;
    };
    let dir = fresh("python");
    let _ = campaign(20, &dir).run().unwrap();
    let output = Command::new(python).arg("-c").arg(SCRIPT).arg(&dir).output().expect("Python can be started");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "read");
    fs::remove_dir_all(dir).unwrap();
}
