//! What is said in the threads of a campaign, agents' and others: events of `tracing`, noted on their way to whoever listens.
//!
//! The listener stands before the subscriber that is there, hands everything on to it, and keeps events from
//! [`Level::INFO`] up, also if nobody else wants them. Spans are that one's alone.

use std::fmt::{self, Write as _};
use std::sync::Arc;

use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record as Values};
use tracing::subscriber::{DefaultGuard, Interest, NoSubscriber};
use tracing::{Dispatch, Event, Level, Metadata, Subscriber, dispatcher};
use tracing_core::span::Current;

use super::lines::{Seconds, quoted};
use super::{File, Record, RecordedAgent};
use crate::wait::{now, with_current};
use crate::wire::Serialization;

/// Before the subscriber of one thread.
struct Listener {
    record: Arc<Record>,
    who: Speaker,
    others: Dispatch,
    level: LevelFilter,
}

/// Whose thread it is: an agent's, or another one, by its name or what it does.
#[derive(Clone)]
enum Speaker {
    Agent(Arc<str>),
    Thread(Arc<str>),
}

impl RecordedAgent {
    /// Records the events of this thread, the agent's, while the guard lives.
    pub(crate) fn listen(&self) -> DefaultGuard {
        self.record.listen(Speaker::Agent(Arc::clone(&self.name)))
    }
}

impl Record {
    /// Records the events of this thread under its name while the guard lives.
    pub(crate) fn listen_here(self: &Arc<Self>) -> DefaultGuard {
        self.listen_as(&with_current(|me| Arc::clone(me.name())))
    }

    /// The same under another name.
    pub(crate) fn listen_as(self: &Arc<Self>, name: &Arc<str>) -> DefaultGuard {
        self.listen(Speaker::Thread(Arc::clone(name)))
    }

    fn listen(self: &Arc<Self>, who: Speaker) -> DefaultGuard {
        let record = Arc::clone(self);
        let (others, level) = (dispatcher::get_default(Dispatch::clone), LevelFilter::current().max(LevelFilter::INFO));
        dispatcher::set_default(&Dispatch::new(Listener { record, who, others, level }))
    }

    fn said(&self, who: &Speaker, event: &Event<'_>) {
        let metadata = event.metadata();
        let mut fields = Fields::default();
        event.record(&mut fields);
        let at = Seconds(self.stamp(now()));
        let (who, name) = match who {
            Speaker::Agent(name) => ("agent", quoted(name)),
            Speaker::Thread(name) => ("thread", quoted(name)),
        };
        let (level, target, message) = (metadata.level(), quoted(metadata.target()), quoted(&fields.message));
        let line = format!(
            "{{\"at\": {at}, \"{who}\": {name}, \"level\": \"{level}\", \"target\": {target}, \"message\": {message}, \
             \"fields\": {{{}}}}}\n",
            fields.others
        );
        self.put(|state| state.keep(File::Log, &line));
    }
}

/// Whether what is said in this thread comes anywhere but into the record.
pub(crate) fn is_heard() -> bool {
    dispatcher::get_default(|to| {
        let others = to.downcast_ref::<Listener>().map_or(to, |listener| &listener.others);
        !others.is::<NoSubscriber>()
    })
}

fn is_kept(metadata: &Metadata<'_>) -> bool {
    metadata.is_event() && *metadata.level() <= Level::INFO
}

impl Subscriber for Listener {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        let interest = self.others.register_callsite(metadata);
        if is_kept(metadata) { Interest::always() } else { interest }
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        is_kept(metadata) || self.others.enabled(metadata)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.level)
    }

    fn event(&self, event: &Event<'_>) {
        if self.others.enabled(event.metadata()) {
            self.others.event(event);
        }
        if is_kept(event.metadata()) {
            self.record.said(&self.who, event);
        }
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        self.others.new_span(span)
    }

    fn record(&self, span: &Id, values: &Values<'_>) {
        self.others.record(span, values);
    }

    fn record_follows_from(&self, span: &Id, follows: &Id) {
        self.others.record_follows_from(span, follows);
    }

    fn enter(&self, span: &Id) {
        self.others.enter(span);
    }

    fn exit(&self, span: &Id) {
        self.others.exit(span);
    }

    fn clone_span(&self, span: &Id) -> Id {
        self.others.clone_span(span)
    }

    fn current_span(&self) -> Current {
        self.others.current_span()
    }

    fn try_close(&self, span: Id) -> bool {
        self.others.try_close(span)
    }
}

/// The message of an event, and its other fields as JSON.
#[derive(Default)]
struct Fields {
    message: String,
    others: String,
}

impl Fields {
    fn add(&mut self, field: &Field, json: &str) {
        let comma = if self.others.is_empty() { "" } else { ", " };
        let _ = write!(self.others, "{comma}{}: {json}", quoted(field.name()));
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        match field.name() {
            "message" => self.message = format!("{value:?}"),
            _ => self.add(field, &quoted(&format!("{value:?}"))),
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "message" => value.clone_into(&mut self.message),
            _ => self.add(field, &quoted(value)),
        }
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.add(field, &value.to_string());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.add(field, &value.to_string());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.add(field, &value.to_string());
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.add(field, &Serialization::Json.encode(&value).unwrap_or_default());
    }
}
