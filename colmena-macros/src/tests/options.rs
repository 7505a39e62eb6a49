//! The options of every attribute, by the table.

use proc_macro2::TokenStream;

use crate::diag::Diagnostics;
use crate::parse::options;
use crate::table::{AGENT, Attribute, INNER, Kind, METHOD, POOL, THINKER};

fn all() -> impl Iterator<Item = &'static Attribute> {
    INNER.into_iter().chain([&THINKER, &METHOD, &POOL])
}

fn read(attribute: &'static Attribute, tokens: &str) -> Vec<String> {
    let mut diag = Diagnostics::default();
    let tokens: TokenStream = tokens.parse().expect("tokens");
    let options = options::parse(attribute, tokens, &TokenStream::new(), &mut diag);
    assert_eq!(options.broken, diag.len() > 0);
    diag.texts()
}

#[test]
fn the_example_of_every_option_is_read() {
    for attribute in all() {
        for option in attribute.options {
            let missing = attribute.options.iter().any(|other| other.required && other.name != option.name);
            assert_eq!(read(attribute, option.example).len(), usize::from(missing), "{}", option.example);
            for alias in option.aliases {
                assert_eq!(read(attribute, &option.example.replacen(option.name, alias, 1)), [""; 0]);
            }
        }
    }
}

#[test]
fn all_options_are_read_together_in_any_order() {
    for attribute in all() {
        let mut examples: Vec<&str> = attribute.options.iter().map(|option| option.example).collect();
        assert_eq!(read(attribute, &examples.join(", ")), [""; 0]);
        examples.reverse();
        assert_eq!(read(attribute, &(examples.join(",") + ",")).len(), usize::from(examples.is_empty()));
    }
}

#[test]
fn an_option_given_twice_is_refused() {
    for attribute in all() {
        for option in attribute.options {
            let found = read(attribute, &format!("{0}, {0}", option.example));
            assert!(found[0].starts_with(&format!("the option `{}` is given twice", option.name)), "{found:?}");
        }
    }
}

#[test]
fn a_value_of_the_wrong_kind_is_refused() {
    for attribute in all() {
        for option in attribute.options {
            let wrong = match option.kind {
                Kind::Text => ["3", "Sim", "\"\"", ""],
                Kind::Flag => ["3", "\"x\"", "Sim", "="],
                Kind::Pool => ["3", "Sim()", "[Sim]", ""],
                Kind::Field => ["3.0", "a::b", "self.x", ""],
                Kind::Count | Kind::CountOfItem => ["-1", "1.5", "\"4\"", ""],
                Kind::Type => ["3", "\"x\"", "+", ""],
                Kind::Path => ["3", "\"x\"", "&x", ""],
            };
            for value in wrong {
                let found = read(attribute, &format!("{} = {value}", option.name));
                assert!(
                    found[0].starts_with(&format!("`{}` takes ", option.name)),
                    "{} = {value}: {found:?}",
                    option.name
                );
                assert_eq!(found.len(), 1, "{found:?}");
            }
        }
    }
}

#[test]
fn a_misspelled_option_is_recognised() {
    for attribute in all() {
        for option in attribute.options {
            let short = &option.name[..option.name.len() - 1];
            let found = read(attribute, &option.example.replacen(option.name, short, 1));
            assert_eq!(found, [format!("unknown option `{short}`; did you mean `{}`?", option.name)]);
        }
    }
}

#[test]
fn a_foreign_option_is_recognised() {
    let found = read(&AGENT, "queue = candidates, startup");
    assert_eq!(found.len(), 1);
    assert!(found[0].contains("`queue` is an option of `#[task_submitter]`"), "{found:?}");
}

#[test]
fn a_mistake_does_not_hide_the_next() {
    let found = read(INNER[3], "event = 3.0, gather_from Sim, max_slots = |a, b| a, slot_stp = 2, nonsense");
    assert_eq!(found.len(), 5, "{found:#?}");
}
