//! What editors need: a name of the user's stands in the expansion with the span of where the user wrote it. So go to
//! definition, completion, renaming and highlighting work on what attributes name.

use std::collections::BTreeSet;
use std::ops::Range;

use proc_macro2::{Ident, TokenStream, TokenTree};

use super::assert_errors;
use super::expanded::expansion;

/// A program with attributes, and its expansion.
struct Program {
    source: &'static str,
    /// The identifiers of the expansion.
    idents: Vec<Ident>,
}

impl Program {
    /// Expands every item of the source.
    fn new(source: &'static str) -> Self {
        let file: syn::File = syn::parse_str(source).expect("a program");
        let expanded = file.items.into_iter().map(|item| expansion(item).expect("an item with an attribute of ours"));
        let expanded: TokenStream = expanded.collect();
        assert_errors(&expanded, &[]);
        let mut idents = Vec::new();
        collect(expanded, &mut idents);
        Self { source, idents }
    }

    /// Where `word` stands in the only place that reads `place`.
    #[track_caller]
    fn position(&self, place: &str, word: &str) -> Range<usize> {
        assert_eq!(self.source.matches(place).count(), 1, "`{place}` is one place of the source");
        let start = self.source.find(place).expect("it is there") + place.find(word).expect("the place has the word");
        start..start + word.len()
    }

    /// Asserts that the expansion refers to the word at that place, by the word with its span.
    #[track_caller]
    fn assert_refers_to(&self, place: &str, word: &str) {
        let position = self.position(place, word);
        let found = self.idents.iter().filter(|ident| **ident == word && ident.span().byte_range() == position).count();
        assert!(found > 0, "`{word}` of `{place}` at {position:?} is not in the expansion");
    }

    /// How many identifiers of the expansion have the span of that word, whatever they are.
    fn at(&self, position: &Range<usize>) -> Vec<String> {
        self.idents.iter().filter(|ident| ident.span().byte_range() == *position).map(Ident::to_string).collect()
    }
}

fn collect(tokens: TokenStream, idents: &mut Vec<Ident>) {
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => idents.push(ident),
            TokenTree::Group(group) => collect(group.stream(), idents),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

const STEERING: &str = r#"
#[thinker(pools = Pool, local = Details)]
impl Steering {
    #[prepare_agent]
    fn prepare(&self) -> Details {}
    #[tear_down_agent]
    fn finish(&self, details: &mut Details) {}
    #[agent(startup)]
    fn seed(&self, agent: &Agent<Self>) {}
    #[task_submitter(task_type = Sim, n_slots = self.width, queue = candidates)]
    fn submit(&self, slots: Slots<Pool>, job: Job) {}
    #[task_submitter(task_type = Pool::Gpu, n_slots = |work| work.size(), queue = waiting)]
    fn by_item(&self, slots: Slots<Pool>, work: Work) {}
    #[task_submitter(n_slots = WIDTH)]
    fn plain(&self, slots: Slots<Pool>) {}
    #[result_processor(topic = "simulation", threads = self.readers)]
    fn store(&self, result: TaskResult<simulate>) {}
    #[result_processor]
    fn follow(&self, update: TaskUpdate<search>, local: &mut Details) {}
    #[event_responder(event = retrain, reallocate_resources, gather_from = Idle, gather_to = Learn,
                      disperse_to = Last, max_slots = self.most, slot_step = STEP)]
    fn train(&self, agent: &Agent<Self>) {}
}
"#;

#[test]
fn what_options_name_is_referred_to_where_it_stands() {
    let program = Program::new(STEERING);
    for (place, word) in [
        ("pools = Pool", "Pool"),
        ("local = Details", "Details"),
        ("task_type = Sim", "Sim"),
        ("n_slots = self.width", "width"),
        ("queue = candidates", "candidates"),
        ("task_type = Pool::Gpu", "Pool"),
        ("task_type = Pool::Gpu", "Gpu"),
        ("|work| work.size()", "work"),
        ("work.size()", "size"),
        ("queue = waiting", "waiting"),
        ("n_slots = WIDTH", "WIDTH"),
        ("threads = self.readers", "readers"),
        ("event = retrain", "retrain"),
        ("gather_from = Idle", "Idle"),
        ("gather_to = Learn", "Learn"),
        ("disperse_to = Last", "Last"),
        ("max_slots = self.most", "most"),
        ("slot_step = STEP", "STEP"),
    ] {
        program.assert_refers_to(place, word);
    }
}

#[test]
fn methods_and_their_types_are_referred_to_where_they_stand() {
    let program = Program::new(STEERING);
    for (place, word) in [
        ("impl Steering", "Steering"),
        ("TaskResult<simulate>", "simulate"),
        ("TaskUpdate<search>", "search"),
        ("job: Job", "Job"),
        ("work: Work", "Work"),
        ("fn submit", "submit"),
        ("fn by_item", "by_item"),
        ("fn plain", "plain"),
        ("fn store", "store"),
        ("fn follow", "follow"),
        ("fn train", "train"),
        ("fn seed", "seed"),
        ("fn prepare", "prepare"),
        ("fn finish", "finish"),
        ("-> Details", "Details"),
    ] {
        program.assert_refers_to(place, word);
        let called = program.at(&program.position(place, word));
        assert!(called.iter().filter(|ident| *ident == word).count() > 1, "{word} is declared and referred to");
    }
}

const METHODS: &str = r#"
#[method(topic = "simulation")]
pub(crate) fn simulate(start: f64, names: &[Name], mut r#type: u32, task: &TaskContext<Step>) -> Result<Answer, Failed> {}
#[method]
fn dock(ligand: &Ligand) -> Pose {}
#[derive(ResourcePool)]
enum Pool { Sim, #[pool(name = "learning")] Ml }
"#;

/// The function's parameter, the field of the task, and its use are one name: renaming one renames all.
#[test]
fn a_parameter_is_the_field_of_its_task() {
    let program = Program::new(METHODS);
    for (place, word) in
        [("start: f64", "start"), ("names: &", "names"), ("r#type: u32", "r#type"), ("ligand: &", "ligand")]
    {
        let found = program.at(&program.position(place, word));
        assert_eq!(found, [word; 3], "a parameter, a field, and what is passed");
    }
    for (place, word) in [("fn simulate", "simulate"), ("fn dock", "dock")] {
        let found = program.at(&program.position(place, word));
        assert_eq!(found.iter().filter(|ident| *ident == word).count(), found.len(), "{found:?}");
        assert!(found.len() > 4, "the function, the struct, its implementations, the call: {found:?}");
    }
}

#[test]
fn types_of_methods_and_pools_are_referred_to_where_they_stand() {
    let program = Program::new(METHODS);
    for (place, word) in [
        ("&[Name]", "Name"),
        ("TaskContext<Step>", "Step"),
        ("Result<Answer, Failed>", "Answer"),
        ("Failed>", "Failed"),
        ("&Ligand", "Ligand"),
        ("-> Pose", "Pose"),
        ("enum Pool", "Pool"),
        ("{ Sim,", "Sim"),
        ("] Ml }", "Ml"),
    ] {
        program.assert_refers_to(place, word);
        assert!(program.at(&program.position(place, word)).len() > 1, "{word} is declared and referred to");
    }
}

/// A name of the user's that stands somewhere else than it was written would be found twice, or not at all.
#[test]
fn no_name_of_the_users_is_moved() {
    for source in [STEERING, METHODS] {
        let program = Program::new(source);
        let users: BTreeSet<&str> = [
            "Pool",
            "Details",
            "Sim",
            "width",
            "candidates",
            "Gpu",
            "work",
            "size",
            "waiting",
            "WIDTH",
            "simulate",
            "readers",
            "search",
            "retrain",
            "Idle",
            "Learn",
            "Last",
            "most",
            "STEP",
            "Steering",
            "submit",
            "by_item",
            "store",
            "follow",
            "train",
            "seed",
            "prepare",
            "finish",
            "Job",
            "Work",
            "start",
            "names",
            "r#type",
            "dock",
            "ligand",
            "Ligand",
            "Pose",
            "Name",
            "Step",
            "Answer",
            "Failed",
            "Ml",
        ]
        .into();
        let moved = program.idents.iter().filter(|ident| {
            let there = source.get(ident.span().byte_range());
            users.contains(&*ident.to_string()) && there != Some(&*ident.to_string())
        });
        let moved: Vec<String> =
            moved.map(|ident| format!("{ident} at {:?}", source.get(ident.span().byte_range()))).collect();
        assert_eq!(moved, [""; 0]);
    }
}
