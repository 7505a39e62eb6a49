//! The last row of the table: what an outstanding task costs in memory. A program of its own, since it counts every
//! allocation, which takes time.

#[path = "speed/crowd.rs"]
mod crowd;
#[path = "speed/table.rs"]
mod table;

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

/// Bytes for each task.
const GOAL: usize = 300;

fn main() -> ExitCode {
    let _profiler = dhat::Profiler::builder().testing().build();
    let bytes = crowd::bytes_per_task(|| dhat::HeapStats::get().curr_bytes);
    let met = bytes <= GOAL;
    let goal = format!("{GOAL}{}", if met { "" } else { ", missed" });
    table::print_row("bytes per outstanding task, of 100,000", &bytes.to_string(), "", "", &goal);
    if met { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
