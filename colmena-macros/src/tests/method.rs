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
