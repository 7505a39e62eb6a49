//! A campaign in the background: supervised by a thread of its own.

use std::sync::Arc;

use super::run::Run;
use super::watching::Watcher;
use super::{CampaignError, LaunchError, Report, Status};
use crate::queue::plain::PlainQueues;
use crate::sync::Mutex;
use crate::thinker::{Done, Thinker};
use crate::wait::Over;
use crate::wait::spawn::{Spawn, Thread};

/// A campaign that runs in the background; see [`Campaign::start`](super::Campaign::start). Dropping it lets the campaign
/// go on.
#[must_use = "unless it is joined, nobody learns how the campaign ends, and the program may end before it: `.join()`"]
pub struct RunningCampaign {
    done: Done,
    queues: PlainQueues,
    watcher: Arc<Watcher>,
    #[cfg(feature = "live")]
    page: Option<std::net::SocketAddr>,
    supervisor: Thread,
    outcome: Arc<Mutex<Option<Result<Report, CampaignError>>>>,
}

impl RunningCampaign {
    /// Starts the supervisor of a campaign that has been launched. If that fails, the campaign is ended.
    pub(super) fn supervise<T: Thinker>(mut run: Run<T>) -> Result<Self, CampaignError> {
        let (done, queues, watcher, outcome) = (run.done(), run.queues(), run.watcher(), Arc::new(Mutex::new(None)));
        #[cfg(feature = "live")]
        let page = run.page();
        let (run, kept) = (Arc::new(Mutex::new(Some(run))), Arc::clone(&outcome));
        let theirs = Arc::clone(&run);
        let name = format!("campaign of {}", T::NAME).into();
        let supervisor = Spawn { name, realm: None, over: Over::Never, holder: 0 }.start(move || {
            let run = theirs.lock().take();
            let finished = run.map(Run::finish);
            *kept.lock() = finished;
        });
        match supervisor {
            Ok(supervisor) => Ok(Self {
                done,
                queues,
                watcher,
                #[cfg(feature = "live")]
                page,
                supervisor,
                outcome,
            }),
            Err(error) => {
                done.set();
                let _ = run.lock().take().map(Run::finish);
                Err(LaunchError::of(T::NAME, format!("its supervisor cannot start: {error}")).into())
            }
        }
    }

    /// The flag that ends the campaign.
    pub fn done(&self) -> Done {
        self.done.clone()
    }

    /// The plain level of the campaign's queues, for code outside its agents: it waits until all agents have ended
    /// instead of until `done`. While it is used, say [`woken_from_outside`](super::Campaign::woken_from_outside), if
    /// all agents may wait for it.
    pub fn queues(&self) -> PlainQueues {
        self.queues.clone()
    }

    /// What the campaign is doing at this moment. Blocks on nothing but short locks; costs some ten microseconds, and more
    /// with thousands of tasks in flight.
    #[must_use]
    pub fn status(&self) -> Status {
        self.watcher.status()
    }

    /// The address at which the page is served, if it is.
    #[cfg(feature = "live")]
    #[must_use]
    pub fn page(&self) -> Option<std::net::SocketAddr> {
        self.page
    }

    /// Pauses all task submitters at their next wait; tasks that are out go on, and so do other agents. A campaign that is
    /// paused does not count as standing still. `done` ends the pause, too.
    pub fn pause(&self) {
        self.watcher.realm.pause(true);
    }

    /// Lets the task submitters go on after [`Self::pause`].
    pub fn resume(&self) {
        self.watcher.realm.pause(false);
    }

    /// Blocks until the campaign has ended.
    ///
    /// # Errors
    /// [`CampaignError::Failed`], with everything that failed and the report.
    ///
    /// # Panics
    /// If the supervisor has, which would be a fault of this library.
    pub fn join(self) -> Result<Report, CampaignError> {
        self.supervisor.join(None);
        let outcome = self.outcome.lock().take();
        outcome.expect("the supervisor ends with an outcome")
    }
}

impl std::fmt::Debug for RunningCampaign {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RunningCampaign").field("done", &self.done).finish_non_exhaustive()
    }
}
