//! What holds for `command = ".."`: R1 for what is in the string, R13 for the method.

use syn::{FnArg, Signature};

use crate::diag::{Diagnostics, listed, nearest};
use crate::model::command::Command;
use crate::model::method::Method;

/// Checks all rules.
pub(crate) fn check(command: &Command, method: &Method, signature: &Signature, diag: &mut Diagnostics) {
    if method.has_body {
        diag.error(&command.key, "a method that is a command has no body")
            .help("end it with `;`, or remove the option and start the program in the body");
    }
    if let (Some(_), Some(FnArg::Typed(last))) = (&method.context, signature.inputs.last()) {
        diag.error(&last.ty, "a command does not see the context of its task").help("remove the parameter");
    }
    if let Some((message, cure)) = &command.broken {
        diag.error(&command.literal, message).help(cure);
        return;
    }
    check_program(command, diag);
    check_fields(command, method, diag);
}

/// The program is known without a task.
fn check_program(command: &Command, diag: &mut Diagnostics) {
    match (command.words.is_empty(), command.program()) {
        (true, _) => {
            diag.error(&command.literal, "the command names no program")
                .help("write `command = \"python score.py {x}\"`");
        }
        (false, None | Some("")) => {
            diag.error(&command.literal, "the program is looked for at launch: its name has no fields")
                .help("let a task choose by an argument, or make a method for each program");
        }
        (false, Some(_)) => {}
    }
}

/// Each field is a parameter.
fn check_fields(command: &Command, method: &Method, diag: &mut Diagnostics) {
    let known = method.parameter_names();
    let known = || known.iter().map(String::as_str);
    for name in command.fields().filter(|name| !known().any(|known| known == *name)) {
        let message = format!("`{}` has no parameter `{name}`", method.rust_name());
        let error = match nearest(name, known()) {
            Some(meant) => diag.error(&command.literal, format!("{message}; did you mean `{{{meant}}}`?")),
            None => diag.error(&command.literal, message),
        };
        match known().next() {
            Some(_) => error.help(format!("its parameters are {}", listed(known()))),
            None => error.help("it has no parameters; a brace itself is written `{{`"),
        };
    }
}
