//! Whatever the attributes are given, they do not panic.

use proc_macro2::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::quote;

use crate::attribute::{method, resource_pool, thinker};
use crate::table::INNER;

/// A stream of tokens that looks a little like Rust, from a seed.
struct Noise(u64);

impl Noise {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % below
    }

    fn stream(&mut self, depth: usize) -> TokenStream {
        let length = self.next(9);
        (0..length).map(|_| self.token(depth)).collect()
    }

    fn token(&mut self, depth: usize) -> TokenTree {
        const WORDS: [&str; 28] = [
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
            "agent",
            "task_submitter",
            "result_processor",
            "event_responder",
            "prepare_agent",
            "queue",
            "topic",
            "event",
            "n_slots",
            "TaskResult",
            "Slots",
            "Agent",
            "Result",
            "x",
            "crate",
        ];
        const MARKS: [char; 12] = ['=', ',', ':', ';', '&', '<', '>', '|', '#', '-', '!', '.'];
        match self.next(if depth == 0 { 3 } else { 4 }) {
            0 => Ident::new(WORDS[self.next(WORDS.len())], Span::call_site()).into(),
            1 => Punct::new(
                MARKS[self.next(MARKS.len())],
                if self.next(3) == 0 { Spacing::Joint } else { Spacing::Alone },
            )
            .into(),
            2 => match self.next(4) {
                0 => Literal::string("sim").into(),
                1 => Literal::f64_unsuffixed(1.5).into(),
                _ => Literal::usize_unsuffixed(self.next(3)).into(),
            },
            _ => {
                let delimiters = [Delimiter::Parenthesis, Delimiter::Brace, Delimiter::Bracket, Delimiter::None];
                Group::new(delimiters[self.next(4)], self.stream(depth - 1)).into()
            }
        }
    }
}

#[test]
fn noise_never_panics() {
    let mut noise = Noise(7);
    for _ in 0..3_000 {
        let (options, inner, item) = (noise.stream(2), noise.stream(2), noise.stream(3));
        let (arguments, output) = (noise.stream(2), noise.stream(1));
        thinker(options.clone(), item.clone());
        method(options.clone(), item.clone());
        resource_pool(item.clone());
        let role = Ident::new(INNER[noise.next(INNER.len())].name, Span::call_site());
        thinker(options.clone(), quote!(impl S { #[#role(#inner)] fn a(&self, #arguments) #output {} #item }));
        thinker(quote!(), quote!(impl S { #[#role(#inner)] fn a(&self, x: TaskResult<m>, y: #arguments) {} }));
        method(inner, quote!(fn f(#arguments) #output {}));
        resource_pool(quote!(enum P { A #arguments, #[pool(#options)] B }));
    }
}
