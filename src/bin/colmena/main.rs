//! `colmena`: what can be done with a campaign from a terminal.

mod figures;
mod html;
mod read;
mod run;
mod tables;
mod text;
mod trace;

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;

use clap::{Args, Parser, Subcommand, ValueEnum};

use figures::Figures;

/// What can be done with a campaign from a terminal.
#[derive(Parser)]
#[command(name = "colmena", version, max_term_width = 80)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Report(Report),
}

/// Sum up a run: figures on the terminal, report.html, and trace.json for Perfetto.
///
/// Reads the directory of a campaign (`Campaign::record_in`), or result files
/// of the original Colmena: one of them, or a directory of them.
#[derive(Args)]
#[command(verbatim_doc_comment)]
struct Report {
    /// A run's directory, or a file with a result on each line
    path: PathBuf,
    /// How the figures are printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Where report.html and trace.json go [default: beside what is read]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Write no files
    #[arg(long)]
    print_only: bool,
    /// Which number of a result is shown over time: keys and numbers of items
    #[arg(long, value_name = "PATH", default_value = "value")]
    value: String,
    /// Which of these numbers is the best
    #[arg(long, value_enum, default_value_t = Best::Max)]
    best: Best,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Text,
    Json,
    Csv,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Best {
    Max,
    Min,
}

fn main() -> ExitCode {
    let Command::Report(report) = Arguments::parse().command;
    match report.write() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

impl Report {
    fn write(&self) -> Result<(), Box<dyn std::error::Error>> {
        let run = read::read(&self.path, &self.value)?;
        let figures = Figures::of(&run);
        let printed = match self.format {
            Format::Text => text::text(&figures),
            Format::Json => tables::json(&figures)?,
            Format::Csv => tables::csv(&figures),
        };
        print(&printed)?;
        if self.print_only {
            return Ok(());
        }
        let out = self.out.clone().unwrap_or_else(|| beside(&self.path));
        // One beside the other: of a large run each takes a second.
        let (page, trace) = thread::scope(|scope| {
            let trace = scope.spawn(|| write_to(&out.join("trace.json"), |file| trace::write(&run, file)));
            let page = write_to(&out.join("report.html"), |file| html::write(&run, &figures, self.best, file));
            (page, trace.join())
        });
        page?;
        trace.map_err(|_| "writing trace.json panicked")??;
        Ok(())
    }
}

/// Who reads no further has read enough.
fn print(text: &str) -> io::Result<()> {
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

fn beside(path: &Path) -> PathBuf {
    if path.is_dir() { path.to_owned() } else { path.parent().unwrap_or(Path::new("")).to_owned() }
}

/// Says where it is, on standard error: standard output has the figures alone.
fn write_to(path: &Path, write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>) -> Result<(), String> {
    let written = File::create(path).and_then(|file| {
        let mut file = BufWriter::with_capacity(1 << 20, file);
        write(&mut file)?;
        file.flush()
    });
    written.map_err(|error| format!("cannot write `{}`: {error}", path.display()))?;
    eprintln!("wrote {}", path.display());
    Ok(())
}
