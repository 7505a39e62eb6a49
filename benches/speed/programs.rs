//! What a task costs that is a program: `true`, called as a task, against starting it and waiting for it.

use std::path::{Path, PathBuf};
use std::process::Command;

use colmena::prelude::*;

use crate::pairs::{Effort, median, time};

const CALLS: usize = 200;

#[method(command = "true")]
fn nothing();

struct Calling {
    calls: usize,
    times: Mutex<Vec<f64>>,
}

#[thinker]
impl Calling {
    #[agent]
    fn call(&self, agent: &Agent<Self>) -> Result<()> {
        for _ in 0..self.calls {
            let mut result = None;
            let took = time(|| result = Some(agent.call(nothing {})));
            result.expect("it was called")?.into_value()?;
            self.times.lock().push(took);
        }
        Ok(())
    }
}

/// From the call to its value: the run directory is made and removed on the way.
pub(crate) fn task(effort: Effort) -> f64 {
    let runs = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("programs-{}", std::process::id()));
    let thinker = Calling { calls: effort.of(CALLS), times: Mutex::default() };
    let server = LocalTaskServer::new().serve_executable::<nothing>(Program::of::<nothing>().under(&runs)).workers(1);
    let mut campaign = Campaign::new(thinker).task_server(server).ignore_ctrl_c();
    campaign.run().expect("nothing fails");
    std::fs::remove_dir_all(runs).expect("it was made");
    let times = campaign.thinker().times.lock().clone();
    median(times)
}

/// By its path, as a task's is.
pub(crate) fn bare(effort: Effort) -> f64 {
    let path = ["/usr/bin/true", "/bin/true"].map(PathBuf::from).into_iter().find(|path| path.exists());
    let path = path.expect("every Unix has it");
    let once = |_| time(|| assert!(Command::new(&path).status().is_ok_and(|status| status.success())));
    median((0..effort.of(CALLS)).map(once).collect())
}
