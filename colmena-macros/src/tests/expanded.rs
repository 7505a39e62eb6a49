//! Expansions that a person would have written: those of whole programs, held by files beside them.
//!
//! Only our attributes are expanded; `serde`'s and the standard ones are left as they are emitted. After a change that is
//! meant, write the files anew with `COLMENA_EXPANDED=write cargo test -p colmena-macros --lib expanded`, and read them.

use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Attribute, Item, Meta};

use super::assert_errors;
use crate::attribute::{method, resource_pool, thinker};

/// A file of the repository, by its path from the top.
fn path(from_top: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(from_top)
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()))
}

/// Takes the attribute of that name off an item, and returns its options.
fn taken(attributes: &mut Vec<Attribute>, name: &str) -> Option<TokenStream> {
    let at = attributes.iter().position(|attribute| attribute.path().is_ident(name))?;
    Some(match attributes.remove(at).meta {
        Meta::List(list) => list.tokens,
        _ => TokenStream::new(),
    })
}

/// What an item expands to; none if it has no attribute of ours.
pub(super) fn expansion(item: Item) -> Option<TokenStream> {
    match item {
        Item::Fn(mut item) => Some(method(taken(&mut item.attrs, "method")?, item.into_token_stream())),
        Item::Impl(mut item) => Some(thinker(taken(&mut item.attrs, "thinker")?, item.into_token_stream())),
        Item::Enum(mut item) => {
            let derived = taken(&mut item.attrs, "derive").filter(|of| of.to_string() == "ResourcePool")?;
            drop(derived);
            let implementation = resource_pool(item.to_token_stream());
            item.attrs.retain(|attribute| !attribute.path().is_ident("pool"));
            Some([item.into_token_stream(), implementation].into_iter().collect())
        }
        _ => None,
    }
}

/// The expansion of a program: with all of its items, or only with those that have attributes of ours.
fn expanded(program: &str, whole: bool) -> String {
    let mut file = syn::parse_file(program).expect("a program");
    let mut items = Vec::new();
    for item in file.items {
        let kept = whole.then(|| item.clone());
        let Some(tokens) = expansion(item) else {
            items.extend(kept);
            continue;
        };
        assert_errors(&tokens, &[]);
        items.extend(syn::parse2::<syn::File>(tokens).expect("valid code").items);
    }
    file.items = items;
    if !whole {
        file.attrs.clear();
    }
    prettyplease::unparse(&file)
}

/// Asserts that the file has that text, or writes it.
#[track_caller]
fn assert_held(file: &str, text: &str) {
    let path = path(file);
    if std::env::var("COLMENA_EXPANDED").is_ok_and(|what| what == "write") {
        return fs::write(&path, text).expect("the file can be written");
    }
    let held = fs::read_to_string(&path).unwrap_or_default();
    let differ = text.lines().zip(held.lines()).position(|(now, held)| now != held);
    let at = differ.unwrap_or_else(|| text.lines().count().min(held.lines().count()));
    let line = |text: &str| text.lines().nth(at).unwrap_or("(nothing)").to_string();
    assert!(
        text == held,
        "line {} of {file} should be\n{}\nand is\n{}\nif that is meant, write it anew with COLMENA_EXPANDED=write",
        at + 1,
        line(text),
        line(&held),
    );
}

#[test]
fn the_quickstart() {
    let expanded = expanded(&read(&path("examples/quickstart.rs")), false);
    let header = "//! What the attributes of `examples/quickstart.rs` expand to; `tests/expanded.rs` holds it.\n\n";
    assert_held("colmena-macros/src/tests/generated/quickstart.rs", &(header.to_string() + &expanded));
}

/// A thinker of 50 agents of all kinds, and the same as plain code: `scripts/bench.sh --macros` compares how long they
/// take to check.
#[test]
fn fifty_agents() {
    let agents = fifty();
    assert_held("benches/macros/generated/attributes.rs", &agents);
    let plain = expanded(&agents, true).replacen("with attributes", "as plain code", 1);
    assert_held("benches/macros/generated/plain.rs", &plain);
}

/// 20 submitters, half of them with a queue; 20 processors; 7 responders; 3 plain agents.
fn fifty() -> String {
    let (mut methods, mut fields, mut agents) = (String::new(), String::new(), String::new());
    for n in 0..20 {
        methods += &format!(
            "\n#[method(topic = \"kind_{n}\")]\nfn compute_{n}(x: f64, weights: &[f64]) -> Result<f64> {{\n    \
             Ok(x * weights.iter().sum::<f64>())\n}}\n"
        );
        let (options, taken, x) = match n % 2 {
            0 => (format!("n_slots = self.width, queue = queue_{n}"), ", x: f64", "x"),
            _ => ("n_slots = 2".to_string(), "", "0.5"),
        };
        if n % 2 == 0 {
            fields += &format!("    queue_{n}: WorkQueue<f64>,\n");
        }
        agents += &format!(
            "\n    #[task_submitter(task_type = Sim, {options})]\n    \
             fn submit_{n}(&self, agent: &Agent<Self>, slots: Slots<Pool>{taken}) -> Result<()> {{\n        \
             agent.submit(compute_{n} {{ x: {x}, weights: vec![1.0] }}.holding(slots))?;\n        Ok(())\n    }}\n\
             \n    #[result_processor(topic = \"kind_{n}\")]\n    \
             fn store_{n}(&self, result: TaskResult<compute_{n}>) -> Result<()> {{\n        \
             self.values.lock().push(result.into_value()?);\n        Ok(())\n    }}\n"
        );
    }
    for n in 0..7 {
        fields += &format!("    event_{n}: Event,\n");
        agents += &format!(
            "\n    #[event_responder(event = event_{n}, reallocate_resources, gather_from = Sim, gather_to = Ml, \
             max_slots = 2)]\n    fn respond_{n}(&self, agent: &Agent<Self>) {{\n        \
             agent.done().set();\n    }}\n"
        );
    }
    for n in 0..3 {
        agents += &format!(
            "\n    #[agent(startup)]\n    fn plan_{n}(&self, agent: &Agent<Self>) {{\n        \
             note(agent.name());\n    }}\n"
        );
    }
    format!(
        "//! A thinker of 50 agents, with attributes. Written by a test of colmena-macros, `tests/expanded.rs`.\n\
         #![allow(dead_code, non_camel_case_types, unused)]\n\nuse colmena::prelude::*;\n{methods}\n\
         #[derive(ResourcePool)]\nenum Pool {{\n    Sim,\n    Ml,\n}}\n\nstruct Steering {{\n    \
         width: usize,\n    values: Mutex<Vec<f64>>,\n{fields}}}\n\nfn note(_: &str) {{}}\n\n\
         #[thinker(pools = Pool)]\nimpl Steering {{{agents}}}\n"
    )
}
