//! What agents' own computing costs in a rehearsal.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

use crate::wait::pass_time;

/// What a call of an agent's method costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DecisionTime {
    Given(Duration),
    Measured,
}

/// A call that is under way; when it goes, what was measured is spent.
#[derive(Debug)]
pub(crate) struct Deciding {
    /// The processor time of the thread when it began.
    since: Option<Duration>,
}

impl DecisionTime {
    /// Spends what is given.
    pub(crate) fn begin(self) -> Deciding {
        match self {
            Self::Given(time) => {
                pass_time(time);
                Deciding { since: None }
            }
            Self::Measured => Deciding { since: Some(processor_time()) },
        }
    }
}

impl Drop for Deciding {
    fn drop(&mut self) {
        if let Some(since) = self.since.filter(|_| !std::thread::panicking()) {
            pass_time(processor_time().saturating_sub(since));
        }
    }
}

/// That of this thread alone: while another one has the turn, it stands still.
fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
}
