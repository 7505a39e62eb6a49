//! The code of the guide and of the README: each block is compiled and run as a documentation test.
//!
//! A new chapter of `guide/src` gets a line here; `tests/tidy.rs` says so if it is missing.

#[doc = include_str!("../README.md")]
struct Readme;

#[doc = include_str!("../guide/src/getting-started.md")]
struct GettingStarted;

#[doc = include_str!("../guide/src/thinker.md")]
struct TheThinker;

#[doc = include_str!("../guide/src/agents.md")]
struct Agents;

#[doc = include_str!("../guide/src/agent.md")]
struct Agent;

#[doc = include_str!("../guide/src/task-submitter.md")]
struct TaskSubmitter;

#[doc = include_str!("../guide/src/result-processor.md")]
struct ResultProcessor;

#[doc = include_str!("../guide/src/event-responder.md")]
struct EventResponder;

#[doc = include_str!("../guide/src/local-details.md")]
struct LocalDetails;

#[doc = include_str!("../guide/src/tasks.md")]
struct Tasks;

#[doc = include_str!("../guide/src/resources.md")]
struct Resources;

#[doc = include_str!("../guide/src/waiting.md")]
struct Waiting;

#[doc = include_str!("../guide/src/task-servers.md")]
struct TaskServers;

#[doc = include_str!("../guide/src/executables.md")]
struct Executables;

#[cfg(feature = "redis")]
#[doc = include_str!("../guide/src/cluster.md")]
struct PythonMethodsAndClusters;

#[doc = include_str!("../guide/src/campaign.md")]
struct TheCampaign;

#[doc = include_str!("../guide/src/patterns.md")]
struct Patterns;

#[doc = include_str!("../guide/src/traps.md")]
struct Traps;

#[cfg(feature = "live")]
#[doc = include_str!("../guide/src/watching.md")]
struct Watching;

#[doc = include_str!("../guide/src/recording.md")]
struct Recording;

#[doc = include_str!("../guide/src/rehearsing.md")]
struct Rehearsing;

#[doc = include_str!("../guide/src/testing.md")]
struct Testing;

#[doc = include_str!("../guide/src/without-macros.md")]
struct WithoutMacros;

#[doc = include_str!("../guide/src/from-python.md")]
struct FromPython;
