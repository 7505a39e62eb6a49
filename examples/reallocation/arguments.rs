//! Arguments of the command line that clap does not read by itself.

use colmena::prelude::*;

/// A standard deviation of logarithms.
pub(crate) fn spread(text: &str) -> Result<f64> {
    let spread: f64 = text.parse()?;
    if (0.0..=3.0).contains(&spread) { Ok(spread) } else { Err("must be between 0 and 3".into()) }
}
