//! The year as a file: of a pairing item by item, of a person or a unit pairing by pairing.

use super::show::Shown;
use super::words::{done, effect_of, item_name, name_of};
use crate::pages::visits::books::or_gone;
use crate::pages::visits::export::Sheet;
use crate::visits::PromiseState;
use crate::work::{KnownHelp, PairingLine};
use kernel::Text;
use requests::Ctx;
use web::{Look, format};

fn text(title: &Text, year: i16) -> Text {
    Text::new(format!("{}年{}", year, title.zh), format!("{} {}", title.en, year))
}

/// One line for each item of the plan and each help towards it, then what was owed, promised and asked for.
pub(super) fn of_pairing(look: &Look, ctx: &Ctx, s: &Shown) -> Sheet {
    let (w, l) = (&s.wrap, look.locale);
    let mut sheet = Sheet::new(
        text(&ctx.site.pack.work.wrap_up, w.year),
        &[
            ("内容", "What", false),
            ("项目", "Item", false),
            ("期限", "Last day", false),
            ("情况", "Stands", false),
            ("日期", "Day", false),
            ("做了什么", "What was done", false),
            ("成效", "Effect", false),
            ("谁", "Who", true),
        ],
    )
    .named("wrap-up");
    let mut row = |cells: [String; 8]| sheet.rows.push((cells.to_vec(), None));
    let none = String::new;
    let help = |h: &KnownHelp| {
        [
            format::day_year(l, h.on),
            done(look, ctx, h),
            effect_of(look, ctx, &h.effect),
            s.name(h.account).to_owned(),
        ]
    };
    if let Some(plan) = &w.plan {
        let what = look.t("愿望", "Wish").to_owned();
        let who = s.name(plan.account).to_owned();
        row([
            what,
            or_gone(&plan.wish, l).to_owned(),
            none(),
            none(),
            format::day_year(l, plan.made),
            none(),
            none(),
            who,
        ]);
    }
    for line in &w.items {
        let item = |h: [String; 4]| {
            let [day, words, effect, who] = h;
            let state = line.state.name().to(l).to_owned();
            let by = format::day_year(l, line.item.by);
            [
                look.t("计划", "Plan").to_owned(),
                item_name(look, ctx, &line.item),
                by,
                state,
                day,
                words,
                effect,
                who,
            ]
        };
        if line.helps.is_empty() {
            row(item([none(), none(), none(), none()]));
        }
        line.helps.iter().for_each(|h| row(item(help(h))));
    }
    for h in &w.beside {
        let [day, words, effect, who] = help(h);
        let item = name_of(look, ctx, h.item.as_deref());
        row([
            look.t("计划以外", "Beside the plan").to_owned(),
            item,
            none(),
            none(),
            day,
            words,
            effect,
            who,
        ]);
    }
    for d in &w.duties {
        let name = ctx.site.pack.obligation(&d.obligation).map_or("", |o| o.name.to(l));
        let stands = format!("{} / {}", d.met, d.owed);
        row([
            look.t("应办", "Owed").to_owned(),
            name.to_owned(),
            none(),
            stands,
            none(),
            none(),
            none(),
            none(),
        ]);
    }
    for (p, _) in &w.promises {
        let state = match p.state {
            PromiseState::Kept => look.t("做到了", "Kept"),
            PromiseState::Cannot => look.t("做不到", "Cannot be kept"),
            PromiseState::Open => look.t("还没交代", "Open"),
        };
        let (by, on) = (format::day_year(l, p.due), format::day_year(l, p.made_on));
        row([
            look.t("承诺", "Promise").to_owned(),
            or_gone(&p.text, l).to_owned(),
            by,
            state.to_owned(),
            on,
            none(),
            none(),
            none(),
        ]);
    }
    for n in &w.needs {
        let (state, on) = (n.state.name().to(l).to_owned(), format::day_year(l, n.on));
        let answer = n.answer.clone().unwrap_or_default();
        let what = format!("{} {}", n.number, n.title);
        row([look.t("诉求", "Need").to_owned(), what, none(), state, on, answer, none(), none()]);
    }
    for c in &w.checks {
        let who = s.name(c.account).to_owned();
        let on = format::day_year(l, c.on);
        row([
            look.t("检查", "Check").to_owned(),
            c.ask.clone(),
            none(),
            none(),
            on,
            c.word.clone(),
            none(),
            who,
        ]);
    }
    if let Some(word) = &w.word {
        let (what, on) = (look.t("家里人说", "The family says").to_owned(), format::day_year(l, word.on));
        row([what, none(), none(), none(), on, or_gone(&word.text, l).to_owned(), none(), none()]);
    }
    sheet
}

/// A file with a line for each pairing, without any yet.
pub(super) fn of_pairings(ctx: &Ctx, year: i16) -> Sheet {
    Sheet::new(
        text(&ctx.site.pack.work.wrap_up, year),
        &[
            ("户编号", "Household", false),
            ("地点", "Place", true),
            ("结对的人", "Who", false),
            ("计划项目", "Items", false),
            ("完成", "Done", false),
            ("落后", "Lagging", false),
            ("帮扶次数", "Help", false),
            ("最近一次帮扶", "Last help", false),
            ("最近一次检查", "Last check", false),
            ("走访次数", "Visits", true),
            ("该走访的期数", "Visits owed", true),
            ("走到的期数", "Visits made", true),
            ("答应的事", "Promises", true),
            ("做到的", "Kept", true),
            ("没做到或还没到日子的", "Not kept, or not due yet", true),
            ("提出的事", "Needs", true),
            ("已了结的", "Ended", true),
        ],
    )
    .named("wrap-up")
}

/// The line of one pairing; `name` is that of whoever looks after it.
pub(super) fn cells_of(look: &Look, ctx: &Ctx, line: &PairingLine, name: &str) -> Vec<String> {
    let l = look.locale;
    let place = ctx.dir.by_path(&line.path).map_or_else(String::new, |u| ctx.dir.full_name(u.id, l));
    let day = |d: Option<kernel::Date>| d.map(|d| format::day_year(l, d)).unwrap_or_default();
    let y = &line.beside;
    let mut cells = vec![line.code.clone(), place, name.to_owned()];
    cells.extend([line.items, line.done, line.late, line.helps].map(|n| n.to_string()));
    cells.extend([day(line.helped), day(line.checked)]);
    let own = [y.visits, y.owed, y.met, y.promised, y.kept, y.promised - y.kept, y.needs, y.ended];
    cells.extend(own.map(|n| n.to_string()));
    cells
}
