//! What is kept under a name, views and wordings alike: its name, and how a form about it ends.

use super::list::done;
use kernel::{Error, Result};
use std::future::Future;
use web::{FormState, PageResult, Values};

/// A name of at most `most` characters that can be shown on a tab or a card.
///
/// Errors: a fault beside `field`.
pub(super) fn name(field: &str, given: &str, most: usize) -> Result<String> {
    let name: String = given.chars().filter(|c| !c.is_control()).collect();
    let name = name.trim();
    if name.is_empty() || name.chars().count() > most {
        return Err(Error::field(
            field,
            format!("请写 1 到 {most} 个字的名称。"),
            format!("Please give a name of 1 to {most} characters."),
        ));
    }
    Ok(name.to_owned())
}

/// Back to `to` with a word, or the form again with what was entered and the fault beside its field.
pub(super) async fn end<F: Future<Output = PageResult>>(
    outcome: Result<()>,
    (to, said): (&str, &str),
    values: Values,
    again: impl FnOnce(FormState) -> F,
) -> PageResult {
    match outcome {
        Ok(()) => Ok(done(to, said)),
        Err(e) => again(FormState::refused(values, e)?).await,
    }
}
