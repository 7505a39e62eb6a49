//! The table of measures: each against a yardstick of the same run. `scripts/bench.sh` builds and runs it.
//!
//! `--quick` measures less; other words are taken as parts of the names of the rows to run.

mod memory;
mod page;
mod pairs;
mod programs;
mod recording;
mod shutdown;
mod slots;
mod table;
mod tasks;
mod waking;

use std::process::ExitCode;

use pairs::{Effort, Measure};

const FULL: Effort = Effort { pairs: 31, divisor: 1 };
const QUICK: Effort = Effort { pairs: 11, divisor: 4 };

const MEASURES: [Measure; 15] = [
    Measure {
        name: "no-op task, pipelined",
        yardstick_name: "relay of stamped boxes",
        ours: tasks::pipelined,
        yardstick: tasks::relay_pipelined,
        goal: 3.0,
    },
    Measure {
        name: "no-op task, one at a time, to handler entry",
        yardstick_name: "the same relay",
        ours: tasks::one_at_a_time,
        yardstick: tasks::relay_one_at_a_time,
        goal: 1.3,
    },
    Measure {
        name: "acquire and release",
        yardstick_name: "two lock-unlock pairs",
        ours: slots::uncontended,
        yardstick: slots::two_lock_pairs,
        goal: 2.5,
    },
    Measure {
        name: "acquire and release",
        yardstick_name: "tokio semaphore",
        ours: slots::uncontended,
        yardstick: slots::semaphore,
        goal: 1.2,
    },
    Measure {
        name: "acquire and release, 4 threads; per pair",
        yardstick_name: "uncontended",
        ours: slots::four_threads,
        yardstick: slots::uncontended,
        goal: 2.0,
    },
    Measure {
        name: "release to acquire returning",
        yardstick_name: "channel",
        ours: waking::release,
        yardstick: waking::channel,
        goal: 1.3,
    },
    Measure {
        name: "cancel to the waiter's return",
        yardstick_name: "channel",
        ours: waking::cancel,
        yardstick: waking::channel,
        goal: 1.3,
    },
    Measure {
        name: "set to the responder's entry",
        yardstick_name: "channel",
        ours: waking::set,
        yardstick: waking::channel,
        goal: 1.3,
    },
    Measure {
        name: "done().set() to run() returning, 10 idle agents",
        yardstick_name: "waking and joining 10 threads",
        ours: shutdown::campaign,
        yardstick: shutdown::threads,
        goal: 2.0,
    },
    Measure {
        name: "Mutex of the prelude, lock and unlock",
        yardstick_name: "parking_lot",
        ours: slots::mutex,
        yardstick: slots::bare_mutex,
        goal: 1.1,
    },
    Measure {
        name: "call with a borrowed input of 100 MB",
        yardstick_name: "of 8 bytes",
        ours: memory::large,
        yardstick: memory::small,
        goal: 1.2,
    },
    Measure {
        name: "task that is a program, `true`, to its value",
        yardstick_name: "starting it and waiting",
        ours: programs::task,
        yardstick: programs::bare,
        goal: 1.3,
    },
    Measure {
        name: "recording, on the agents' threads; per task",
        yardstick_name: "what is allowed",
        ours: recording::added,
        yardstick: recording::allowed,
        goal: 1.0,
    },
    Measure {
        name: "recorded no-op task, to the end of the run",
        yardstick_name: "serde_json writing the same on 1 thread",
        ours: recording::recorded,
        yardstick: recording::serde_json,
        goal: 2.0,
    },
    Measure {
        name: "no-op task, while a page is open",
        yardstick_name: "without a page",
        ours: page::open,
        yardstick: page::closed,
        goal: 1.05,
    },
];

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let effort = if words.iter().any(|word| word == "--quick") { QUICK } else { FULL };
    let wanted: Vec<&String> = words.iter().filter(|word| !word.starts_with("--")).collect();
    table::print_row("measure", "ours", "yardstick", "ratio of the pairs", "at most");
    table::print_row("---", "---", "---", "---", "---");
    let mut missed = 0;
    for measure in MEASURES {
        if wanted.is_empty() || wanted.iter().any(|part| measure.name.contains(part.as_str())) {
            missed += usize::from(!measure.run(effort));
        }
    }
    if missed > 0 {
        eprintln!("{missed} of the rows above miss their goals");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
