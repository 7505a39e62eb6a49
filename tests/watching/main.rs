//! Watching a running campaign: its status, and its page, by plain requests and in a real Chromium.

#[cfg(feature = "live")]
mod browser;
#[cfg(feature = "live")]
mod chromium;
#[cfg(feature = "live")]
mod requests;
mod status;
#[cfg(feature = "live")]
mod steady;
#[expect(dead_code, reason = "other tests use the rest of it")]
#[path = "../behaviour/world.rs"]
mod world;
