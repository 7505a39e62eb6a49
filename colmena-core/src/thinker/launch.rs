//! Launch: checks first, all at once; then every agent is enlisted, and only then do threads start.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use super::agent::Agent;
use super::runtime::{Description, Duty, Runtime};
use super::{AgentInfo, AgentKind, Thinker};
use crate::campaign::{AgentEnd, AgentReport, Ending};
use crate::error::{BoxError, is_stop};
use crate::wait::spawn::{Spawn, Thread};
use crate::wait::{Over, panic, with_current};

/// One thread of an agent, enlisted.
pub(crate) struct Enlisted<T: Thinker> {
    info: AgentInfo,
    /// The agent's name, with a number if it has several threads.
    thread: Arc<str>,
    duty: Box<dyn Duty<T>>,
}

/// The names of all threads of agents, in order: they are the holders of slots from 1 on.
pub(crate) fn thread_names<T: Thinker>(descriptions: &[Description<T>], thinker: &T) -> Vec<(AgentInfo, Arc<str>)> {
    let mut names = Vec::new();
    for Description { info, role, .. } in descriptions {
        let threads = role.threads(thinker);
        for number in 1..=threads {
            let name = if threads == 1 { info.name.into() } else { format!("{} {number}", info.name).into() };
            names.push((*info, name));
        }
    }
    names
}

/// Enlists all agents: whatever happens from here on, nothing that is meant for them is lost.
pub(crate) fn enlist<T: Thinker>(descriptions: &[Description<T>], runtime: &Arc<Runtime<T>>) -> Vec<Enlisted<T>> {
    let mut enlisted = Vec::new();
    for Description { info, role, .. } in descriptions {
        let threads = role.threads(&runtime.thinker);
        for number in 1..=threads {
            let thread = if threads == 1 { info.name.into() } else { format!("{} {number}", info.name).into() };
            enlisted.push(Enlisted { info: *info, thread, duty: role.enlist(info.name, runtime) });
        }
    }
    enlisted
}

impl<T: Thinker> Enlisted<T> {
    /// Starts the thread; `holder` is the number under which its slots are booked.
    ///
    /// # Errors
    /// Those of the operating system. The agent then counts as ended.
    pub(crate) fn start(self, holder: usize, runtime: Arc<Runtime<T>>) -> io::Result<Thread> {
        let (info, name) = (self.info, Arc::clone(&self.thread));
        let spawn = Spawn { name, realm: Some(Arc::clone(&runtime.realm)), over: Over::Done, holder };
        let shutdown = Arc::clone(&runtime.shutdown);
        spawn.start(move || self.live(runtime)).inspect_err(|_| {
            let report =
                AgentReport { name: info.name, kind: info.kind, end: AgentEnd::NotStarted, calls: 0, waited: vec![] };
            shutdown.agent_ended(report, info.kind == AgentKind::ResultProcessor);
        })
    }

    /// The life of an agent, in its own thread.
    fn live(self, runtime: Arc<Runtime<T>>) {
        let Self { info, thread, mut duty } = self;
        if runtime.checkpoints.as_ref().is_some_and(|checkpoints| checkpoints.has_ended(&thread)) {
            drop(duty);
            return runtime.shutdown.agent_ended(
                AgentReport { name: info.name, kind: info.kind, end: AgentEnd::Ended, calls: 0, waited: vec![] },
                info.kind == AgentKind::ResultProcessor,
            );
        }
        let span = tracing::info_span!("agent", thinker = T::NAME, agent = &*thread);
        let _entered = span.enter();
        let agent = Agent::new(Arc::clone(&runtime), info.name, &thread);
        let _listening = agent.recorded().map(|recorded| {
            recorded.started();
            recorded.listen()
        });
        let mut local = None;
        let body = panic::catch(|| {
            let local = local.insert(agent.thinker().prepare_agent(&agent)?);
            duty.perform(&agent, local)
        });
        let end = note_end(&info, &agent, body);
        // Leaving comes before the tear-down, which may take its time: nobody is to wait for this agent.
        let left = panic::catch(move || drop(duty));
        let torn_down = panic::catch(|| {
            let mut local = local;
            agent.thinker().tear_down_agent(&agent, local.as_mut())
        });
        note_failure(&info, &agent, left.map(Ok));
        note_failure(&info, &agent, torn_down);
        if end == AgentEnd::Ended {
            agent.note_end();
        }
        let report = AgentReport { name: info.name, kind: info.kind, end, calls: agent.calls(), waited: waited() };
        tracing::debug!(calls = report.calls, waited = ?report.waited, "{}", report.end);
        if let Some(recorded) = agent.recorded() {
            recorded.ended(&report);
        }
        drop(agent);
        runtime.shutdown.agent_ended(report, info.kind == AgentKind::ResultProcessor);
    }
}

/// How long this thread has waited for what.
fn waited() -> Vec<(String, Duration)> {
    let waited = with_current(|me| me.waited());
    waited.into_iter().map(|(what, time)| (what.to_string(), time)).collect()
}

type Body = Result<Result<(), BoxError>, panic::Panic>;

/// What the end of an agent's body means for the campaign.
fn note_end<T: Thinker>(info: &AgentInfo, agent: &Agent<T>, body: Body) -> AgentEnd {
    let stopped = agent.runtime().realm.is_done();
    match &body {
        Ok(Ok(())) if agent.has_failed() => return AgentEnd::Failed,
        Ok(Ok(())) if stopped => return AgentEnd::Stopped,
        Ok(Ok(())) => {
            if !info.startup {
                agent.runtime().shutdown.end(Ending::AgentEnded(info.name));
            }
            return AgentEnd::Ended;
        }
        Ok(Err(error)) if stopped && is_stop(&**error) => return AgentEnd::Stopped,
        Ok(Err(_)) | Err(_) => {}
    }
    let end = if body.is_ok() { AgentEnd::Failed } else { AgentEnd::Panicked };
    note_failure(info, agent, body);
    end
}

fn note_failure<T: Thinker>(info: &AgentInfo, agent: &Agent<T>, outcome: Body) {
    match outcome {
        Ok(Ok(())) => {}
        Ok(Err(error)) => agent.note_error(error),
        Err(panic) => agent.runtime().shutdown.note_panic(info.name, panic),
    }
}
