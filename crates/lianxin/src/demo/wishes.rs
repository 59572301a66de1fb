//! A few wishes on the wall, one taken up, one come true.

use super::seat::{Seat, staff_of, villages};
use access::SharedSite;
use access::identity::NewPerson;
use kernel::{HOUR, Result, Role, Scope, UnitId};
use requests::Ctx;
use requests::acts::answer::{Answer, answer};
use requests::acts::moderate::{Moderate, moderate};
use requests::acts::wish;
use requests::notices::Told;
use requests::register::{NewRequest, register};

/// What is wished for: class, in a few words, text, who, and how far it has come (0 on the wall, 1 taken up, 2 told).
const MATTERS: [(&str, &str, &str, &str, u8); 6] = [
    ("17.05.02", "想要一床厚棉被", "冬天冷，想要一床厚棉被。", "龙玉珍", 0),
    ("17.05.01", "想要一个新书包", "书包背了三年，拉链坏了，想要一个新的。", "吴小兰", 0),
    ("17.05.03", "想有人陪着说说话", "娃娃都在外面打工，想有人来坐坐，陪着说说话。", "陈德厚", 0),
    ("17.05.02", "想要一个热水壶", "烧水壶漏水，想要一个电热水壶。", "何秀芳", 1),
    ("17.05.01", "想要一盏台灯", "晚上写作业太暗，想要一盏台灯。", "罗小军", 2),
    ("17.05.02", "想要一根拐杖", "腿脚不稳，想要一根带凳子的拐杖。", "张兴贵", 0),
];

/// How many of `requests` are of this kind: none on a small site, which is for something else.
pub(super) fn how_many(requests: u32) -> u32 {
    if requests < 300 { 0 } else { MATTERS.len() as u32 }
}

/// Makes the first `n` of them, over the last days.
///
/// Errors: those of the acts; a pack without these classes, or a place without these posts, gets fewer.
pub(super) fn write(site: &SharedSite, n: u32) -> Result<()> {
    let villages = villages(site);
    for (at, matter) in MATTERS.iter().take(n as usize).enumerate() {
        let Some(village) = villages.get(at * villages.len() / MATTERS.len()).copied() else { return Ok(()) };
        if site.pack.class(matter.0).is_some_and(|c| c.kind == rules::case::Kind::Wish) {
            one(site, village, *matter, -HOUR * (60 - at as i64))?;
        }
    }
    Ok(())
}

fn one(
    site: &SharedSite,
    village: UnitId,
    (class, title, text, who, far): (&str, &str, &str, &str, u8),
    from: i64,
) -> Result<()> {
    let mut ctx = Ctx::new(site, Scope::public(site.today()));
    ctx.at = ctx.at.plus(from);
    let mut new = NewRequest::new(&ctx, "web");
    new.class = class.to_owned();
    new.title = title.to_owned();
    new.body = text.to_owned();
    new.answers.insert(site.pack.wish.consent.clone(), vec!["yes".to_owned()]);
    new.place = Some(village);
    new.person = NewPerson { name: Some(who.to_owned()), ..NewPerson::default() };
    new.told = Told::OnPage;
    let (title, text) = (title.to_owned(), text.to_owned());
    site.db.write_now(move |tx| {
        let got = register(tx, &ctx, &new)?;
        let on = got.id.into();
        let seat = |role, unit, hours: i64| Seat { role, unit, at: ctx.at.plus(hours * HOUR) };
        let centre = ctx.dir.iter().find(|u| u.kind == "county-centre").map(|u| u.id);
        let looker = match centre {
            Some(centre) => staff_of(tx, &ctx, &seat(Role::Moderator, centre, 3))?,
            None => None,
        };
        let Some(looker) = looker else { return Ok(()) };
        let (title, body) = (title.clone(), text.clone());
        moderate(tx, &looker, &Moderate { on, show: true, title, body, reason: String::new() })?;
        if far == 0 {
            return Ok(());
        }
        let Some(taker) = staff_of(tx, &ctx, &seat(Role::Liaison, village, 20))? else { return Ok(()) };
        wish::take_up(tx, &taker, got.id)?;
        if far == 1 {
            return Ok(());
        }
        let Some(later) = staff_of(tx, &ctx, &seat(Role::Liaison, village, 44))? else { return Ok(()) };
        let text = "送到家里了，当面试过，合用。".to_owned();
        answer(tx, &later, &Answer { on, text, unsolvable: false, files: Vec::new() }).map(drop)
    })
}
