//! Whatever the attributes are given, they do not panic: they expand to valid code, or to errors at the words of it.
//!
//! `COLMENA_FUZZ=100 cargo test -p colmena-macros --lib -- noise mutated` tries a hundred times as much.

use proptest::prelude::*;
use proptest::sample::select;

use super::sound::check;
use crate::table::{Attribute, INNER, METHOD, POOL, THINKER};

/// Words of which inputs are made: those that the attributes look for, and those of the language around them.
pub(super) const WORDS: [&str; 62] = [
    "fn",
    "impl",
    "self",
    "Self",
    "pub",
    "mut",
    "async",
    "unsafe",
    "const",
    "where",
    "for",
    "enum",
    "struct",
    "dyn",
    "move",
    "static",
    "extern",
    "crate",
    "type",
    "agent",
    "task_submitter",
    "result_processor",
    "event_responder",
    "prepare_agent",
    "tear_down_agent",
    "queue",
    "topic",
    "event",
    "n_slots",
    "threads",
    "startup",
    "TaskResult",
    "TaskUpdate",
    "TaskContext",
    "Slots",
    "Agent",
    "Result",
    "Path",
    "str",
    "None",
    "Pool",
    "Sim",
    "x",
    "_",
    "r#type",
    "'a",
    "0",
    "1",
    "-1",
    "1.5",
    "3u8",
    "99999999999999999999",
    "\"sim\"",
    "\"\"",
    "b\"x\"",
    "'c'",
    "true",
    "false",
    "&self",
    "&mut T",
    "|x| x",
    "#[cfg(a)]",
];

/// Punctuation.
pub(super) const MARKS: [&str; 24] = [
    "=", ",", ":", "::", ";", "&", "&&", "<", ">", ">>", "->", "=>", "|", "||", "#", "-", "!", ".", "..", "?", "*",
    "+", "@", "$",
];

/// One piece of text, balanced.
pub(super) fn token() -> impl Strategy<Value = String> + Clone {
    let leaf = prop_oneof![3 => select(&WORDS[..]), 2 => select(&MARKS[..])].prop_map(str::to_string);
    leaf.prop_recursive(3, 24, 6, |inner| {
        let group = prop_oneof![Just(("(", ")")), Just(("{", "}")), Just(("[", "]"))];
        (group, prop::collection::vec(inner, 0..6))
            .prop_map(|((open, close), tokens)| format!("{open}{}{close}", tokens.join(" ")))
    })
}

fn tokens() -> impl Strategy<Value = String> + Clone {
    prop::collection::vec(token(), 0..8).prop_map(|tokens| tokens.join(" "))
}

/// Options: keys of the table and others, with values of all kinds and none.
fn options(attribute: &'static Attribute) -> BoxedStrategy<String> {
    const VALUES: [&str; 22] = [
        "Sim",
        "Pool::Sim",
        "None",
        "\"sim\"",
        "candidates",
        "self.width",
        "|item| 1",
        "|a, b| 1",
        "0",
        "1",
        "WIDTH",
        "Self::WIDTH",
        "T::N",
        "<T as N>::N",
        "true",
        "crate",
        "::colmena",
        "&'a T",
        "Vec<T>",
        "{ 1 }",
        "(1)",
        "-1",
    ];
    let known =
        attribute.options.iter().flat_map(|option| [option.name].into_iter().chain(option.aliases.iter().copied()));
    let mut keys: Vec<&str> = known.collect();
    keys.extend(["queu", "x", "self", "r#type"]);
    let value = prop_oneof![4 => select(&VALUES[..]).prop_map(str::to_string), 1 => token(), 1 => tokens()];
    let pair = (select(keys), prop_oneof![4 => Just(" = "), 1 => Just(" "), 1 => Just("("), 1 => Just(" = , ")], value);
    let option = pair.prop_map(|(key, mark, value)| match mark {
        "(" => format!("{key}({value})"),
        mark => format!("{key}{mark}{value}"),
    });
    let option = prop_oneof![6 => option.boxed(), 1 => select(vec!["startup", "local", "\"x\"", "3", ","]).prop_map(str::to_string), 1 => token()];
    prop::collection::vec(option, 0..5).prop_map(|options| options.join(", ")).boxed()
}

fn inner() -> impl Strategy<Value = &'static Attribute> {
    select(INNER.to_vec())
}

/// A parameter list.
fn arguments() -> impl Strategy<Value = String> {
    const ARGUMENTS: [&str; 18] = [
        "&self",
        "self",
        "&mut self",
        "self: &Self",
        "agent: &Agent<Self>",
        "agent: &Agent",
        "a: &mut Details",
        "slots: Slots<Pool>",
        "slots: Slots",
        "result: TaskResult<simulate>",
        "result: TaskResult<m<T>>",
        "update: TaskUpdate<simulate>",
        "x: f64",
        "(a, b): (f64, f64)",
        "_: &str",
        "mut y: &[f64]",
        "task: &TaskContext<u8>",
        "#[cfg(a)] z: impl Fn(&T) -> u8",
    ];
    let argument = prop_oneof![9 => select(&ARGUMENTS[..]).prop_map(str::to_string), 1 => tokens()];
    prop::collection::vec(argument, 0..5).prop_map(|arguments| arguments.join(", "))
}

fn output() -> impl Strategy<Value = String> {
    const OUTPUTS: [&str; 9] =
        ["", "", "-> ()", "-> Result<()>", "-> Result", "-> io::Result<f64, E>", "-> &str", "-> !", "-> impl A"];
    prop_oneof![9 => select(&OUTPUTS[..]).prop_map(str::to_string), 1 => tokens()]
}

/// How many cases: a few for each change, many on demand.
pub(super) fn config(cases: u32) -> ProptestConfig {
    let times = std::env::var("COLMENA_FUZZ").ok().and_then(|n| n.parse().ok()).unwrap_or(1);
    ProptestConfig { cases: cases.saturating_mul(times), failure_persistence: None, ..ProptestConfig::default() }
}

fn holds(source: &str) -> Result<(), TestCaseError> {
    check(source).map(drop).map_err(|what| TestCaseError::fail(format!("{what}\nof {source}")))
}

proptest! {
    #![proptest_config(config(1_000))]

    #[test]
    fn anything_as_an_item(attribute in select(vec!["thinker", "method", "derive", "agent", "event_responder"]),
                           options in tokens(), item in tokens()) {
        holds(&format!("#[{attribute}({options})] {item}"))?;
    }

    #[test]
    fn any_options_of_an_agent((attribute, options) in inner().prop_flat_map(|known| (Just(known), options(known))),
                               arguments in arguments(), output in output()) {
        let name = attribute.name;
        holds(&format!("#[thinker(pools = Pool)] impl<T> S<T> {{ #[{name}({options})] fn a(&self, {arguments}) {output} {{}} }}"))?;
        holds(&format!("#[thinker] impl S {{ #[{name} = {options}] fn a({arguments}) {output} {{}} }}"))?;
    }

    #[test]
    fn any_options_of_a_thinker(options in options(&THINKER), header in tokens(), item in tokens()) {
        let agents = "#[agent] fn a(&self) {} #[prepare_agent] fn p(&self) -> Details {}";
        holds(&format!("#[thinker({options})] impl S {{ {agents} }}"))?;
        holds(&format!("#[thinker({options})] impl {header} {{ {agents} {item} }}"))?;
    }

    #[test]
    fn any_method(options in options(&METHOD), arguments in arguments(), output in output(), words in tokens()) {
        holds(&format!("#[method({options})] fn f({arguments}) {output} {{}}"))?;
        holds(&format!("#[method({options})] pub fn f({arguments}) {output};"))?;
        holds(&format!("#[method({options})] {words} fn f({arguments}) {output} {{}}"))?;
    }

    #[test]
    fn any_pools(whole in options(&POOL), one in options(&POOL), words in tokens()) {
        holds(&format!("#[derive(ResourcePool)] #[pool({whole})] enum P {{ A, #[pool({one})] B }}"))?;
        holds(&format!("#[derive(ResourcePool)] enum P {{ A {words}, #[pool({one})] #[pool] B }}"))?;
        holds(&format!("#[derive(ResourcePool)] struct P {{ {words} }}"))?;
    }
}
