//! `#[method]` and `#[derive(ResourcePool)]`.

use quote::quote;

use super::{assert_errors, errors};
use crate::attribute::{method, resource_pool};

#[test]
fn a_method_becomes_a_struct_beside_its_function() {
    let item = quote! {
        /// Docs.
        pub fn score(#[doc = "Names."] names: &[String], mut depth: u32, task: &TaskContext<f64>) -> Result<f64> { 1.0 }
    };
    let tokens = method(quote!(topic = "scores", kwargs), item);
    assert_errors(&tokens, &[]);
    let text = tokens.to_string();
    for part in [
        "pub fn score (names : & [String] , mut depth : u32 , task : & TaskContext < f64 >) -> Result < f64 > { 1.0 }",
        "pub names : :: std :: vec :: Vec < String >",
        "# [doc = \"Names.\"]",
        "pub depth : u32",
        "= & [\"names\" , \"depth\"]",
        "const TOPIC : & 'static :: core :: primitive :: str = \"scores\"",
        "type Value = f64 ; type Emission = f64",
        "score (& self . names , :: colmena :: __private :: check :: cloned :: < u32 > (& self . depth) , __colmena_context)",
    ] {
        assert!(text.contains(part), "no `{part}` in {text}");
    }
}

#[test]
fn a_method_without_a_body_has_no_function() {
    let tokens = method(
        quote!(),
        quote!(
            fn far(x: f64) -> f64;
        ),
    );
    assert_errors(&tokens, &[]);
    assert!(!tokens.to_string().contains("fn far") && !tokens.to_string().contains("core :: Body"), "{tokens}");
}

#[test]
fn a_command_says_how_a_program_is_called() {
    let item = quote!(
        fn score(x: f64, r#type: &str) -> f64;
    );
    let tokens = method(quote!(command = "python 'a b' --x={x:.3}/{type} {{}}"), item);
    assert_errors(&tokens, &[]);
    let text = tokens.to_string();
    for part in [
        r#"const PROGRAM : & 'static :: core :: primitive :: str = "python""#,
        r#"new () . arg ("a b") . arg (:: std :: format ! ("--x={:.3}/{}" , shown_x , shown_type)) . arg ("{}")"#,
        "let shown_type = & self . r#type ;",
        ":: command :: value :: < f64 > (dir)",
    ] {
        assert!(text.contains(part), "no `{part}` in {text}");
    }
}

#[test]
fn every_mistake_in_a_command_is_found() {
    let wrong = |command: &str, texts: &[&str]| {
        let item = quote!(
            fn score(x: f64, weight: f64) -> f64;
        );
        assert_errors(&method(quote!(command = #command), item), texts);
    };
    wrong(
        "a {x} {weigth} {charge}",
        &[
            "`score` has no parameter `weigth`; did you mean `{weight}`?\n= help: its parameters are `x` and `weight`",
            "`score` has no parameter `charge`\n= help",
        ],
    );
    wrong("a {}", &["`score` has no parameter ``"]);
    wrong("a {x", &["the field `{x` of the command is not closed"]);
    wrong("a x}", &["there is a `}` without a `{` in the command"]);
    wrong("a 'x", &["a `'` of the command is not closed"]);
    wrong(" ", &["the command names no program"]);
    wrong("{x} a", &["the program is looked for at launch: its name has no fields"]);
    let item = quote!(
        fn score(x: f64, task: &TaskContext) -> f64 {}
    );
    let texts = ["a method that is a command has no body", "a command does not see the context of its task"];
    assert_errors(&method(quote!(command = "a {x}"), item), &texts);
}

#[test]
fn every_mistake_in_a_method_is_found() {
    let item = quote!(
        async unsafe fn f<T>((a, b): (f64, f64), c: &mut T, d: Option<&str>, e: impl Fn()) -> &str {}
    );
    let tokens = method(quote!(local = 3), item);
    assert_eq!(errors(&tokens).len(), 9, "{:#?}", errors(&tokens));
    let text = tokens.to_string();
    assert!(text.contains("-> & str { }"), "the function is left: {text}");
    assert!(
        text.contains("struct f { } ") && text.contains("unreachable !"),
        "its uses are not refused as well: {text}"
    );
}

#[test]
fn pools_are_named() {
    let tokens = resource_pool(quote!(
        enum Pool {
            Sim,
            #[pool(name = "learning")]
            Ml,
        }
    ));
    assert_errors(&tokens, &[]);
    assert!(tokens.to_string().contains(r#"& ["sim" , "learning"]"#), "{tokens}");
    let wrong = resource_pool(quote!(
        enum Pool {
            Sim(u32),
            #[pool(name = "sim")]
            Ml,
            #[pool(nam = "x")]
            X,
        }
    ));
    assert_eq!(errors(&wrong).len(), 3, "{:#?}", errors(&wrong));
}
