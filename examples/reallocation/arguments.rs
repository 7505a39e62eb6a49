//! Arguments of the command line that clap does not read by itself.

use std::time::Duration;

use colmena::prelude::*;

/// A time in seconds, such as `0.25`.
pub(crate) fn seconds(text: &str) -> Result<Duration> {
    Ok(Duration::try_from_secs_f64(text.parse()?)?)
}

/// A standard deviation of logarithms.
pub(crate) fn spread(text: &str) -> Result<f64> {
    let spread: f64 = text.parse()?;
    if (0.0..=3.0).contains(&spread) { Ok(spread) } else { Err("must be between 0 and 3".into()) }
}
