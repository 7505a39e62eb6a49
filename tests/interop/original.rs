//! The original's own tests and demonstrations, as its package has them, on a task server of this library: `original/plugin.py`
//! puts that in the place of the original's.

use std::time::Duration;

use colmena::RedisQueues;
use colmena::prelude::*;

use crate::programs::{World, mortal, python, script};

/// Of `test_local`.
#[method]
fn f(x: i64) -> i64 {
    x
}

/// What a test has decided.
#[method]
fn answer(value: i64) -> i64 {
    value
}

/// Of `test_retry`: fails so often, then succeeds and begins anew.
#[method]
fn retry_task(success_idx: u32) -> Result<bool> {
    static FAILED: Mutex<u32> = Mutex::new(0);
    let mut failed = FAILED.lock();
    if *failed < success_idx {
        *failed += 1;
        return Err("Retry".into());
    }
    *failed = 0;
    Ok(true)
}

/// Of the README.
#[method]
fn simulate(x: f64) -> f64 {
    4.0 - x * x
}

/// Of the streaming demonstration.
#[method]
fn evaluate(x: f64, task: &TaskContext) -> Result<f64> {
    task.sleep(Duration::from_millis(5))?;
    Ok(4.0 - x * x)
}

/// Makes batches of samples, and draws near to the best that are known: mean and standard deviation.
#[method]
fn generate_inputs(best: &[f64], weights: (f64, f64), task: &TaskContext<Vec<f64>>) -> Result<(f64, f64)> {
    let spread = |values: &[f64]| {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        (mean, (values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / values.len() as f64).sqrt())
    };
    let (mut mean, mut deviation) = weights;
    for step in 0..8 {
        task.sleep(Duration::from_millis(10))?;
        // Eight quantiles of a normal distribution.
        let quantiles = [-1.534, -0.887, -0.489, -0.157, 0.157, 0.489, 0.887, 1.534];
        let mut batch = quantiles.map(|q| mean + deviation * q);
        batch.rotate_left(step); // the last is the newest, which is evaluated first
        if !best.is_empty() {
            let ((wanted, width), (is, wide)) = (spread(best), spread(&batch));
            (mean, deviation) = (mean + 0.1 * (wanted - is), deviation + 0.1 * (width - wide));
        }
        task.emit(batch.to_vec());
    }
    Ok((mean, deviation))
}

/// Not a test by itself: the server of the tests.
#[test]
fn the_server() {
    let var = |name: &str| std::env::var(name).unwrap_or_default();
    let prefix = var("COLMENA_TEST_PREFIX");
    if prefix.is_empty() {
        return;
    }
    let url = format!("redis://127.0.0.1:{}", var("COLMENA_TEST_PORT"));
    let server = LocalTaskServer::new().workers(4).serve::<f>().serve::<answer>().serve::<retry_task>();
    let server = server.serve::<simulate>().serve::<evaluate>().serve::<generate_inputs>();
    // Its queues are those of `colmena_rs`: nothing needs to be held back.
    RedisQueues::connect(&url, &prefix).unwrap().hold_back(Duration::ZERO).serve(server).unwrap();
}

const TESTS: [&str; 3] = [
    "colmena.thinker.tests.test_thinker",
    "colmena.task_server.tests.test_local",
    "colmena.task_server.tests.test_retry",
];

#[test]
fn needs_redis_the_originals_own_tests_and_demonstrations() {
    let world = World::new();
    let mut command = mortal("timeout");
    command.args(["--kill-after=1", "120"]).arg(python()).args([
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "plugin",
        "-o",
        "faulthandler_timeout=100", // says where it waits, before it is killed
    ]);
    command.args(["--import-mode=importlib", "--pyargs"]).args(TESTS).arg(script("original/test_demos.py"));
    let program = std::env::current_exe().expect("it has a name").display().to_string();
    command.env("COLMENA_TEST_SERVER", format!("'{program}' original::the_server --exact --nocapture"));
    command.env("COLMENA_TEST_PORT", world.port.to_string()).env("PYTHONPATH", script("original"));
    command.env("PYTHONDONTWRITEBYTECODE", "1").current_dir(world.file(""));
    let output = command.output().expect("Python can be started");
    let (said, wrong) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}\n{wrong}");
    println!("{said}");
    assert!(said.contains("14 passed"), "{said}");
}
