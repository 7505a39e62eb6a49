//! What can be known to be wrong with a campaign before a thread starts: all of it at once.
//!
//! Why that a method is not served is found here, and not by the compiler: a list of the served methods in the types of
//! servers and campaigns finds it, too. But then a server cannot be put together in a loop or by an `if`, code that is
//! generic over the thinker needs bounds that nobody can write, a function cannot return a `Campaign<T>`, and a method
//! that is served twice becomes "type annotations needed". As an assertion in const code it has a good text, but is not
//! seen by `cargo check`.

use std::any::TypeId;
use std::collections::{BTreeMap, BTreeSet};

use super::{Campaign, LaunchError, LaunchProblem};
use crate::resources::ResourceCounter;
use crate::server::Known;
use crate::server::process::serve::should_be_a_worker;
use crate::thinker::runtime::Description;
use crate::thinker::{AgentInfo, AgentKind, Thinker};

/// A worker that ran the whole program would start workers, which would do so, too.
fn check_worker() -> Option<LaunchProblem> {
    should_be_a_worker().then(|| {
        LaunchProblem::new("this process was started as a worker of a task server, and runs a campaign instead")
            .help("call `colmena::serve_if_asked::<(..)>()`, with the methods, at the beginning of `main`")
    })
}

impl<T: Thinker> Campaign<T> {
    /// Refuses a campaign that cannot go well, and warns of what may not.
    pub(super) fn check(
        &self,
        descriptions: &[Description<T>],
        rec: &ResourceCounter<T::Pools>,
    ) -> Result<(), LaunchError> {
        let problems = if self.has_run {
            vec![LaunchProblem::new("this campaign has run already").help("make a new `Campaign`: each runs once")]
        } else {
            self.problems(descriptions, rec)
        };
        if !problems.is_empty() {
            return Err(LaunchError { thinker: T::NAME, problems });
        }
        warn_of_empty_pools(descriptions, rec);
        Ok(())
    }

    fn problems(&self, descriptions: &[Description<T>], rec: &ResourceCounter<T::Pools>) -> Vec<LaunchProblem> {
        let served: Vec<Known> = self.servers.iter().flat_map(|server| server.methods()).collect();
        let mut problems: Vec<LaunchProblem> = check_worker().into_iter().collect();
        problems.extend(check_agents(descriptions));
        problems.extend(check_served(&served));
        problems.extend(self.servers.iter().flat_map(|server| server.check()));
        problems.extend(self.check_handled(descriptions, &served));
        problems.extend(self.check_checkpoints(descriptions));
        for description in descriptions {
            let of_agent = description.role.check(&self.thinker, rec);
            problems.extend(of_agent.into_iter().map(|problem| at(problem, description)));
        }
        problems
    }

    /// Each method that is handled is served, and handled once.
    fn check_handled(&self, descriptions: &[Description<T>], served: &[Known]) -> Vec<LaunchProblem> {
        let mut problems = Vec::new();
        let mut handled: BTreeMap<TypeId, &str> = BTreeMap::new();
        for description in descriptions {
            let Some(method) = description.role.handles() else { continue };
            if !served.iter().any(|known| known.method == method.method) {
                let problem = self.check_elsewhere(&method).unwrap_or_else(|| Some(self.not_served(&method, served)));
                problems.extend(problem.map(|problem| at(problem, description)));
            }
            match handled.get(&method.method) {
                Some(other) => {
                    let problem =
                        LaunchProblem::new(format!("`{other}` handles the results of `{}`, too", method.name));
                    let help = "remove one of the two; `threads = N` handles results in parallel";
                    problems.push(at(problem.help(help), description));
                }
                None => _ = handled.insert(method.method, description.info.name),
            }
        }
        problems
    }

    /// What is wrong with a method that nobody here serves, if a server of the campaign hands tasks on; `None` if there is no
    /// such server.
    fn check_elsewhere(&self, method: &Known) -> Option<Option<LaunchProblem>> {
        let server = self.servers.iter().find(|server| server.serves_the_rest())?;
        let (name, elsewhere) = (method.name, server.name());
        if method.is_local {
            let problem = LaunchProblem::new(format!("`{elsewhere}` cannot hand on the method `{name}`: it is local"));
            return Some(Some(problem.help("remove `local` from its `#[method(local)]`, or serve it in this process")));
        }
        tracing::info!(thinker = T::NAME, "`{name}` is left to who serves it at `{elsewhere}`, which is not checked");
        Some(None)
    }

    fn not_served(&self, method: &Known, served: &[Known]) -> LaunchProblem {
        let name = method.name;
        let problem = LaunchProblem::new(format!("no task server serves the method `{name}`"));
        if self.servers.is_empty() {
            let server = format!("`.task_server(LocalTaskServer::new().serve::<{name}>())`");
            return problem.help(format!("give the campaign a task server: {server}"));
        }
        let problem = problem.help(format!("add `.serve::<{name}>()` to a task server of the campaign"));
        if let Some(other) = served.iter().find(|known| known.name == name) {
            return problem.note(format!("the `{name}` that is served at {} is another method", other.place));
        }
        let names: BTreeSet<&str> = served.iter().map(|known| known.name).collect();
        problem.note(match names.len() {
            0 => "its task servers serve nothing".to_owned(),
            _ => format!("served are: {}", listed(names)),
        })
    }
}

/// A problem of this agent.
fn at<T: Thinker>(problem: LaunchProblem, description: &Description<T>) -> LaunchProblem {
    problem.of(T::NAME, &description.info).at(description.place)
}

/// There are agents, each has a name of its own, and `AGENTS` tells the same of them as `describe`.
fn check_agents<T: Thinker>(descriptions: &[Description<T>]) -> Vec<LaunchProblem> {
    let mut problems = Vec::new();
    if descriptions.is_empty() && T::AGENTS.is_empty() {
        let problem = LaunchProblem::new(format!("the thinker `{}` has no agents", T::NAME));
        problems.push(problem.help("mark a method with `#[agent]`, `#[task_submitter]`, .."));
    }
    let mut names = BTreeSet::new();
    for description in descriptions {
        let AgentInfo { name, kind, startup } = description.info;
        if !names.insert(name) {
            let problem = LaunchProblem::new(format!("two agents are called `{name}`"));
            problems.push(at(problem.help("give each a name of its own"), description));
            continue;
        }
        let entry = format!("`AgentInfo {{ name: \"{name}\", kind: AgentKind::{kind:?}, startup: {startup} }}`");
        match T::AGENTS.iter().find(|listed| listed.name == name) {
            None => {
                let problem =
                    LaunchProblem::new(format!("`AGENTS` does not list `{name}`, which `describe` describes"));
                problems.push(at(problem.help(format!("add {entry}")), description));
            }
            Some(&listed) if listed != description.info => {
                let (told, listed) = (what(description.info), what(listed));
                let problem = LaunchProblem::new(format!("`{name}` is {told} in `describe`, but {listed} in `AGENTS`"));
                problems.push(at(problem.help(format!("list it as {entry}")), description));
            }
            Some(_) => {}
        }
    }
    for listed in T::AGENTS.iter().filter(|listed| !names.contains(listed.name)) {
        let problem =
            LaunchProblem::new(format!("`describe` does not describe `{}`, which `AGENTS` lists", listed.name));
        let help = "describe it, to the end (`.run(..)`), or remove it from `AGENTS`";
        problems.push(problem.of(T::NAME, listed).help(help));
    }
    problems
}

fn what(agent: AgentInfo) -> &'static str {
    match agent {
        AgentInfo { kind: AgentKind::Agent, startup: true, .. } => "a startup agent",
        AgentInfo { kind: AgentKind::Agent, .. } => "an agent",
        AgentInfo { kind: AgentKind::ResultProcessor, .. } => "a result processor",
        AgentInfo { kind: AgentKind::TaskSubmitter, .. } => "a task submitter",
        AgentInfo { kind: AgentKind::EventResponder, .. } => "an event responder",
    }
}

/// Each method is served once, and has its name for itself.
fn check_served(served: &[Known]) -> Vec<LaunchProblem> {
    let mut problems = Vec::new();
    for (place, known) in served.iter().enumerate() {
        let Some(other) = served.iter().take(place).find(|other| other.name == known.name) else { continue };
        let problem = if other.method == known.method {
            let problem = LaunchProblem::new(format!("the method `{}` is served twice", known.name));
            problem.help("serve it once: each method has one server")
        } else {
            let problem = LaunchProblem::new(format!("two methods that are served are called `{}`", known.name));
            problem.help("give one of them another name: `#[method(name = \"..\")]`")
        };
        problems.push(problem.at(known.place).note(format!("the other one is served at {}", other.place)));
    }
    problems
}

/// No mistake yet: slots may be moved there by hand. Where a responder moves some, nothing is said.
fn warn_of_empty_pools<T: Thinker>(descriptions: &[Description<T>], rec: &ResourceCounter<T::Pools>) {
    let counter = rec.slots();
    let filled: BTreeSet<usize> = descriptions.iter().flat_map(|description| description.role.fills()).collect();
    for Description { info, role, .. } in descriptions {
        let Some(pool) = role.draws_from() else { continue };
        if counter.allocated(pool) == 0 && !filled.contains(&pool) {
            let (agent, pool) = (info.name, counter.name(pool));
            tracing::warn!(
                thinker = T::NAME,
                "the task submitter `{agent}` waits for slots of `{pool}`, which has none: give it some by `.slots(..)`, or \
                 move some there"
            );
        }
    }
}

fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().collect::<Vec<_>>().join(", ")
}
