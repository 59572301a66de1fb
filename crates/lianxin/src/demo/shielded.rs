//! A handful of complaints about units and persons, as living people hand them in: kept from those they are
//! about, decided by their superiors, the first of them on its way already.

use access::SharedSite;
use access::accounts;
use kernel::{Actor, Error, HOUR, Result, Role, Scope, UnitId};
use requests::Ctx;
use requests::acts::assign::{Assign, assign};
use requests::notices::Told;
use requests::register::{NewRequest, register};
use requests::shield::Subject;

/// What is complained of: class, the kind of unit it is about, text, and whom.
const MATTERS: [(&str, &str, &str, &str); 6] = [
    (
        "13.02.02",
        "township-hall",
        "在便民服务中心窗口办证，工作人员一直看手机，问了三遍才答一句。",
        "窗口的年轻人",
    ),
    ("13.01.03", "village", "连着三天到村里盖章都没有人在，门上的电话也打不通。", ""),
    ("13.02.03", "township-land", "宅基地的材料交了两个月，每次去都说再等等，问谁负责又不说。", ""),
    ("13.01.02", "village", "低保评议没有开会就定了名单，名单上有两户是村干部的亲戚。", "村里管低保的干部"),
    ("13.03.02", "county-housing", "危房补助跑了五趟，每趟说缺的材料都不一样。", ""),
    ("13.02.04", "township-construction", "建房放线说要请吃饭才肯来，不请就一直没有时间。", "负责放线的人"),
];

/// How many of `requests` are of this kind: none on a small site, which is for something else.
pub(super) fn how_many(requests: u32) -> u32 {
    if requests < 1000 { 0 } else { MATTERS.len() as u32 }
}

/// Registers the first `n` of them, one an hour up to now.
///
/// Errors: those of registering; a pack without these classes or kinds gets fewer.
pub(super) fn write(site: &SharedSite, n: u32) -> Result<()> {
    let dir = register::directory(site);
    let today = site.today();
    for (at, (class, kind, text, whom)) in MATTERS.iter().take(n as usize).enumerate() {
        let unit: Option<UnitId> = dir.iter().filter(|u| u.kind == *kind).nth(at).map(|u| u.id);
        let (Some(unit), true) = (unit, site.pack.class(class).is_some_and(|c| c.subject.is_some())) else {
            continue;
        };
        let mut ctx = Ctx::new(site, Scope::public(today));
        ctx.at = ctx.at.plus(-HOUR * (n as i64 - at as i64));
        let mut new = NewRequest::new(&ctx, "web");
        new.class = (*class).to_owned();
        new.body = (*text).to_owned();
        new.subject = Subject { unit: Some(unit), name: (*whom).to_owned() };
        new.told = Told::OnPage;
        let sent = at < 2;
        let inspection = dir.iter().find(|u| u.kind == "county-inspection").map(|u| u.id);
        site.db.write_now(move |tx| {
            let done = match register(tx, &ctx, &new) {
                // A place may have nobody above some unit.
                Err(Error::Invalid(_)) => return Ok(()),
                other => other?,
            };
            let Some(to) = inspection.filter(|_| sent) else { return Ok(()) };
            // Sent on by whoever does that at the centre, some minutes later.
            let mut desk = Ctx::system(&ctx.site);
            desk.at = ctx.at.plus(HOUR / 6);
            let centre = desk.dir.iter().find(|u| u.kind == "county-centre").map(|u| u.id);
            let Some(centre) = centre else { return Ok(()) };
            let triage = accounts::holders(tx, centre, Role::Triage, desk.today())?.into_iter().next();
            let Some((account, _)) = triage else { return Ok(()) };
            let path = desk.dir.root().map_or(String::new(), |r| r.path.clone());
            desk.scope.actor = Actor::Staff { account, unit: centre };
            desk.scope.grants = vec![kernel::Grant { role: Role::Triage, unit: centre, path }];
            let case = requests::case::Case::find(tx, &desk, done.id);
            match case {
                Ok(_) => {
                    let note = "请核查，结果直接答复诉求人。".to_owned();
                    assign(tx, &desk, &Assign { on: done.id.into(), unit: to, note }).map(drop)
                }
                // Decided by a township: it stays there.
                Err(Error::NotFound) => Ok(()),
                Err(other) => Err(other),
            }
        })?;
    }
    Ok(())
}
