//! What has come of checkpoints so far, for those who look on.

use std::fmt;

use serde::Serialize;

/// The checkpoints of a campaign, so far: [`Status::checkpoints`](crate::Status::checkpoints), and
/// [`Report::checkpoints`](crate::Report::checkpoints). Its `Display` is a line.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CheckpointStatus {
    /// How many have been taken since the launch.
    pub taken: u64,
    /// When the last of them was, in seconds from the launch.
    pub last: Option<f64>,
    /// Why the one that is due has not been taken, in words: which agents have come neither to the end of a call nor to a
    /// [safe point](crate::Agent::safe_point), for two seconds or more. Absent once it has been.
    pub held_up: Option<String>,
}

impl CheckpointStatus {
    /// One has been taken, so many seconds from the launch.
    pub(super) fn note(&mut self, at: f64) {
        *self = Self { taken: self.taken + 1, last: Some(at), held_up: None };
    }
}

impl fmt::Display for CheckpointStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.last, &self.held_up) {
            (None, None) => f.write_str("no checkpoint yet"),
            (None, Some(why)) => write!(f, "no checkpoint yet: {why}"),
            (Some(at), None) => write!(f, "{} checkpoints, the last after {at:.1} s", self.taken),
            (Some(at), Some(why)) => write!(f, "no checkpoint since {at:.1} s: {why}"),
        }
    }
}
