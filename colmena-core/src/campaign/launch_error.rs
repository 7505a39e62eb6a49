//! What is wrong with a campaign before it starts, as a compiler would say it: what, where, and what to do.

use std::fmt;
use std::panic::Location;

use crate::thinker::{AgentInfo, AgentKind};

/// Everything that is wrong with a campaign before it starts.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub struct LaunchError {
    /// The thinker.
    pub thinker: &'static str,
    /// What is wrong.
    pub problems: Vec<LaunchProblem>,
}

/// One thing that is wrong, where, and its cure.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LaunchProblem {
    /// What is wrong.
    pub wrong: String,
    /// Where in the program, as `file:line:column`.
    pub place: Option<String>,
    /// The agent, as `#[task_submitter(..)] Steering::submit`.
    pub agent: Option<String>,
    /// What else is known of it.
    pub notes: Vec<String>,
    /// What to do.
    pub help: Option<String>,
}

impl LaunchProblem {
    pub(crate) fn new(wrong: impl Into<String>) -> Self {
        Self { wrong: wrong.into(), place: None, agent: None, notes: Vec::new(), help: None }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub(crate) fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    pub(crate) fn at(mut self, place: &Location<'_>) -> Self {
        self.place = Some(place.to_string());
        self
    }

    pub(crate) fn of(mut self, thinker: &str, agent: &AgentInfo) -> Self {
        let attribute = match agent {
            AgentInfo { kind: AgentKind::Agent, startup: true, .. } => "#[agent(startup)]",
            AgentInfo { kind: AgentKind::Agent, .. } => "#[agent]",
            AgentInfo { kind: AgentKind::ResultProcessor, .. } => "#[result_processor(..)]",
            AgentInfo { kind: AgentKind::TaskSubmitter, .. } => "#[task_submitter(..)]",
            AgentInfo { kind: AgentKind::EventResponder, .. } => "#[event_responder(..)]",
        };
        self.agent = Some(format!("{attribute} {thinker}::{}", agent.name));
        self
    }
}

impl LaunchError {
    pub(crate) fn of(thinker: &'static str, wrong: String) -> Self {
        Self { thinker, problems: vec![LaunchProblem::new(wrong)] }
    }
}

impl fmt::Display for LaunchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the campaign of `{}` cannot start", self.thinker)?;
        if let n @ 2.. = self.problems.len() {
            write!(f, ": {n} errors")?;
        }
        self.problems.iter().try_for_each(|problem| write!(f, "\n\n{problem}"))
    }
}

impl fmt::Debug for LaunchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for LaunchProblem {}

impl fmt::Display for LaunchProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { wrong, place, agent, notes, help } = self;
        write_wrapped(f, "error: ", wrong)?;
        if let Some(place) = place {
            write!(f, "\n --> {place}")?;
        }
        if let Some(agent) = agent {
            write!(f, "\n  | {agent}")?;
        }
        if let Some(help) = help {
            f.write_str("\n")?;
            write_wrapped(f, "  = help: ", help)?;
        }
        for note in notes {
            f.write_str("\n")?;
            write_wrapped(f, "  = note: ", note)?;
        }
        Ok(())
    }
}

/// What a terminal shows in a line.
const COLUMNS: usize = 80;

/// Breaks the lines of a text at spaces (not within backticks), so that a list of many names can be read. What comes
/// after the first line stands below its first word.
pub(super) fn write_wrapped(f: &mut fmt::Formatter<'_>, head: &str, text: &str) -> fmt::Result {
    f.write_str(head)?;
    let indent = head.chars().count();
    for (i, line) in text.lines().enumerate() {
        let text = line.trim_start();
        let indent = indent + line.len() - text.len();
        if i > 0 {
            write!(f, "\n{:indent$}", "")?;
        }
        write_line(f, indent, text)?;
    }
    Ok(())
}

fn write_line(f: &mut fmt::Formatter<'_>, indent: usize, text: &str) -> fmt::Result {
    let mut column = indent;
    for (i, word) in words(text).enumerate() {
        let width = word.chars().count();
        if i > 0 && column + 1 + width > COLUMNS {
            write!(f, "\n{:indent$}", "")?;
            column = indent;
        } else if i > 0 {
            f.write_str(" ")?;
            column += 1;
        }
        f.write_str(word)?;
        column += width;
    }
    Ok(())
}

/// The words of a text; code in backticks is one.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut in_code = false;
    text.split(move |c| {
        in_code ^= c == '`';
        c == ' ' && !in_code
    })
}
