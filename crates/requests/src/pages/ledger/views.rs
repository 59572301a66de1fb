//! Views of the ledger that somebody keeps: conditions, order and columns under a name.

use super::list::done;
use super::{kept, labels};
use crate::Ctx;
use crate::export::{Asked, BuiltIn, built_in, open};
use crate::pages::eye::Eye;
use crate::store::own::{self, Named};
use access::{SharedSite, Staff, Verb};
use axum::extract::State;
use axum::response::IntoResponse;
use kernel::Error;
use maud::{Markup, html};
use web::components::{Tab, card, empty_state, tabs as tab_row};
use web::form::{self, Field, FormOptions};
use web::{FormBody, FormState, Page, PageResult};

/// The longest name, in characters.
pub(super) const NAME_MAX: usize = 20;
/// How many views somebody may keep.
const MOST: usize = 30;

/// The views that everybody has, those that the pack names, then the reader's own.
pub(super) fn tabs(eye: &Eye, asked: &Asked, own: &[Named]) -> Markup {
    let here = |view: &Asked| is_here(view, asked);
    // Whose ledger, as known on which day, and which columns stay as they are.
    let seen_so = |query: Asked| {
        let kept = ["unit", "as_of", "cols"];
        kept.into_iter().fold(query, |query, name| query.with(name, asked.get(name)))
    };
    let mut items: Vec<Tab> = Vec::new();
    for view in built_in() {
        let query = seen_so(Asked::parse(view.query));
        items.push(Tab {
            label: view.name.to(eye.locale()).to_owned(),
            href: query.href(),
            current: here(&query),
            count: None,
        });
    }
    let said = |v: &pack::LedgerView| built_in().iter().any(|b| same(b, v));
    for view in eye.ctx.site.pack.views.iter().filter(|v| !said(v)) {
        let query = seen_so(Asked::default().with("view", &view.id).with("sort", "due"));
        items.push(Tab {
            label: view.name.to(eye.locale()).to_owned(),
            current: here(&query),
            href: query.href(),
            count: None,
        });
    }
    for view in own {
        let query = Asked::parse(&view.what);
        // A view that was kept of a past day stays of that day.
        let query =
            if query.get("as_of").is_empty() { query.with("as_of", asked.get("as_of")) } else { query };
        items.push(Tab {
            label: view.name.clone(),
            current: query == *asked,
            href: query.href(),
            count: None,
        });
    }
    if !own.is_empty() {
        items.push(Tab {
            label: eye.t("管理视图", "Manage views").to_owned(),
            href: "/requests/views".to_owned(),
            ..Tab::default()
        });
    }
    tab_row(eye.t("视图", "Views"), &items)
}

/// What the view that is open is for, as the pack says it, and whether it is gone through every working day.
pub(super) fn about(eye: &Eye, asked: &Asked) -> Markup {
    let views = &eye.ctx.site.pack.views;
    let own = views.iter().find(|v| v.id == asked.get("view"));
    // One that everybody has is described by the pack under the same name.
    let open = built_in().into_iter().find(|b| is_here(&Asked::parse(b.query), asked));
    let Some(view) = own.or_else(|| open.and_then(|b| views.iter().find(|v| same(&b, v)))) else {
        return html! {};
    };
    let about = view.about.to(eye.locale());
    html! {
        @if view.daily || !about.is_empty() {
            p.hint {
                @if about.is_empty() { (eye.t("每个工作日逐件过一遍。", "Gone through case by case every working day.")) }
                @else { (about) }
            }
        }
    }
}

/// Whether `view` is the one that is open.
fn is_here(view: &Asked, asked: &Asked) -> bool {
    NAMES_OF_A_VIEW.iter().all(|n| view.get(n) == asked.get(n))
}

/// A pack may say again, under the same name, what everybody has.
fn same(b: &BuiltIn, v: &pack::LedgerView) -> bool {
    b.name.zh == v.name.zh || b.name.en == v.name.en
}

/// What makes two views the same, whose ledger it is and its columns left aside.
const NAMES_OF_A_VIEW: [&str; 22] = {
    let mut out = [""; 22];
    let mut at = 0;
    while at < 22 {
        out[at] = crate::export::NAMES[at + 1];
        at += 1;
    }
    out
};

/// `GET /requests/views`
pub(super) async fn show(State(site): State<SharedSite>, staff: Staff) -> PageResult {
    page(&site, &staff, FormState::default()).await
}

async fn page(site: &SharedSite, staff: &Staff, state: FormState) -> PageResult {
    let ctx = Ctx::new(site, staff.scope.clone());
    open(&ctx, Verb::List, "")?;
    let who = staff.account()?.id;
    let (views, names) = ctx
        .read(move |tx, _| {
            let names = access::accounts::all_names(tx)?;
            Ok((own::views(tx, who)?, names))
        })
        .await?;
    let eye = Eye::new(&staff.look, &ctx).with_names(names.into_iter().collect());
    Ok(Page::new(&staff.look, eye.t("我的视图", "My views"))
        .at("/requests")
        .crumbs(vec![web::page::Crumb { href: "/requests".into(), label: eye.t("台账", "Ledger").into() }])
        .main(form::error_summary(&staff.look, &state))
        .main(if views.is_empty() {
            none(&eye)
        } else {
            html! { @for v in &views { (one(&eye, v)) } }
        })
        .into_response())
}

fn none(eye: &Eye) -> Markup {
    let text = eye.t(
        "还没有存下的视图。在台账里选好条件，点下面的“把现在的样子存为视图”。",
        "No views yet. Choose conditions in the ledger, then \"Keep this as a view\" below the list.",
    );
    empty_state(text, Some((eye.t("打开台账", "Open the ledger"), "/requests")))
}

fn one(eye: &Eye, view: &Named) -> Markup {
    let look = &eye.look;
    let asked = Asked::parse(&view.what);
    let mut words: Vec<String> = labels::labels(eye, &asked).into_iter().map(|l| l.text).collect();
    words.push(labels::order(eye, asked.sort()).to_owned());
    let state = FormState::new([("to", view.name.as_str())].into_iter().collect());
    let inline = |action| FormOptions { action, class: "inline", ..FormOptions::default() };
    card(
        Some(&view.name),
        html! {
            p { a href=(asked.href()) { (words.join(eye.t("；", "; "))) } }
            (form::form_with(look, inline("/requests/views/name"), html! {
                (form::hidden("from", &view.name))
                (form::text_field(look, &state, Field::new("to", eye.t("名称", "Name")).required().max(NAME_MAX)))
                (form::button(eye.t("改名", "Rename"), "", ""))
            }))
            (form::form_with(look, inline("/requests/views/removal"), html! {
                (form::hidden("name", &view.name))
                (form::button_danger(eye.t("删除", "Delete"), eye.t("删除这个视图？诉求不受影响。", "Delete this view? No request is touched.")))
            }))
        },
    )
}

/// `POST /requests/views`
pub(super) async fn save(
    State(site): State<SharedSite>,
    staff: Staff,
    FormBody(values): FormBody,
) -> PageResult {
    let ctx = Ctx::new(&site, staff.scope.clone());
    open(&ctx, Verb::List, "")?;
    let who = staff.account()?.id;
    let asked = Asked::parse(values.one("query"));
    let query = asked.query();
    let kept = match kept::name("name", values.one("name"), NAME_MAX) {
        Err(e) => Err(e),
        Ok(name) => {
            ctx.write(move |tx, ctx| {
                let there = own::views(tx, who)?;
                if there.len() >= MOST && there.iter().all(|v| v.name != name) {
                    return Err(Error::field(
                        "name",
                        format!("最多存 {MOST} 个视图，请先删掉一些。"),
                        format!("At most {MOST} views: delete some first."),
                    ));
                }
                own::put_view(tx, who, &name, &query, ctx.at)
            })
            .await
        }
    };
    let said = staff.look.t("视图已保存。", "The view is kept.");
    kept::end(kept, (&asked.href(), said), values, |state| page(&site, &staff, state)).await
}

/// `POST /requests/views/name`
pub(super) async fn rename(
    State(site): State<SharedSite>,
    staff: Staff,
    FormBody(values): FormBody,
) -> PageResult {
    let ctx = Ctx::new(&site, staff.scope.clone());
    let who = staff.account()?.id;
    let from = values.one("from").to_owned();
    let renamed = match kept::name("to", values.one("to"), NAME_MAX) {
        Err(e) => Err(e),
        Ok(to) => {
            ctx.write(move |tx, _| {
                if own::rename_view(tx, who, &from, &to)? {
                    return Ok(());
                }
                if own::views(tx, who)?.iter().all(|v| v.name != from) {
                    return Err(Error::NotFound);
                }
                Err(Error::field("to", "已有同名的视图。", "There is a view of that name already."))
            })
            .await
        }
    };
    let said = staff.look.t("已改名。", "Renamed.");
    kept::end(renamed, ("/requests/views", said), values, |state| page(&site, &staff, state)).await
}

/// `POST /requests/views/removal`
pub(super) async fn remove(
    State(site): State<SharedSite>,
    staff: Staff,
    FormBody(values): FormBody,
) -> PageResult {
    let ctx = Ctx::new(&site, staff.scope.clone());
    let who = staff.account()?.id;
    let name = values.one("name").to_owned();
    let gone = ctx.write(move |tx, _| own::drop_view(tx, who, &name)).await?;
    if !gone {
        return Err(Error::NotFound.into());
    }
    Ok(done("/requests/views", staff.look.t("已删除。", "Deleted.")))
}
