//! The launcher's command line: words with fields of the task's resources in braces.
//!
//! Words are separated by spaces; `'..'` and `".."` keep them together. `{{` and `}}` are braces. No shell is involved: what
//! a field is replaced with stays in its word.

use crate::task::Resources;

/// The fields of a launcher.
const FIELDS: [&str; 4] = ["node_count", "cpu_processes", "cpu_threads", "total_ranks"];

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Template {
    words: Vec<Vec<Piece>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    /// The place of the field in [`FIELDS`].
    Field(usize),
}

impl Template {
    /// # Errors
    /// What is wrong with the text, and the cure.
    pub(super) fn parse(text: &str) -> Result<Self, (String, String)> {
        let mut words = Vec::new();
        let mut word: Option<Vec<Piece>> = None;
        let mut quote = None;
        let mut rest = text.chars().peekable();
        while let Some(c) = rest.next() {
            match c {
                c if quote == Some(c) => quote = None,
                '"' | '\'' if quote.is_none() => {
                    quote = Some(c);
                    word.get_or_insert_default();
                }
                c if c.is_whitespace() && quote.is_none() => words.extend(word.take()),
                '{' if rest.next_if_eq(&'{').is_none() => {
                    let field = field(&mut rest)?;
                    word.get_or_insert_default().push(Piece::Field(field));
                }
                '}' if rest.next_if_eq(&'}').is_none() => {
                    return Err(("there is a `}` without a `{`".into(), "a brace itself is written `}}`".into()));
                }
                c => push(word.get_or_insert_default(), c),
            }
        }
        if let Some(quote) = quote {
            return Err((format!("a `{quote}` is not closed"), "quotes come in pairs".into()));
        }
        words.extend(word);
        if !matches!(words.first().map(Vec::as_slice), Some([Piece::Text(_)])) {
            return Err(("it names no program".into(), "write for instance `mpirun -np {total_ranks}`".into()));
        }
        Ok(Self { words })
    }

    /// The program that launches.
    pub(super) fn program(&self) -> &str {
        match self.words.first().map(Vec::as_slice) {
            Some([Piece::Text(program)]) => program,
            _ => "",
        }
    }

    /// The words, with the fields filled in.
    pub(super) fn fill(&self, resources: &Resources) -> Vec<String> {
        let Resources { node_count, cpu_processes, cpu_threads } = *resources;
        let values = [node_count, cpu_processes, cpu_threads, resources.total_ranks()];
        let filled = |word: &Vec<Piece>| -> String {
            let pieces = word.iter().map(|piece| match piece {
                Piece::Text(text) => text.clone(),
                Piece::Field(place) => values[*place].to_string(),
            });
            pieces.collect()
        };
        self.words.iter().map(filled).collect()
    }
}

/// The rest of a field, after its `{`.
fn field(rest: &mut impl Iterator<Item = char>) -> Result<usize, (String, String)> {
    let mut name = String::new();
    for c in rest {
        if c == '}' {
            let place = FIELDS.iter().position(|field| *field == name);
            return place.ok_or_else(|| (format!("there is no field `{{{name}}}`"), fields()));
        }
        name.push(c);
    }
    Err((format!("the field `{{{name}` is not closed"), fields()))
}

fn fields() -> String {
    format!("its fields are {}", FIELDS.map(|field| format!("`{{{field}}}`")).join(", "))
}

fn push(word: &mut Vec<Piece>, c: char) {
    match word.last_mut() {
        Some(Piece::Text(text)) => text.push(c),
        _ => word.push(Piece::Text(c.into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(text: &str) -> Vec<String> {
        let resources = Resources { node_count: 2, cpu_processes: 3, cpu_threads: 4 };
        Template::parse(text).expect("a template").fill(&resources)
    }

    #[test]
    fn fields_are_filled_in_and_stay_in_their_words() {
        assert_eq!(filled("mpirun -np {total_ranks}"), ["mpirun", "-np", "6"]);
        assert_eq!(filled("srun  -N{node_count} --map=ppr:{cpu_processes}:node"), ["srun", "-N2", "--map=ppr:3:node"]);
        assert_eq!(filled("x 'a {cpu_threads} b' \"it's\" {{y}} ''"), ["x", "a 4 b", "it's", "{y}", ""]);
    }

    #[test]
    fn mistakes_name_the_cure() {
        let wrong = |text| Template::parse(text).expect_err("no template");
        assert_eq!(
            wrong("mpirun -np {ranks}"),
            (
                "there is no field `{ranks}`".into(),
                "its fields are `{node_count}`, `{cpu_processes}`, `{cpu_threads}`, `{total_ranks}`".into()
            )
        );
        assert_eq!(wrong("mpirun {total_ranks").0, "the field `{total_ranks` is not closed");
        assert_eq!(wrong("mpirun 'x").0, "a `'` is not closed");
        assert_eq!(wrong("mpirun }").0, "there is a `}` without a `{`");
        assert_eq!(wrong(" ").0, "it names no program");
        assert_eq!(wrong("{total_ranks}").0, "it names no program");
    }
}
