//! Valid inputs with a few mistakes: words dropped, doubled, swapped, replaced, put in or wrapped, anywhere.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::noise::{config, token};
use super::sound::{Outcome, check};

/// One mistake, at the token that the index picks of all.
#[derive(Clone, Debug)]
enum Mistake {
    Drop(Index),
    Double(Index),
    /// With the next one in its group.
    Swap(Index),
    /// With another token of the input.
    Replace(Index, Index),
    /// With something else.
    Become(Index, String),
    Insert(Index, String),
    Wrap(Index, Delimiter),
    /// A group becomes what is in it.
    Unwrap(Index),
}

impl Mistake {
    fn place(&self) -> Index {
        match self {
            Mistake::Drop(at) | Mistake::Double(at) | Mistake::Swap(at) | Mistake::Unwrap(at) => *at,
            Mistake::Replace(at, _) | Mistake::Become(at, _) | Mistake::Insert(at, _) | Mistake::Wrap(at, _) => *at,
        }
    }

    /// Makes the mistake at the token `at` of `tokens`.
    fn make(&self, tokens: &mut Vec<TokenTree>, at: usize, all: &[TokenTree]) {
        let read = |text: &str| text.parse::<TokenStream>().unwrap_or_default();
        match self {
            Mistake::Drop(_) => drop(tokens.remove(at)),
            Mistake::Double(_) => tokens.insert(at, tokens[at].clone()),
            Mistake::Swap(_) if at + 1 < tokens.len() => tokens.swap(at, at + 1),
            Mistake::Swap(_) => {}
            Mistake::Replace(_, by) => tokens[at] = by.get(all).clone(),
            Mistake::Become(_, by) => drop(tokens.splice(at..=at, read(by))),
            Mistake::Insert(_, more) => drop(tokens.splice(at..at, read(more))),
            Mistake::Wrap(_, delimiter) => {
                let inner = [tokens[at].clone()].into_iter().collect();
                tokens[at] = Group::new(*delimiter, inner).into();
            }
            Mistake::Unwrap(_) => {
                if let TokenTree::Group(group) = tokens[at].clone() {
                    tokens.splice(at..=at, group.stream());
                }
            }
        }
    }
}

fn mistake() -> impl Strategy<Value = Mistake> {
    let at = any::<Index>;
    prop_oneof![
        at().prop_map(Mistake::Drop),
        at().prop_map(Mistake::Double),
        at().prop_map(Mistake::Swap),
        (at(), at()).prop_map(|(at, by)| Mistake::Replace(at, by)),
        (at(), token()).prop_map(|(at, by)| Mistake::Become(at, by)),
        (at(), token()).prop_map(|(at, more)| Mistake::Insert(at, more)),
        (at(), select(vec![Delimiter::Parenthesis, Delimiter::Brace, Delimiter::Bracket]))
            .prop_map(|(at, delimiter)| Mistake::Wrap(at, delimiter)),
        at().prop_map(Mistake::Unwrap),
    ]
}

/// All tokens, those in groups after their groups.
fn flat(tokens: TokenStream, all: &mut Vec<TokenTree>) {
    for token in tokens {
        all.push(token.clone());
        if let TokenTree::Group(group) = token {
            flat(group.stream(), all);
        }
    }
}

/// The tokens with the mistake made at the token that is `left` tokens further on.
fn changed(tokens: TokenStream, left: &mut usize, mistake: &Mistake, all: &[TokenTree]) -> TokenStream {
    let mut changed_here = None;
    let mut list: Vec<TokenTree> = Vec::new();
    for (i, token) in tokens.into_iter().enumerate() {
        let here = std::mem::replace(left, left.wrapping_sub(1)) == 0;
        list.push(match token {
            TokenTree::Group(group) if !here => {
                let inner = changed(group.stream(), left, mistake, all);
                Group::new(group.delimiter(), inner).into()
            }
            other => other,
        });
        if here {
            changed_here = Some(i);
            // No token is that far away.
            *left = usize::MAX / 2;
        }
    }
    if let Some(at) = changed_here {
        mistake.make(&mut list, at, all);
    }
    list.into_iter().collect()
}

fn with_mistakes(source: &str, mistakes: &[Mistake]) -> String {
    let mut tokens: TokenStream = source.parse().expect("tokens");
    for mistake in mistakes {
        let mut all = Vec::new();
        flat(tokens.clone(), &mut all);
        if all.is_empty() {
            break;
        }
        tokens = changed(tokens, &mut mistake.place().index(all.len()), mistake, &all);
    }
    tokens.to_string()
}

const INPUTS: [&str; 12] = [
    "#[thinker(pools = Pool, local = Details, crate = ::colmena)] impl S { #[agent(startup)] fn a(&self) {} }",
    "#[thinker(pools = Pool)] impl S { #[task_submitter(task_type = Sim, n_slots = 2, queue = candidates)] \
     fn a(&self, agent: &Agent<Self>, slots: Slots<Pool>, x: f64) -> Result<()> {} }",
    "#[thinker(pools = Pool)] impl<T: Job> S<T> where T: Send { #[task_submitter(task_type = Pool::Sim, \
     n_slots = |item: &T| item.size(), queue = 0)] fn a(&self, slots: Slots<Pool>, x: T) {} }",
    "#[thinker(pools = Pool)] impl S { #[task_submitter(task_type = \"sim\", n_slots = Self::WIDTH)] \
     fn a(&self, slots: Slots<Pool>) {} #[cfg(a)] #[task_submitter(n_slots = self.width)] fn b(&self, s: Slots<Pool>) {} }",
    "#[thinker(local = Details)] impl S { #[result_processor(topic = \"simulation\", threads = 3)] \
     fn a(&self, agent: &Agent<Self>, local: &mut Details, result: TaskResult<simulate>, slots: Slots) {} \
     #[result_processor] fn b(&self, update: TaskUpdate<m::search>) -> Result<(), E> {} }",
    "#[thinker(pools = Pool)] impl S { #[event_responder(event = retrain, reallocate_resources, gather_from = Sim, \
     gather_to = Ml, disperse_to = None, max_slots = self.most, slot_step = STEP)] fn a(&self) -> io::Result<()> {} }",
    "#[thinker(local = Details)] impl S { #[agent] fn a(&self, d: &mut Details) {} #[prepare_agent] \
     fn p(&self, agent: &Agent<Self>) -> Result<Details> {} #[cfg(a)] #[tear_down_agent] fn t(&self, d: &mut Details) {} }",
    "#[method(topic = \"simulation\", name = \"run\", kwargs, local)] pub(crate) fn f(x: f64, mut y: &[T], task: &TaskContext<Y>) -> Result<V, E> { x }",
    "#[method] fn f(#[doc = \"X.\"] x: (f64, String), y: Option<Vec<u8>>, z: &Path) -> [f64; 3];",
    "#[method(crate = my::colmena)] fn f() {}",
    "#[derive(ResourcePool)] #[pool(crate = ::colmena)] pub enum Pool { Sim, #[pool(name = \"learning\")] Ml }",
    "#[agent] fn a(&self) {}",
];

/// What fuzzing has found.
#[test]
fn what_went_wrong_once_is_right() {
    for source in [
        "#[thinker] impl S { #[task_submitter(n_slots = match self.big { true => 2, _ => 1 } + 1)] fn a(&self, s: Slots) {} }",
        "#[thinker] impl S { #[task_submitter(n_slots = crate.most)] fn a(&self, s: Slots) {} }",
        "#[thinker(local = L)] impl S { #[agent] fn a(&self) {} #[prepare_agent] fn p(&self) -> Result<L> + {} }",
        "#[thinker] impl S { #[task_submitter(queue = Self)] fn a(&self, s: Slots, x: f64) {} }",
        "#[thinker(pools = P)] impl S { #[task_submitter(task_type = crate)] fn a(&self, s: Slots) {} }",
        "#[thinker] impl S { #[agent] fn a(&self) where {} }",
        "#[method] fn f() where {}",
        "#[thinker(pools = for)] impl S { #[agent] fn a(&self) {} }",
        "#[thinker] impl S { #[agent(startup = const)] fn a(&self) {} }",
        "#[method(topic = )] fn f() {}",
    ] {
        assert!(check(source).is_ok(), "{:?}", check(source));
    }
}

#[test]
fn the_inputs_are_valid() {
    for input in INPUTS {
        let outcome = if input.starts_with("#[agent") { Outcome::Refused } else { Outcome::Expanded };
        assert_eq!(check(input), Ok(outcome), "{input}");
    }
}

proptest! {
    #![proptest_config(config(4_000))]

    #[test]
    fn mistakes_are_refused_where_they_are(input in select(&INPUTS[..]), mistakes in prop::collection::vec(mistake(), 1..5)) {
        let source = with_mistakes(input, &mistakes);
        if let Err(what) = check(&source) {
            return Err(TestCaseError::fail(format!("{what}\nof {source}")));
        }
    }
}
