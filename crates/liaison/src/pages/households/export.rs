//! The household ledger 户台账 as a file, as of today or a day: by the conditions of the list, with whoever looked after
//! each household on that day; of the families' names the surname only.

use super::list::{View, lines};
use super::reader::context;
use crate::pages::out::Out;
use access::{Noun, SharedSite, Staff, Verb, accounts};
use axum::extract::{Query, State};
use db::Tx;
use kernel::{AccountId, Date, Locale, Result, Text, Timestamp};
use records::{Listing, Whose};
use register::households::{self, Asked, Cursor, Household};
use requests::Ctx;
use sheets::{Column, Kind, Value};
use std::collections::HashMap;
use web::PageResult;

/// Households read at a time: between two of these others have their turn.
const BATCH: usize = 500;

/// `GET /households/export.csv`
pub(super) async fn csv(
    site: State<SharedSite>,
    staff: Staff,
    query: Query<Vec<(String, String)>>,
) -> PageResult {
    file(site, staff, query, "csv").await
}

/// `GET /households/export.xlsx`
pub(super) async fn xlsx(
    site: State<SharedSite>,
    staff: Staff,
    query: Query<Vec<(String, String)>>,
) -> PageResult {
    file(site, staff, query, "xlsx").await
}

async fn file(
    State(site): State<SharedSite>,
    staff: Staff,
    Query(pairs): Query<Vec<(String, String)>>,
    ending: &'static str,
) -> PageResult {
    let ctx = context(&site, &staff);
    let view = View::new(&ctx, &pairs, Verb::Export)?;
    let locale = staff.look.locale;
    let may = |noun| access::may(&ctx.scope, Verb::View, noun, view.unit.path.as_str());
    let ledger = Ledger {
        path: view.unit.path.clone(),
        tag: view.tag.clone(),
        on: view.on,
        known: (view.on != ctx.today()).then(|| records::as_of(site.zone, view.on)),
        ties: may(Noun::Pairing),
        visits: may(Noun::Visit),
        locale,
    };
    let title = Text::new("户台账", "Households");
    let mut out = Out::new(ending, &title, &ledger.columns(&ctx), locale)?;
    let mut after = None;
    loop {
        let (own, from) = (ledger.clone(), after.clone());
        let (rows, last) = ctx.read(move |tx, ctx| own.some(tx, ctx, from.as_ref())).await?;
        for row in &rows {
            out.row(row)?;
        }
        after = last;
        if after.is_none() {
            break;
        }
    }
    let plain = format!("households-{}-{}.{ending}", view.unit.code, view.on);
    let name = match locale {
        Locale::Zh => format!("户台账-{}-{}.{ending}", view.unit.name.zh, view.on),
        Locale::En => plain.clone(),
    };
    Ok(out.send(&plain, &name)?)
}

/// What is written down.
#[derive(Clone)]
struct Ledger {
    path: String,
    tag: Option<String>,
    on: Date,
    known: Option<Timestamp>,
    ties: bool,
    visits: bool,
    locale: Locale,
}

impl Ledger {
    fn columns(&self, ctx: &Ctx) -> Vec<Column> {
        let grid = &ctx.site.pack.household.grid;
        let mut out = vec![
            Column::new("户编号", "Code", 18, Kind::Text),
            Column::new(grid.zh.clone(), grid.en.clone(), 34, Kind::Text),
            Column::new("户主", "Head", 10, Kind::Text),
            Column::new("人口", "Persons", 8, Kind::Number),
            Column::new("标签", "Marks", 24, Kind::Text),
        ];
        if self.ties {
            out.push(Column::new("联系人", "Who looks after it", 20, Kind::Text));
        }
        if self.visits {
            out.push(Column::new("上次走访", "Last visit", 12, Kind::Date));
        }
        out.push(Column::new("登记自", "Since", 12, Kind::Date));
        out.push(Column::new("依据", "Basis", 24, Kind::Text));
        out
    }

    /// The next rows, and behind which household others follow; none where these are the last.
    fn some(
        &self,
        tx: &mut dyn Tx,
        ctx: &Ctx,
        after: Option<&Cursor>,
    ) -> Result<(Vec<Vec<Value>>, Option<Cursor>)> {
        let asked = Asked { path: &self.path, tag: self.tag.as_deref(), on: self.on };
        let page = households::page(tx, &asked, after, BATCH)?;
        let next = page.last().filter(|_| page.len() == BATCH).map(Cursor::behind);
        let mut names = HashMap::new();
        let mut rows = Vec::with_capacity(page.len());
        for l in lines(tx, ctx, page, self.on)? {
            let grid = ctx.dir.by_path(&l.home.path).map(|u| ctx.dir.full_name(u.id, self.locale));
            let tags: Vec<&str> = l.tags.iter().map(|t| t.name.to(self.locale)).collect();
            let comma = self.locale.t("、", ", ");
            let mut row = vec![
                Value::from(l.home.code.clone()),
                grid.into(),
                l.head.clone().into(),
                l.home.persons.into(),
                tags.join(comma).into(),
            ];
            if self.ties {
                row.push(self.holders(tx, &l.home, &mut names)?.join(comma).into());
            }
            if self.visits {
                row.push(self.last(tx, &l.home)?.into());
            }
            row.push(l.home.from.into());
            row.push(l.home.basis.clone().into());
            rows.push(row);
        }
        Ok((rows, next))
    }

    /// Whoever looked after it on that day.
    fn holders(
        &self,
        tx: &mut dyn Tx,
        home: &Household,
        names: &mut HashMap<AccountId, String>,
    ) -> Result<Vec<String>> {
        let mut out: Vec<String> = Vec::new();
        for pairing in crate::read::of_household(tx, home.id, self.on)? {
            let name = match names.get(&pairing.account) {
                Some(known) => known.clone(),
                None => {
                    let name = accounts::by_id(tx, pairing.account)?.map(|a| a.name).unwrap_or_default();
                    names.insert(pairing.account, name.clone());
                    name
                }
            };
            if !out.contains(&name) {
                out.push(name);
            }
        }
        Ok(out)
    }

    /// When somebody was there last, as known on that day.
    fn last(&self, tx: &mut dyn Tx, home: &Household) -> Result<Option<Date>> {
        let listing = Listing {
            to: Some(self.on),
            known: self.known,
            ..Listing::new(Whose::Household(home.id), crate::visits::KIND, 1)
        };
        Ok(records::list(tx, &listing)?.first().map(|r| r.on))
    }
}
