//! Thinkers without attributes: what these would have refused is found at launch, or at the call.

use colmena::prelude::*;
use colmena::{AgentInfo, AgentKind, Agents, BoxError, NotSent, Processes, Reallocation};

use crate::world::{campaign, in_orders, square, without_lines};

/// What is listed differs from what is described: by name, by kind, and by number.
struct Mislisted;

const fn agent(name: &'static str) -> AgentInfo {
    AgentInfo { name, kind: AgentKind::Agent, startup: false }
}

impl Thinker for Mislisted {
    type Pools = ();
    type Local = ();
    const NAME: &'static str = "Mislisted";
    const AGENTS: &'static [AgentInfo] = &[agent("begins"), agent("forgotten"), agent("steers")];

    fn describe(agents: &mut Agents<Self>) {
        agents.agent("begins").startup().run(|_, _, _| ());
        agents.agent("steer").run(|_, _, _| ());
        agents.task_submitter("steers").run(|_, _, _, _| ());
        agents.agent("begins").run(|_, _, _| ());
    }

    fn prepare_agent(&self, _: &Agent<Self>) -> Result<(), BoxError> {
        Ok(())
    }
}

const MISLISTED: &str = "\
the campaign of `Mislisted` cannot start: 5 errors

error: `begins` is a startup agent in `describe`, but an agent in `AGENTS`
 --> tests/behaviour/by_hand.rs
  | #[agent(startup)] Mislisted::begins
  = help: list it as
          `AgentInfo { name: \"begins\", kind: AgentKind::Agent, startup: true }`

error: `AGENTS` does not list `steer`, which `describe` describes
 --> tests/behaviour/by_hand.rs
  | #[agent] Mislisted::steer
  = help: add
          `AgentInfo { name: \"steer\", kind: AgentKind::Agent, startup: false }`

error: `steers` is a task submitter in `describe`, but an agent in `AGENTS`
 --> tests/behaviour/by_hand.rs
  | #[task_submitter(..)] Mislisted::steers
  = help: list it as
          `AgentInfo { name: \"steers\", kind: AgentKind::TaskSubmitter, startup: false }`

error: two agents are called `begins`
 --> tests/behaviour/by_hand.rs
  | #[agent] Mislisted::begins
  = help: give each a name of its own

error: `describe` does not describe `forgotten`, which `AGENTS` lists
  | #[agent] Mislisted::forgotten
  = help: describe it, to the end (`.run(..)`), or remove it from `AGENTS`";

#[test]
fn what_is_listed_is_what_is_described() {
    let error = campaign(Mislisted).unallocated_slots(1).run().expect_err("they differ");
    assert_eq!(without_lines(&error), MISLISTED);
}

/// Says that it processes `square`, and does not.
struct Boastful;

impl Processes<square> for Boastful {}

impl Thinker for Boastful {
    type Pools = ();
    type Local = ();
    const NAME: &'static str = "Boastful";
    const AGENTS: &'static [AgentInfo] = &[agent("submits")];

    fn describe(agents: &mut Agents<Self>) {
        agents.agent("submits").run(|_, agent: &Agent<Self>, _| {
            let error = agent.submit(square { x: 7 }).expect_err("its result would come to nothing");
            assert_eq!(error.reason(), &NotSent::NoProcessor);
            assert_eq!(
                format!("{error:?}"),
                "the task of `square` was not sent: no result processor handles it: the thinker implements `Processes` \
                 for it, but describes none"
            );
            assert_eq!(error.into_task().x, 7);
        });
    }

    fn prepare_agent(&self, _: &Agent<Self>) -> Result<(), BoxError> {
        Ok(())
    }
}

#[test]
fn a_task_whose_processor_is_only_claimed_is_not_sent() {
    in_orders(5, || {
        let report = campaign(Boastful).run().expect("the agent sees to it");
        assert!(report.methods().iter().all(|method| method.settled() == 0));
    });
}

mod other {
    use colmena::prelude::*;

    /// Another method of the same name.
    #[method]
    fn square(x: f32) -> f32 {
        x * x
    }

    pub(super) struct Other;

    #[thinker]
    impl Other {
        #[result_processor]
        fn store(&self, _result: TaskResult<square>) {}
    }
}

#[test]
fn a_method_that_only_has_the_name_of_a_served_one_is_not_served() {
    let error = campaign(other::Other).run().expect_err("another one is served");
    assert_eq!(
        without_lines(&error).replace(|c: char| c.is_ascii_digit(), "_"),
        "\
the campaign of `Other` cannot start

error: no task server serves the method `square`
 --> tests/behaviour/by_hand.rs
  | #[result_processor(..)] Other::store
  = help: add `.serve::<square>()` to a task server of the campaign
  = note: the `square` that is served at tests/behaviour/world.rs:__:__ is
          another method"
    );
}

/// Moves slots from a pool to itself.
#[derive(Default)]
struct Circular {
    retrain: Event,
}

impl Thinker for Circular {
    type Pools = ();
    type Local = ();
    const NAME: &'static str = "Circular";
    const AGENTS: &'static [AgentInfo] =
        &[AgentInfo { name: "retrain", kind: AgentKind::EventResponder, startup: false }];

    fn describe(agents: &mut Agents<Self>) {
        let reallocation = Reallocation::new(None, None);
        agents
            .event_responder("retrain", |circular: &Self| &circular.retrain)
            .reallocate(reallocation)
            .run(|_, _, _| ());
    }

    fn prepare_agent(&self, _: &Agent<Self>) -> Result<(), BoxError> {
        Ok(())
    }
}

#[test]
fn slots_are_gathered_from_another_pool() {
    let error = campaign(Circular::default()).unallocated_slots(1).run().expect_err("they would go nowhere");
    assert_eq!(
        without_lines(&error),
        "\
the campaign of `Circular` cannot start

error: `gather_from` and `gather_to` are both `unallocated`
 --> tests/behaviour/by_hand.rs
  | #[event_responder(..)] Circular::retrain
  = help: name two different pools"
    );
}
