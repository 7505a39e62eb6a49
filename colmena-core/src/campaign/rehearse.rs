//! A campaign that is rehearsed: in virtual time, with models in the place of its task servers.

use std::sync::Arc;

use super::{Campaign, CampaignError, LaunchError, Report};
use crate::rehearsal::turns::{MOST_POINTS, Turns};
use crate::rehearsal::{FailedOrder, Rehearsal, order, start_nodes};
use crate::thinker::Thinker;

/// How often threads may go on for each slot while time stands still: with all slots free, each is filled in one instant.
const POINTS_OF_A_SLOT: u64 = 200;

impl<T: Thinker> Campaign<T> {
    /// Rehearses the campaign: the agents are the real ones, in their threads, of which one runs at a time; tasks go as the
    /// [`Rehearsal`] says; and time is virtual, it jumps from event to event. Once only, instead of
    /// [`run`](Self::run). Blocks until all has ended. Ctrl-C ends the program.
    ///
    /// ```
    /// use std::time::Duration;
    /// use colmena_core::rehearsal::{Model, Rehearsal};
    /// # use colmena_core::*;
    /// # struct Simulate;
    /// # impl Method for Simulate {
    /// #     const NAME: &'static str = "simulate";
    /// #     const TOPIC: &'static str = "simulate";
    /// #     const PARAMETERS: &'static [&'static str] = &[];
    /// #     type Value = f64;
    /// #     type Emission = ();
    /// # }
    /// # impl IntoTask for Simulate {
    /// #     type Method = Self;
    /// #     fn into_task(self) -> Task<Self> { Task::new(self) }
    /// # }
    /// # struct Once;
    /// # impl Thinker for Once {
    /// #     type Pools = ();
    /// #     type Local = ();
    /// #     const NAME: &'static str = "Once";
    /// #     const AGENTS: &'static [AgentInfo] = &[AgentInfo { name: "a", kind: AgentKind::Agent, startup: false }];
    /// #     fn describe(agents: &mut Agents<Self>) {
    /// #         agents.agent("a").run(|_, agent: &Agent<Self>, _| -> Result<()> {
    /// #             assert_eq!(agent.call(Simulate)?.into_value()?, 4.0);
    /// #             Ok(())
    /// #         });
    /// #     }
    /// #     fn prepare_agent(&self, _: &Agent<Self>) -> Result<()> { Ok(()) }
    /// # }
    /// # let thinker = Once;
    /// let model = Model::<Simulate>::giving(|_, _| 4.0).lasting(Duration::from_secs(3600));
    /// let report = Campaign::new(thinker).unallocated_slots(64).rehearse(&Rehearsal::new().method(model))?;
    /// assert_eq!(report.wall_time(), Duration::from_secs(3600)); // and it took no time
    /// # Ok::<(), CampaignError>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`run`](Self::run), and [`CampaignError::Rehearsal`]: a thread blocks on something that the runtime does
    /// not know, or goes on for ever while time stands still, or all threads wait for locks.
    pub fn rehearse(&mut self, rehearsal: &Rehearsal) -> Result<Report, CampaignError> {
        let rec = self.counter();
        let most_points = MOST_POINTS + POINTS_OF_A_SLOT * rec.total_slots() as u64;
        let (mut campaign, plan) = (self.taken().understudied(rehearsal), rehearsal.clone());
        let turns = Turns::calm(rehearsal.seed_of_order(), most_points, false);
        let outcome = order::run(&turns, rehearsal.patience_of_watchdog(), move || campaign.run_rehearsed(&plan));
        let failed = |text| FailedOrder { seed: rehearsal.seed_of_order(), order: 1, text };
        outcome.map_err(|text| CampaignError::Rehearsal(Box::new(failed(text))))?
    }

    /// All of it but the thinker, which is shared: to be run on another thread.
    fn taken(&mut self) -> Self {
        let other = Self {
            thinker: Arc::clone(&self.thinker),
            slots: std::mem::take(&mut self.slots),
            servers: std::mem::take(&mut self.servers),
            record: std::mem::take(&mut self.record),
            decisions: None,
            #[cfg(feature = "live")]
            page: None,
            ..*self
        };
        self.has_run = true;
        other
    }

    /// With models in the place of its servers.
    pub(crate) fn understudied(mut self, rehearsal: &Rehearsal) -> Self {
        self.servers = rehearsal.servers(self.servers.iter().flat_map(|server| server.methods()).collect());
        self.interruptible = false;
        self
    }

    /// Runs it, in an order, with nodes that come and go.
    pub(crate) fn run_rehearsed(&mut self, rehearsal: &Rehearsal) -> Result<Report, CampaignError> {
        self.decisions = Some(rehearsal.clone());
        let run = self.launch()?;
        let nodes = start_nodes(rehearsal, run.counter(), run.realm());
        let nodes = nodes.inspect_err(|_| _ = run.done().set());
        let report = run.finish();
        match nodes {
            Ok(nodes) => nodes.join(None),
            Err(error) => return Err(LaunchError::of(T::NAME, format!("a thread cannot start: {error}")).into()),
        };
        report
    }
}
