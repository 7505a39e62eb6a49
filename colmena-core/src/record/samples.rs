//! What the tasks of a method took and gave in an earlier run, for rehearsals.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, BufRead, BufReader};
use std::path::Path;
use std::time::Duration;

use super::{File, Key, key_of, writer};
use crate::task::Method;
use crate::wire::{self, Message};

/// The tasks of a method that have succeeded: at least one.
pub(crate) struct Samples {
    samples: Vec<Sample>,
    by_key: BTreeMap<Key, Vec<usize>>,
}

struct Sample {
    took: Duration,
    message: Message,
}

impl Samples {
    /// Reads them, up to the last whole line. Changes nothing in the directory.
    ///
    /// # Errors
    /// The method's file cannot be read, or none of its tasks is there.
    pub(crate) fn read<M: Method>(dir: &Path) -> io::Result<Self> {
        let path = dir.join(writer::name(File::Results(M::TOPIC)));
        let about = |error: &dyn std::fmt::Display| io::Error::other(format!("`{}`: {error}", path.display()));
        let mut samples = Self { samples: Vec::new(), by_key: BTreeMap::new() };
        let mut reader = BufReader::new(fs::File::open(&path).map_err(|error| about(&error))?);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line)? > 0 && line.ends_with(b"\n") {
            let message = Message::read_plain(&line).map_err(|unreadable| about(&unreadable))?;
            samples.add::<M>(message);
            line.clear();
        }
        match samples.samples.is_empty() {
            true => Err(about(&format_args!("no task of `{}` has succeeded there", M::NAME))),
            false => Ok(samples),
        }
    }

    fn add<M: Method>(&mut self, message: Message) {
        let took = message.time.running.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        let is_sample = message.method.as_deref() == Some(M::NAME) && message.success == Some(true);
        if let Some(took) = took.filter(|_| is_sample) {
            self.by_key.entry(Key::of_message(&message)).or_default().push(self.samples.len());
            self.samples.push(Sample { took, message });
        }
    }

    /// How long the task with these inputs took; if it is not there, another one. `random` chooses among several.
    pub(crate) fn time<M: Method>(&self, inputs: &M, random: u64) -> Duration {
        self.sample(inputs, random).took
    }

    /// What it gave.
    ///
    /// # Errors
    /// What was recorded does not fit the type.
    pub(crate) fn value<M: Method>(&self, inputs: &M, random: u64) -> Result<M::Value, wire::WireError> {
        wire::value::<M>(&self.sample(inputs, random).message)
    }

    fn sample<M: Method>(&self, inputs: &M, random: u64) -> &Sample {
        let of = |n: usize| (random % n as u64) as usize;
        let with_these = key_of(inputs).and_then(|key| self.by_key.get(&key));
        let number = with_these.map_or_else(|| of(self.samples.len()), |numbers| numbers[of(numbers.len())]);
        &self.samples[number]
    }
}
