//! `/public`: the public ledger. What people asked for, where it stands, how long the answer took; never
//! who. Found by words only where the words stand in what is shown: the index knows more than the public.

use super::{matter, place, words};
use crate::ctx::Ctx;
use crate::export;
use crate::model::Request;
use crate::pages::eye::Eye;
use crate::store::ledger::{self, Cursor, Filter, Reach, Sort, Standing};
use access::{Noun, SharedSite, Verb, Visitor};
use axum::extract::{Query, State};
use axum::response::IntoResponse;
use db::Tx;
use kernel::{DAY, Error, Result, Say, Scope, UnitId};
use maud::{Markup, html};
use rules::case::State as CaseState;
use web::components::{Chip, Column, Row, Table, chips, empty_state, pager};
use web::form::{Choice, Field, FormState, select};
use web::{Page, PageResult, Values, format};

/// Rows of a page.
const ROWS: usize = 30;

/// Beyond this many they are told as "more than".
const COUNTED: i64 = 1_000;

/// Rows that are looked at for a page of hits, at most, in batches.
const BATCH: i64 = 200;
const BATCHES: usize = 10;

/// What the address asks for.
#[derive(Clone, Debug, Default, serde::Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    class: String,
    #[serde(default)]
    place: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    as_of: String,
    before: Option<i64>,
    after: Option<i64>,
}

impl Asked {
    /// The address of the same list with another state, from its first page.
    fn href(&self, state: &str, place: Option<(&str, i64)>) -> String {
        let mut q = form_pairs(&[
            ("q", self.q.trim()),
            ("class", &self.class),
            ("place", &self.place),
            ("state", state),
            ("as_of", &self.as_of),
        ]);
        if let Some((name, ord)) = place {
            q.push_str(&format!("{}{name}={ord}", if q.is_empty() { "" } else { "&" }));
        }
        if q.is_empty() { "/public".into() } else { format!("/public?{q}") }
    }

    /// As of which day.
    fn day(&self) -> export::Asked {
        export::Asked::default().with("as_of", &self.as_of)
    }

    fn cursor(&self) -> Option<Cursor> {
        let at = |ord: i64, back: bool| Cursor { key: 0, ord, back };
        self.before.map(|o| at(o, false)).or(self.after.map(|o| at(o, true)))
    }
}

fn form_pairs(pairs: &[(&str, &str)]) -> String {
    let escape = |text: &str| -> String {
        let mut out = String::new();
        for b in text.bytes() {
            match b {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' => out.push(char::from(b)),
                _ => out.push_str(&format!("%{b:02X}")),
            }
        }
        out
    };
    let parts: Vec<String> =
        pairs.iter().filter(|(_, v)| !v.is_empty()).map(|(k, v)| format!("{k}={}", escape(v))).collect();
    parts.join("&")
}

struct Found {
    rows: Vec<Request>,
    newer: bool,
    older: bool,
    count: Option<i64>,
}

/// `GET /public`
pub(super) async fn show(
    State(site): State<SharedSite>,
    visitor: Visitor,
    Query(mut asked): Query<Asked>,
) -> PageResult {
    let ctx = Ctx::new(&site, Scope::public(site.today()));
    access::demand(&ctx.scope, Verb::List, Noun::PublicLedger, "/")?;
    if !site.pack.public_ledger.open {
        return Err(Error::NotFound.into());
    }
    // What is no day is said at its field; the list is that of now.
    let wrong = asked.day().faults().pop().map(|fault| (std::mem::take(&mut asked.as_of), fault.say));
    let ctx = asked.day().then(&ctx);
    let (filter, cursor) = (filter(&ctx, &asked), asked.cursor());
    let found = ctx.read(move |tx, ctx| find(tx, ctx, &filter, cursor)).await?;
    let page = page(&Eye::new(&visitor.look, &ctx), &asked, wrong.as_ref(), &found);
    Ok(match wrong {
        Some(_) => page.status(http::StatusCode::UNPROCESSABLE_ENTITY),
        None => page,
    }
    .into_response())
}

fn filter(ctx: &Ctx, asked: &Asked) -> Filter {
    let after = i64::from(ctx.site.pack.public_ledger.after_days) * DAY;
    let place = ctx.dir.by_code(&asked.place).map(|u| u.path.clone());
    let places: Option<Vec<UnitId>> = place.map(|path| ctx.dir.subtree(&path).map(|u| u.id).collect());
    Filter {
        // One character is no word: the whole list then.
        words: if asked.q.trim().chars().count() < 2 { String::new() } else { asked.q.trim().to_owned() },
        standing: match asked.state.as_str() {
            "open" => Standing::Live,
            "answered" => Standing::In(CaseState::Answered),
            "closed" => Standing::Ended,
            _ => Standing::Any,
        },
        class: ctx.site.pack.class(&asked.class).map(|c| c.code.clone()),
        places,
        to: (after > 0).then(|| ctx.at.plus(-after)),
        as_of: asked.day().past(ctx),
        ..Filter::default()
    }
}

/// A page of the list. One more row than a page has tells whether it goes on.
fn find(tx: &mut dyn Tx, ctx: &Ctx, filter: &Filter, cursor: Option<Cursor>) -> Result<Found> {
    let back = cursor.is_some_and(|c| c.back);
    let mut rows: Vec<Request> = Vec::new();
    if filter.words.is_empty() {
        let all = ledger::page(tx, Reach::Public, filter, Sort::Received, cursor, ctx.at, ROWS as i64 + 1)?;
        rows = if back { all.into_iter().rev().collect() } else { all };
    } else {
        let (mut at, terms) = (cursor, rules::search::query_terms(&filter.words));
        for _ in 0..BATCHES {
            let mut batch = ledger::page(tx, Reach::Public, filter, Sort::Received, at, ctx.at, BATCH)?;
            if back {
                batch.reverse();
            }
            let Some(last) = batch.last().map(|r| r.id.ord()) else { break };
            at = Some(Cursor { key: 0, ord: last, back });
            let whole = (batch.len() as i64) < BATCH;
            rows.extend(batch.into_iter().filter(|r| says(ctx, r, &terms)));
            if whole || rows.len() > ROWS {
                break;
            }
        }
    }
    let more = rows.len() > ROWS;
    rows.truncate(ROWS);
    if back {
        rows.reverse();
    }
    // Hits in words that are not shown must not be counted either.
    let count = match filter.words.is_empty() {
        true => Some(ledger::count(tx, Reach::Public, filter, ctx.at, COUNTED)?),
        false => None,
    };
    let (newer, older) = if back { (more, true) } else { (cursor.is_some(), more) };
    Ok(Found { rows, newer, older, count })
}

/// Whether what the public reads of it has all these words.
fn says(ctx: &Ctx, row: &Request, terms: &[rules::search::Term]) -> bool {
    use rules::search::Term;
    let class = ctx.site.pack.class(&row.class).map_or("", |c| c.public_name.zh.as_str());
    let place = row.place.map(|p| ctx.dir.full_name(p, kernel::Locale::Zh)).unwrap_or_default();
    let text = [
        row.number.as_str(),
        &words::masked(&row.public_title),
        &words::masked(&row.public_body),
        class,
        &place,
    ]
    .join("\n");
    let tokens = rules::search::index_tokens(&text);
    let all: std::collections::HashSet<&str> = tokens.split(' ').collect();
    terms.iter().all(|term| match term {
        Term::Whole(t) => all.contains(t.as_str()),
        Term::Prefix(p) => all.iter().any(|t| t.starts_with(p.as_str())),
    })
}

/// What was entered as a day and is none, and what is said of it.
type Wrong = (String, Say);

fn page(eye: &Eye, asked: &Asked, wrong: Option<&Wrong>, found: &Found) -> Page {
    let look = &eye.look;
    let ledger = &eye.ctx.site.pack.public_ledger;
    Page::new(look, eye.t("公开台账", "Public ledger"))
        .at("/public")
        .lede(html! { (ledger.intro.to(look.locale)) })
        .main(search(eye, asked, wrong))
        .main(states(eye, asked, found))
        .main(table(eye, asked, found))
        .main(pages(eye, asked, found))
        .main(html! { p.hint {
            (eye.t("没有公开的也留着编号和理由：", "What is not shown keeps its number and the reason: "))
            a href="/public/numbers" { (eye.t("编号对账", "every number accounted for")) }
            " · " a href="/wishes" { (eye.t("心愿墙", "Wall of wishes")) }
        } })
}

fn search(eye: &Eye, asked: &Asked, wrong: Option<&Wrong>) -> Markup {
    let (look, pack) = (&eye.look, &eye.ctx.site.pack);
    let values: Values = [("class", asked.class.as_str()), ("place", &asked.place)].into_iter().collect();
    let state = FormState::new(values);
    let any = |zh: &str, en: &str| Choice::new("", eye.t(zh, en).to_owned());
    let mut classes = vec![any("全部类别", "All classes")];
    classes.extend(pack.classes_below(None).map(|c| Choice::new(&c.code, c.name.to(look.locale))));
    let mut places = vec![any("全县", "Everywhere")];
    if let Some(root) = eye.ctx.dir.root() {
        places[0].label = root.name(look.locale).to_owned();
        if let Some(level) = place::levels(&eye.ctx).first() {
            let areas = place::areas(&eye.ctx, root, &level.id);
            places.extend(areas.iter().map(|u| Choice::new(&u.code, u.name(look.locale))));
        }
    }
    html! {
        form.filters method="get" action="/public" role="search" {
            div.field {
                label for="f-q" { (eye.t("找", "Search")) }
                input id="f-q" type="search" name="q" value=[Some(asked.q.trim()).filter(|q| !q.is_empty())] maxlength="40"
                    placeholder=(eye.t("编号或两个字以上的词", "A number, or a word"));
            }
            (select(look, &state, Field::new("class", eye.t("类别", "Class")).required(), &classes))
            (select(look, &state, Field::new("place", eye.t("地方", "Place")).required(), &places))
            div.field {
                label for="f-as-of" { (eye.t("截至哪一天", "As known on")) }
                @match wrong {
                    None => input id="f-as-of" type="date" name="as_of" value=[asked.day().as_of().map(|d| d.to_string())];,
                    // A field for dates would drop what is none.
                    Some((entered, say)) => {
                        p.error id="f-as-of-error" { (say.to(look.locale)) " " (eye.t("下面是现在的台账。", "Below is the ledger as it stands now.")) }
                        input id="f-as-of" type="text" name="as_of" value=(entered) maxlength="20"
                            aria-invalid="true" aria-describedby="f-as-of-error";
                    }
                }
            }
            @if !asked.state.is_empty() { input type="hidden" name="state" value=(asked.state); }
            button.btn type="submit" { (eye.t("查找", "Find")) }
        }
    }
}

fn states(eye: &Eye, asked: &Asked, found: &Found) -> Markup {
    let all = [
        ("", eye.t("全部", "All")),
        ("open", eye.t("在办", "Open")),
        ("answered", eye.t("已答复待评价", "Answered, to be judged")),
        ("closed", eye.t("已办结", "Ended")),
    ];
    let items = all.map(|(key, label)| Chip {
        label: label.to_owned(),
        href: asked.href(key, None),
        on: asked.state == key,
        one_of: true,
    });
    let trailing = match found.count {
        Some(n) if n > COUNTED => {
            html! { span.hint { (say!(eye.look, "超过 {COUNTED} 件", "more than {COUNTED}")) } }
        }
        Some(n) => html! { span.hint { (say!(eye.look, "共 {n} 件", "{n} in all")) } },
        None => html! {},
    };
    chips(&eye.look, &items, trailing)
}

fn table(eye: &Eye, asked: &Asked, found: &Found) -> Markup {
    let look = &eye.look;
    let filtered = !asked.q.trim().is_empty()
        || !asked.class.is_empty()
        || !asked.place.is_empty()
        || !asked.state.is_empty()
        || !asked.as_of.is_empty();
    let empty = if filtered {
        empty_state(
            eye.t(
                "没有符合条件的诉求。可以换个词，或者去掉一些条件。",
                "Nothing fits. Try another word, or fewer conditions.",
            ),
            Some((eye.t("看全部", "Show all"), "/public")),
        )
    } else {
        empty_state(
            eye.t("还没有公开的诉求。", "Nothing is published yet."),
            Some((eye.t("我要反映", "Tell us what you need"), "/ask")),
        )
    };
    Table::new(look, eye.t("公开的诉求", "Published requests"))
        .column(Column::new(eye.t("收到", "Received")))
        .column(Column::new(eye.t("事项", "Matter")).primary())
        .column(Column::new(eye.t("类别", "Class")).bare())
        .column(Column::new(eye.t("地点", "Place")).bare())
        .column(Column::new(eye.t("答复", "Answered")))
        .column(Column::new(eye.t("用时", "Took")))
        .column(Column::new(eye.t("状态", "State")).bare())
        .rows(found.rows.iter().map(|r| {
            Row::new(vec![
                html! { span.nowrap { (eye.day(r.received_at)) } },
                html! { (words::masked(&r.public_title)) },
                html! { (matter::public_class(eye, r)) },
                html! { (words::rough_place(eye, r.place)) },
                html! { @match r.answered_at { Some(at) => span.nowrap { (eye.day(at)) }, None => span.quiet.none { "—" } } },
                html! { (words::days_used(look, r, eye.ctx.at)) },
                eye.state(r),
            ])
            .href(format!("/public/{}", r.number))
        }))
        .empty(empty)
        .render()
}

fn pages(eye: &Eye, asked: &Asked, found: &Found) -> Markup {
    let edge =
        |row: Option<&Request>, name: &str| row.map(|r| asked.href(&asked.state, Some((name, r.id.ord()))));
    let newer = edge(found.rows.first(), "after").filter(|_| found.newer);
    let older = edge(found.rows.last(), "before").filter(|_| found.older);
    let n = format::number(found.rows.len() as i64);
    let note = if newer.is_some() || older.is_some() {
        say!(eye.look, "本页 {n} 件", "{n} on this page")
    } else {
        String::new()
    };
    pager(&eye.look, newer.as_deref(), older.as_deref(), &note)
}
