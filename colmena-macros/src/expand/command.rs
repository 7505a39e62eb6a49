//! `#[method(command = "..")]`: how the program is called, and how its output is read.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{LitStr, Type};

use super::{at, binding, last_span};
use crate::model::command::{Command, Piece, Word};
use crate::model::method::Method;

// impl ExecutableMethod for score where .. {
//     fn preprocess(&self, _: &RunDir) -> Result<Invocation, BoxError> {
//         let shown_x = &self.x;
//         Ok(Invocation::new().arg("score.py").arg(format!("--x={}", shown_x)))
//     }
//     fn postprocess(&self, dir: &RunDir) -> Result<f64, BoxError> { command::value::<f64>(dir) }
// }
// impl CommandMethod for score where .. { const PROGRAM: &str = "python"; }
pub(super) fn expand(command: &Command, method: &Method, value: Option<&Type>, clause: &TokenStream) -> TokenStream {
    let core = &method.runtime.core;
    let arguments = command.words.iter().skip(1).map(|word| argument(word, command));
    let fields = method.parameters.iter().filter_map(|parameter| parameter.ident.as_ref());
    let fields = fields.filter(|field| command.fields().any(|name| name == unraw(field))).map(|field| {
        let binding = shown(&unraw(field), command.literal.span());
        quote!(let #binding = &self.#field;)
    });
    let read = match value {
        None => quote!({
            let _ = dir;
            ::core::result::Result::Ok(())
        }),
        Some(ty) => {
            let span = last_span(ty);
            let core = at(span, core);
            let dir = quote!(dir);
            quote_spanned!(span=> #core::command::value::<#ty>(#dir))
        }
    };
    let call = quote!(#(#fields)* ::core::result::Result::Ok(#core::Invocation::new()#(.arg(#arguments))*));
    implement(command, method, value, clause, &call, &read)
}

/// What is left of a command in which a mistake was found.
pub(super) fn stand_in(command: &Command, method: &Method, value: Option<&Type>, clause: &TokenStream) -> TokenStream {
    let unreachable = quote!({
        let _ = dir;
        ::core::unreachable!()
    });
    implement(command, method, value, clause, &quote!(::core::unreachable!()), &unreachable)
}

fn implement(
    command: &Command,
    method: &Method,
    value: Option<&Type>,
    clause: &TokenStream,
    call: &TokenStream,
    read: &TokenStream,
) -> TokenStream {
    let (core, ident) = (&method.runtime.core, super::method::struct_ident(method));
    let program = command.program().unwrap_or_default();
    let output = value.map_or_else(|| quote!(()), ToTokens::to_token_stream);
    quote! {
        #[automatically_derived]
        impl #core::ExecutableMethod for #ident #clause {
            fn preprocess(&self, _: &#core::RunDir) -> ::core::result::Result<#core::Invocation, #core::BoxError> {
                #call
            }
            fn postprocess(&self, dir: &#core::RunDir) -> ::core::result::Result<#output, #core::BoxError> {
                #read
            }
        }
        #[automatically_derived]
        impl #core::CommandMethod for #ident #clause {
            const PROGRAM: &'static ::core::primitive::str = #program;
        }
    }
}

// "score.py", or format!("--x={:.3}", shown_x)
// with the span of the command.
fn argument(word: &Word, command: &Command) -> TokenStream {
    let span = command.literal.span();
    let (mut format, mut plain, mut fields) = (String::new(), String::new(), Vec::new());
    for piece in word {
        match piece {
            Piece::Text(text) => {
                plain += text;
                format += &text.replace('{', "{{").replace('}', "}}");
            }
            Piece::Field { name, format: how } => {
                let how = if how.is_empty() { String::new() } else { format!(":{how}") };
                format += &format!("{{{how}}}");
                fields.push(shown(name, span));
            }
        }
    }
    match fields.is_empty() {
        true => LitStr::new(&plain, span).to_token_stream(),
        false => {
            let format = LitStr::new(&format, span);
            quote_spanned!(span=> ::std::format!(#format, #(#fields),*))
        }
    }
}

/// The binding of a parameter, under a name that no keyword has.
fn shown(name: &str, span: Span) -> Ident {
    binding(&format!("shown_{name}"), span)
}

/// What a parameter is called in the command: `type` for `r#type`.
fn unraw(ident: &Ident) -> String {
    ident.to_string().trim_start_matches("r#").to_owned()
}
