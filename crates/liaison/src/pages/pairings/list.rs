//! Pairings as a spreadsheet, `list.csv` or `list.xlsx`: what is kept as a ledger today, with nothing typed for it. Of the
//! families whoever is paired with them gets head and telephone, as on their own pages; everybody else the surname.

use super::reader::Reader;
use crate::pages::heads::called;
use crate::pages::out::Out;
use crate::store::pairings as store;
use crate::{Pairing, read};
use access::{Noun, SharedSite, Staff, Verb, accounts, identity};
use axum::extract::{Path, Query, State};
use db::{Tx, params};
use kernel::{AccountId, Date, Error, HouseholdId, Locale, PairingId, Result, Text, Uuid, path_end};
use pack::PairingKind;
use register::households;
use requests::Ctx;
use sheets::{Column, Kind, Value};
use std::collections::{HashMap, HashSet};
use web::PageResult;

/// Pairings read at a time: between two of these others have their turn.
const BATCH: usize = 500;

/// `GET /pairings/list.xlsx?unit=CODE&kind=…&on=2026-08-31`
pub(super) async fn file(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(file): Path<String>,
    Query(query): Query<Vec<(String, String)>>,
) -> PageResult {
    let ending = match file.as_str() {
        "list.csv" => "csv",
        "list.xlsx" => "xlsx",
        _ => return Err(Error::NotFound.into()),
    };
    let r = Reader::new(&site, staff, query)?;
    r.visitor.demand(Verb::Export, Noun::Pairing, &r.unit.path)?;
    let ledger = Ledger { path: r.unit.path.clone(), kind: r.kind()?, on: r.on(), locale: r.look.locale };
    let kind = &ledger.kind.name;
    let mut out = Out::new(ending, &Text::new(kind.zh.clone(), kind.en.clone()), &columns(), r.look.locale)?;
    let mut after = Some(Behind::default());
    while let Some(from) = after {
        let own = ledger.clone();
        let (rows, next) = r.ctx.read(move |tx, ctx| own.some(tx, ctx, &from)).await?;
        for row in &rows {
            out.row(row)?;
        }
        after = next;
    }
    let name = format!("pairings-{}-{}.{ending}", r.unit.code, ledger.on);
    Ok(out.send(&name, &name)?)
}

fn columns() -> [Column; 8] {
    [
        Column::new("户号", "Household", 22, Kind::Text),
        Column::new("户主", "Head", 12, Kind::Text),
        Column::new("户主电话", "Telephone", 16, Kind::Text),
        Column::new("地点", "Place", 34, Kind::Text),
        Column::new("结对类型", "Kind", 18, Kind::Text),
        Column::new("联系人", "Who", 14, Kind::Text),
        Column::new("从", "Since", 12, Kind::Text),
        Column::new("依据", "On what ground", 30, Kind::Text),
    ]
}

/// Behind which pairing a part goes on: path, code, id.
#[derive(Clone)]
struct Behind(String, String, PairingId);

impl Default for Behind {
    fn default() -> Behind {
        Behind(String::new(), String::new(), PairingId(Uuid::from_bytes([0; 16])))
    }
}

/// What is written down.
#[derive(Clone)]
struct Ledger {
    path: String,
    kind: PairingKind,
    on: Date,
    locale: Locale,
}

impl Ledger {
    /// The next rows, and behind which pairing others follow.
    fn some(
        &self,
        tx: &mut dyn Tx,
        ctx: &Ctx,
        Behind(path, code, id): &Behind,
    ) -> Result<(Vec<Vec<Value>>, Option<Behind>)> {
        let (kind, end) = (self.kind.id.as_str(), path_end(&self.path));
        // Read from where it goes on, so that a later part costs no more than the first.
        let own = if path.as_str() > self.path.as_str() { path.as_str() } else { self.path.as_str() };
        let values = params![kind, own, end, self.on, path.as_str(), code.as_str(), id, BATCH as i64];
        let found: Vec<(Pairing, String)> =
            tx.query_map(&store::LISTED_NEXT, &values, |row| Ok((Pairing::from_row(row)?, row.get(11)?)))?;
        let next = found.last().filter(|_| found.len() == BATCH);
        let next = next.map(|(p, code)| Behind(p.path.clone(), code.clone(), p.id));
        let mine: HashSet<HouseholdId> = match ctx.account() {
            Some(me) => read::of_account(tx, me, ctx.today())?.into_iter().map(|p| p.household).collect(),
            None => HashSet::new(),
        };
        let mut names: HashMap<AccountId, String> = HashMap::new();
        let mut rows = Vec::with_capacity(found.len());
        for (p, code) in found {
            let (head, phone) = self.head(tx, ctx, p.household, mine.contains(&p.household))?;
            let who = match names.get(&p.account) {
                Some(known) => known.clone(),
                None => {
                    let name = accounts::by_id(tx, p.account)?.map(|a| a.name).unwrap_or_default();
                    names.insert(p.account, name.clone());
                    name
                }
            };
            let place = ctx.dir.by_path(&p.path).map(|u| ctx.dir.full_name(u.id, self.locale));
            rows.push(vec![
                Value::from(code),
                head.into(),
                phone.into(),
                place.into(),
                self.kind.name.to(self.locale).into(),
                who.into(),
                p.from.to_string().into(),
                p.basis.into(),
            ]);
        }
        Ok((rows, next))
    }

    /// The head on that day, as whoever asks may read it, and their telephone where they look after the family today.
    fn head(
        &self,
        tx: &mut dyn Tx,
        ctx: &Ctx,
        id: HouseholdId,
        paired: bool,
    ) -> Result<(String, Option<String>)> {
        let home = households::standing(tx, id, self.on)?.map(|s| s.household);
        let Some(head) = home.and_then(|h| h.head) else { return Ok(Default::default()) };
        let Some(found) = identity::get(tx, &ctx.site.keyring, head)? else { return Ok(Default::default()) };
        Ok((called(&found.name.unwrap_or_default(), paired), found.phone.filter(|_| paired)))
    }
}
