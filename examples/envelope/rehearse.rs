//! The envelope on paper: the same thinker in virtual time, on more slots than anybody has here.
//!
//! What bounds one thinker is how long it takes to decide what comes next: in the time that a task runs, it can hand out so
//! many others, and no more slots than that are kept busy.

use std::time::Duration;

use colmena::prelude::*;
use colmena::rehearsal::{Model, Rehearsal};

use crate::{Envelope, Options, echo};

/// Shares of slots in use, from none to all.
const BARS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Prints the utilisation for each number of slots and each run time.
pub(crate) fn table(options: &Options) -> Result<()> {
    let Options { rehearse, run_time, decision_time, .. } = options;
    println!("Utilisation, if a decision takes {decision_time} us, by slots and run time:");
    println!();
    print!("{:>9}", "slots");
    run_time.iter().for_each(|&time| print!("{:>12}", in_words(time)));
    println!();
    let mut rows = Vec::new();
    for &slots in rehearse {
        print!("{slots:>9}");
        let mut row = Vec::new();
        for &time in run_time {
            let used = utilisation(slots, Duration::from_millis(time), Duration::from_micros(*decision_time))?;
            print!("{used:>12.3}");
            row.push(used);
        }
        println!();
        rows.push(row);
    }
    println!();
    for (column, &time) in run_time.iter().enumerate() {
        let bars: String = rows.iter().map(|row| bar(row[column])).collect();
        println!("{:>9} |{bars}|", in_words(time));
    }
    let ends: Vec<String> =
        [rehearse.first(), rehearse.last()].into_iter().flatten().map(ToString::to_string).collect();
    println!("{:>9}  {} slots", "", ends.join(" to "));

    let limit = |time: u64| format!("{} at {}", time * 1000 / (*decision_time).max(1), in_words(time));
    let limits: Vec<String> = run_time.iter().map(|&time| limit(time)).collect();
    println!("One thinker keeps as many slots busy as it decides on tasks while one runs:");
    println!("{}.", limits.join(", "));
    Ok(())
}

fn bar(share: f64) -> char {
    BARS[(share * 8.0).round().clamp(0.0, 8.0) as usize]
}

fn in_words(milliseconds: u64) -> String {
    match milliseconds {
        ms if ms >= 3_600_000 => format!("{} h", ms / 3_600_000),
        ms if ms >= 60_000 => format!("{} min", ms / 60_000),
        ms if ms >= 1_000 => format!("{} s", ms / 1_000),
        ms => format!("{ms} ms"),
    }
}

/// The share of slots that is in use once all have been filled, or as many as can be: in the second run time of three.
fn utilisation(slots: usize, run_time: Duration, decision_time: Duration) -> Result<f64> {
    let thinker = Envelope { window: Some((run_time, run_time * 2)), ..Envelope::new(0, run_time) };
    let plan = Rehearsal::new()
        .method(Model::<echo>::giving(|_, _| Vec::new()).lasting(run_time))
        .decision_time("submit", decision_time);
    let mut campaign = Campaign::new(thinker)
        .unallocated_slots(slots)
        .task_server(LocalTaskServer::new().serve::<echo>())
        .time_limit(run_time * 2)
        .on_done(OnDone::Cancel(Duration::ZERO));
    campaign.rehearse(&plan)?;
    let used = *campaign.thinker().used.lock();
    Ok(used.as_secs_f64() / (run_time.as_secs_f64() * slots as f64))
}
