//! The run in Chrome's trace event format, which Perfetto (`ui.perfetto.dev`) and `chrome://tracing` open.
//!
//! A process for each pool, with a thread for each lane of tasks; one for the agents, with a thread for each; counters for the
//! slots of the pools; instants for notes, and for when the run was taken up again. Times are in microseconds.
//!
//! What viewers make of it, as far as it shapes the file. Perfetto: slices of one thread must not overlap, a thread's name
//! goes by its number alone, whatever its process, and process 0 is the idle one. Catapult, the viewer of `chrome://tracing`:
//! slices less than a microsecond apart are drawn one in the other, unless `displayTimeUnit` is `ns`.

use std::io::{self, Write};

use crate::figures::lanes;
use crate::run::{Id, Nanos, Run, Task};

/// Past this number, what runs in a slot and what agents do is left out: viewers do not open what is larger.
const MOST_EVENTS: usize = 2_000_000;

/// The process of the agents; those of the pools come after it.
const AGENTS: u32 = 1;

/// No two threads have one number.
fn thread(process: u32, place: u32) -> u32 {
    process * 10_000 + place
}

pub(crate) fn write(run: &Run, file: &mut impl Write) -> io::Result<()> {
    let mut trace = Trace { file, run, events: 0 };
    trace.file.write_all(b"{\"displayTimeUnit\": \"ns\", \"traceEvents\": [\n")?;
    trace.about(AGENTS, None, "process_name", "agents")?;
    for (agent, place) in run.agents.iter().zip(1..) {
        let thread = thread(AGENTS, place);
        trace.about(AGENTS, Some(thread), "thread_name", &agent.name)?;
        agent.calls.iter().try_for_each(|&(at, took)| trace.call(thread, &agent.name, at, took))?;
    }
    for (pool, process) in run.pools().into_iter().zip(AGENTS + 1..) {
        trace.pool(pool, process)?;
    }
    trace.allocations()?;
    trace.moments()?;
    trace.file.write_all(b"\n]}\n")
}

struct Trace<'a, W> {
    file: &'a mut W,
    run: &'a Run,
    events: usize,
}

impl<W: Write> Trace<'_, W> {
    /// What every event begins with.
    fn begin(&mut self, kind: char, process: u32, name: &str) -> io::Result<()> {
        let comma = if self.events == 0 { "" } else { ",\n" };
        self.events += 1;
        write!(self.file, "{comma}{{\"ph\":\"{kind}\",\"pid\":{process},\"name\":{}", quoted(name))
    }

    fn about(&mut self, process: u32, thread: Option<u32>, what: &str, name: &str) -> io::Result<()> {
        self.begin('M', process, what)?;
        let thread = thread.map(|thread| format!(",\"tid\":{thread}")).unwrap_or_default();
        write!(self.file, "{thread},\"args\":{{\"name\":{}}}}}", quoted(name))
    }

    fn call(&mut self, thread: u32, agent: &str, at: Nanos, took: Nanos) -> io::Result<()> {
        if self.events >= MOST_EVENTS {
            return Ok(());
        }
        self.begin('X', AGENTS, agent)?;
        write!(self.file, ",\"tid\":{thread},\"ts\":{},\"dur\":{}}}", Micros(at), Micros(took))
    }

    fn pool(&mut self, pool: Id, process: u32) -> io::Result<()> {
        let run = self.run;
        self.about(process, None, "process_name", &format!("pool {}", run.names.name(pool)))?;
        let (mut lanes, mut written) = (0, Ok(()));
        lanes::walk(run, pool, |placed| {
            lanes = lanes.max(placed.lane + 1);
            if written.is_ok() && self.events < MOST_EVENTS {
                let lane = thread(process, placed.lane + 1);
                written = self.task(process, lane, placed.task, placed.from, placed.to);
            }
        });
        written?;
        (1..=lanes).try_for_each(|lane| {
            self.about(process, Some(thread(process, lane)), "thread_name", &format!("lane {lane}"))
        })
    }

    fn task(&mut self, process: u32, thread: u32, task: &Task, from: Nanos, to: Nanos) -> io::Result<()> {
        self.begin('X', process, self.run.names.name(task.method))?;
        let topic = quoted(self.run.names.name(task.topic));
        write!(self.file, ",\"tid\":{thread},\"ts\":{},\"dur\":{}", Micros(from), Micros(to - from))?;
        write!(self.file, ",\"args\":{{\"topic\":{topic}")?;
        if let Some(cause) = task.cause {
            write!(self.file, ",\"failed\":{}", quoted(self.run.names.name(cause)))?;
        }
        if let Some(value) = task.value {
            write!(self.file, ",\"value\":{value}")?;
        }
        self.file.write_all(b"}}")
    }

    fn allocations(&mut self) -> io::Result<()> {
        for allocation in &self.run.allocations {
            self.begin('C', AGENTS, "slots allocated")?;
            write!(self.file, ",\"ts\":{},\"args\":{{", Micros(allocation.at))?;
            for (i, (pool, n)) in allocation.slots.iter().enumerate() {
                let comma = if i == 0 { "" } else { "," };
                write!(self.file, "{comma}{}:{n}", quoted(self.run.names.name(*pool)))?;
            }
            self.file.write_all(b"}}")?;
        }
        Ok(())
    }

    /// What has no length.
    fn moments(&mut self) -> io::Result<()> {
        for resumed in &self.run.resumed {
            self.begin('i', AGENTS, "taken up again")?;
            write!(self.file, ",\"s\":\"g\",\"ts\":{}}}", Micros(resumed.at))?;
        }
        for (note, at) in self.run.notes.first.iter().filter_map(|note| Some((note, note.at?))) {
            self.begin('i', AGENTS, "note")?;
            let (task, text) = (quoted(&note.task), quoted(&note.text));
            write!(self.file, ",\"s\":\"p\",\"ts\":{},\"args\":{{\"task\":{task},\"noted\":{text}}}}}", Micros(at))?;
        }
        Ok(())
    }
}

/// With three digits after the point.
struct Micros(Nanos);

impl std::fmt::Display for Micros {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let nanos = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:03}", nanos / 1000, nanos % 1000)
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
