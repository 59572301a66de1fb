//! One column: what it is to be used for.

use super::{Of, file, find, looked, page, path};
use crate::imports::{Import, fields};
use access::{SharedSite, Staff};
use axum::extract::{Path, State as Held};
use axum::response::{IntoResponse, Redirect};
use kernel::Error;
use maud::html;
use pack::Pack;
use sheets::ColumnLine;
use web::components::{button_link, card, definitions};
use web::form::{self, Choice, Field};
use web::{FormBody, FormState, Look, Page, PageResult, Values};

/// `GET /imports/{what}/{id}/columns/{column}`
pub(super) async fn show(
    Held(site): Held<SharedSite>,
    staff: Staff,
    Of(what): Of,
    Path((id, column)): Path<(String, String)>,
) -> PageResult {
    let import = find(&site, &staff, what, &id).await?;
    let seen = match looked(&site, &staff, &import).await? {
        Ok(seen) => seen,
        Err(wait) => return Ok(*wait),
    };
    let line = column.parse().ok().and_then(|c: u32| seen.columns.iter().find(|l| l.column == c));
    let line = line.ok_or(Error::NotFound)?;
    Ok(form_page(&staff.look, &site.pack, &import, line, &seen.columns).into_response())
}

fn form_page(look: &Look, pack: &Pack, import: &Import, line: &ColumnLine, all: &[ColumnLine]) -> Page {
    let mut values = Values::default();
    values.set("field", line.field.clone().unwrap_or_else(|| "-".to_owned()));
    let state = FormState::new(values);
    let mut choices = vec![Choice::new("-", look.t("不用，只留在原始行里", "Nothing: original row only"))];
    for field in fields::list(import.what, pack) {
        let taken = all.iter().find(|l| l.field.as_ref() == Some(&field) && l.column != line.column);
        let label = fields::label(import.what, pack, &field, look.locale);
        let choice = Choice::new(field, label);
        choices.push(match taken {
            Some(other) => {
                choice.hint(format!("{}{}", look.t("现在用的是：", "now taken from: "), other.label))
            }
            None => choice,
        });
    }
    let body = html! {
        (form::radios(look, &state, Field::new("field", look.t("这一列用作", "This column is")).required(), &choices))
        div.actions.sticky {
            (form::submit(look.t("就用作这个", "Use it so")))
            (button_link(look.t("不改了", "Leave it"), &path(import, "")))
        }
    };
    let example = if line.example.is_empty() { "—" } else { &line.example };
    page(look, import)
        .narrow()
        .main(card(None, definitions(&[
            (look.t("列", "Column"), html! { (line.letters) }),
            (look.t("列名", "Heading"), html! { (line.label) }),
            (look.t("例子", "Example"), html! { (example) }),
        ])))
        .main(html! { div.card { (form::form(look, &path(import, &format!("/columns/{}", line.column)), body)) } })
}

/// `POST /imports/{what}/{id}/columns/{column}`
pub(super) async fn choose(
    Held(site): Held<SharedSite>,
    staff: Staff,
    Of(what): Of,
    Path((id, column)): Path<(String, String)>,
    FormBody(values): FormBody,
) -> PageResult {
    let mut import = find(&site, &staff, what, &id).await?;
    let column: u32 = column.parse().map_err(|_| Error::NotFound)?;
    let field = match values.one("field") {
        "-" => "",
        field if fields::list(what, &site.pack).iter().any(|f| f == field) => field,
        _ => return Err(Error::NotFound.into()),
    };
    import.choice.set(column, field);
    file::keep(&site, &import).await?;
    Ok(Redirect::to(&path(&import, "")).into_response())
}
