//! One village's roster, as people keep it: a title, a heading over two rows, merged cells, full-width digits, numbers of
//! fifteen digits, a family pasted twice, words that are no mark. Nobody in it is real: names are drawn from two short
//! lists, and numbers are computed.

use crate::house::{House, each_house};
use crate::imports::settled;
use kernel::{Date, Role};
use register::households;
use rust_xlsxwriter::{Format, Workbook};
use testkit::{Answer, Client};

const CENTRE: &str = "9-county-centre";
/// The only grid of the village.
const GRID: &str = "9010101";

/// Draws from a seed, always the same.
struct Draw(u64);

impl Draw {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) as usize % n
    }
}

/// One row of somebody, its cells as text.
#[derive(Clone)]
struct Person {
    name: String,
    relation: &'static str,
    idno: String,
    phone: String,
    tags: &'static str,
    marked: &'static str,
    basis: &'static str,
}

/// Those who live together, the head not always first.
#[derive(Clone)]
struct Family {
    people: Vec<Person>,
    head: String,
}

/// Eighteen digits with the check character that fits; fifteen as they were written before 1999.
fn idno(born: (usize, usize, usize), nth: usize, old: bool) -> String {
    let (y, m, d) = born;
    if old {
        return format!("522101{:02}{m:02}{d:02}{nth:03}", y % 100);
    }
    let head = format!("522101{y:04}{m:02}{d:02}{nth:03}");
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = head.bytes().zip(weights).map(|(b, w)| u32::from(b - b'0') * w).sum();
    format!("{head}{}", b"10X98765432"[sum as usize % 11] as char)
}

/// Digits and letters as wide as Chinese characters.
fn wide(text: &str) -> String {
    text.chars()
        .map(|c| char::from_u32(c as u32 + 0xfee0).filter(|_| c.is_ascii_graphic()).unwrap_or(c))
        .collect()
}

/// So many families of one village.
fn families(n: usize) -> Vec<Family> {
    let surnames = ["赵", "钱", "孙", "李", "周", "吴", "郑", "王"];
    let given = ["明", "芳", "勇", "秀", "强", "兰", "军", "梅", "平", "霞"];
    let mut draw = Draw(20261008);
    let mut nth = 0;
    let mut all = Vec::new();
    for f in 0..n {
        let surname = surnames[draw.below(surnames.len())];
        let mut people = Vec::new();
        let size = 1 + draw.below(4);
        for (at, relation) in ["户主", "妻", "长子", "孙女"].into_iter().take(size).enumerate() {
            nth += 1;
            let first = given[(f + at * 3) % given.len()];
            let second = given[(f / given.len() + at) % given.len()];
            let born = ([1948, 1951, 1976, 2004][at] + draw.below(5), 1 + draw.below(12), 1 + draw.below(28));
            let number = idno(born, nth, at < 2 && draw.below(5) == 0);
            people.push(Person {
                name: format!("{surname}{first}{second}"),
                relation,
                idno: if draw.below(6) == 0 { wide(&number) } else { number },
                phone: if at == 0 { wide(&format!("139{:08}", 10_000 + nth)) } else { String::new() },
                tags: "",
                marked: "",
                basis: "",
            });
        }
        let head = people[0].name.clone();
        all.push(Family { people, head });
    }
    all
}

/// The sheet as a clerk keeps it: cells of a household are merged over its people.
fn workbook(all: &[Family]) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let centre = Format::new();
    let heads = ["户编号", "户主", "姓名", "与户主关系", "公民身份号码", "联系电话"];
    sheet.merge_range(0, 0, 0, 8, "柳树村 2026 年村民花名册", &centre).expect("a title");
    sheet.merge_range(1, 0, 1, 4, "填报单位：柳树村村民委员会", &centre).expect("a title");
    sheet.merge_range(1, 5, 1, 8, "填报日期：2026 年 10 月 8 日", &centre).expect("a title");
    for (column, text) in (0..).zip(heads) {
        sheet.merge_range(2, column, 3, column, text, &centre).expect("a heading");
    }
    sheet.merge_range(2, 6, 2, 8, "困难情况", &centre).expect("a heading");
    for (column, text) in (6..).zip(["类别", "认定日期", "认定依据"]) {
        sheet.write_string(3, column, text).expect("a heading");
    }
    let mut row = 4;
    for (number, family) in (1..).zip(all) {
        let last = row + family.people.len() as u32 - 1;
        for (column, text) in [(0, number.to_string()), (1, family.head.clone())] {
            match last == row {
                true => sheet.write_string(row, column, text).map(drop),
                false => sheet.merge_range(row, column, last, column, &text, &centre).map(drop),
            }
            .expect("a cell");
        }
        for p in &family.people {
            let cells = [&p.name, p.relation, &p.idno, &p.phone, p.tags, p.marked, p.basis];
            for (column, text) in (2..).zip(cells) {
                sheet.write_string(row, column, text).expect("a cell");
            }
            row += 1;
        }
    }
    sheet.write_string(row, 0, "合计").expect("a sum");
    sheet.write_number(row, 2, f64::from(row - 4)).expect("a sum");
    sheet.write_string(row + 1, 0, "填表人：某某").expect("a foot");
    sheet.write_string(row + 1, 4, "审核人：某某").expect("a foot");
    book.save_to_buffer().expect("a file")
}

async fn sent(who: &mut Client, name: &str, bytes: &[u8]) -> Answer {
    let form = "/imports/households";
    let page = who.get(form).await.expect(200);
    let shown = who.fill(&page, form, &[], &[("sheet", name, bytes)]).await.expect(200);
    settled(who, shown).await
}

async fn said(who: &mut Client, shown: &Answer, fields: &[(&str, &str)]) -> Answer {
    let seen = who.fill(shown, &format!("{}/options", shown.path), fields, &[]).await.expect(200);
    settled(who, seen).await
}

async fn run(who: &mut Client, shown: &Answer) -> Answer {
    let done = who.fill(shown, &format!("{}/run", shown.path), &[], &[]).await.expect(200);
    settled(who, done).await
}

/// How many households there are in the village, how many people, and how many marks.
fn there(house: &House) -> [usize; 3] {
    let today = house.world.site.today();
    let read = move |tx: &mut dyn db::Tx| {
        let (mut homes, mut people, mut marks) = (0, 0, 0);
        for n in 1..200 {
            let Some(home) = households::by_code(tx, &format!("{GRID}-{n:03}"))? else { continue };
            assert!(home.path.ends_with(&format!("/{GRID}/")), "{}", home.path);
            homes += 1;
            people += households::members(tx, home.id)?.len();
            marks += households::tags(tx, home.id, today)?.len();
        }
        Ok([homes, people, marks])
    };
    house.world.site.db.read_now(read).expect("a look")
}

/// A file of refused rows with some words put right, as a text file.
fn corrected(bytes: &[u8], words: &[(&str, &str)], without: &str) -> String {
    let book = sheets::open_bytes(bytes, "refused.xlsx").expect("a sheet");
    let mut out = String::new();
    for row in book.sheets[0].rows.iter() {
        let cells: Vec<String> = (0..10).map(|c| row.text(c).replace(',', "，")).collect();
        if !without.is_empty() && cells[2] == without {
            continue;
        }
        out.push_str(&cells.join(","));
        out.push('\n');
    }
    words.iter().fold(out, |text, (wrong, right)| text.replace(wrong, right))
}

#[tokio::test]
async fn the_roster_of_a_village_goes_in_as_it_is_kept() {
    each_house("county", |house| async move {
        let mut all = families(40);
        let people: usize = all.iter().map(|f| f.people.len()).sum();
        // Marks, some with day and basis; one family lists its head last, another names somebody's relation in other words.
        let mark = |p: &mut Person, tags, marked, basis| (p.tags, p.marked, p.basis) = (tags, marked, basis);
        mark(&mut all[3].people[0], "困难户、残疾", "2023年4月", "民政名册");
        mark(&mut all[4].people[0], "低保户　独居老人", "", "");
        mark(&mut all[5].people[0], "一般户", "", "");
        let big = all.iter().position(|f| f.people.len() == 4).expect("a family of four");
        all[big].people.rotate_left(1);
        // What is wrong: a mark that there is not, a number that cannot be, a relation nobody knows, a family pasted twice.
        mark(&mut all[10].people[0], "五保户", "", "");
        all[11].people[0].idno = idno((1950, 2, 3), 901, false).replace("1950", "1951");
        let odd = (12..20).find(|i| all[*i].people.len() > 1).expect("a family of two");
        all[odd].people[1].relation = "干亲";
        let again = all[20].clone();
        let refused = [&all[10], &all[11], &all[odd], &again].map(|f| f.people.len()).iter().sum::<usize>();
        all.push(again.clone());
        let rows = people + again.people.len();
        let file = workbook(&all);

        let mut who = house.staff(Role::Admin, CENTRE).await;
        let seen = sent(&mut who, "花名册.xlsx", &file).await;
        let text = seen.text();
        for word in ["没有找到：网格。", "整张表属于哪个村或网格", "缺：网格或村、社区", "标题：第 3–4 行"]
        {
            assert!(text.contains(word), "{word}: {text}");
        }
        assert!(text.contains("1 柳树村 2026 年村民花名册") && !seen.has_form(&format!("{}/run", seen.path)));
        // Two townships have a village of that name: typed without a script it is asked which, and nothing typed is lost.
        let options = format!("{}/options", seen.path);
        let typed = [("unit_label", "柳树村"), ("marked", "2026-10-08"), ("basis", "2026 年 10 月村花名册")];
        let asked = who.fill(&seen, &options, &typed, &[]).await.expect(422);
        assert!(asked.text().contains("东山镇 › 柳树村、西河乡 › 柳树村"), "{}", asked.text());
        assert!(asked.body.contains("2026 年 10 月村花名册") && asked.find("#f-unit-error").is_some());
        // With one the unit is found by name and chosen.
        let found = who.get("/units/search?q=%E6%9F%B3%E6%A0%91%E6%9D%91").await.expect(200);
        let village = house.unit("90101").0;
        assert!(found.body.contains(&village), "{}", found.body);
        let chosen = [("unit", village.as_str()), typed[0], typed[1], typed[2]];
        let seen = who.fill(&asked, &options, &chosen, &[]).await.expect(200);
        let seen = settled(&mut who, seen).await;
        let text = seen.text();
        for word in [
            format!("共 {rows} 行，还没有写入任何内容"),
            format!("可以导入 {}", rows - refused),
            format!("退回 {refused}"),
            "没有“五保户”这个标签。可填：困难户、低保户".to_owned(),
            "看不懂与户主关系“干亲”".to_owned(),
            "这个身份证号在本表里出现了两次".to_owned(),
            "校验位不对".to_owned(),
            "（一组）".to_owned(),
            "只用来分清哪些人是一户".to_owned(),
            "15 位".to_owned(),
        ] {
            assert!(text.contains(&word), "{word}: {text}");
        }
        assert!(!text.contains("缺：") && seen.body.len() < 50_000, "{} bytes", seen.body.len());
        assert_eq!(there(&house), [0, 0, 0], "nothing is written by looking");

        let refusals = who.get(&format!("{}/refused", seen.path)).await.expect(200);
        let done = run(&mut who, &seen).await;
        assert!(done.text().contains(&format!("已导入 {}", rows - refused)), "{}", done.text());
        assert_eq!(there(&house), [37, rows - refused, 4]);
        house.books_are_right();
        // With day and basis of their own, or with those that were said for all rows.
        let read = |code: String, zh: &'static str| {
            let (site, today) = (house.world.site.clone(), house.world.site.today());
            let tag = site.pack.tags.iter().find(|t| t.name.zh == zh).expect("a mark").id.clone();
            let facts = house.world.site.db.read_now(move |tx| {
                let home = households::by_code(tx, &code)?.expect("a household");
                households::tags(tx, home.id, today)
            });
            let fact =
                facts.expect("a look").into_iter().find(|f| f.tag() == Some(tag.as_str())).expect("it");
            (fact.from, fact.basis, fact.person.is_some())
        };
        let fourth = format!("{GRID}-004");
        assert_eq!(read(fourth.clone(), "困难户"), (Date::constant(2023, 4, 1), "民政名册".into(), false));
        assert_eq!(read(fourth, "残疾"), (Date::constant(2023, 4, 1), "民政名册".into(), true));
        let stated = (Date::constant(2026, 10, 8), "2026 年 10 月村花名册".to_owned());
        assert_eq!(read(format!("{GRID}-005"), "低保户"), (stated.0, stated.1.clone(), false));
        assert_eq!(read(format!("{GRID}-005"), "独居老人"), (stated.0, stated.1, true));

        // The same file once more brings nothing in.
        let seen = sent(&mut who, "花名册 副本.xlsx", &file).await;
        let seen = said(&mut who, &seen, &chosen[..2]).await;
        assert!(
            seen.text().contains("可以导入 0") && seen.text().contains("没有新的行可以导入"),
            "{}",
            seen.text()
        );

        // The refused rows, put right, with what was said for the first file: nobody has to say it again.
        let words = [("五保户", "低保户"), ("干亲", "长子"), ("19510203901", "19500203901")];
        let mended = corrected(&refusals.bytes, &words, &again.head);
        let seen = sent(&mut who, "花名册-refused.csv", mended.as_bytes()).await;
        let text = seen.text();
        assert!(text.contains("这是“花名册.xlsx”退回的行，沿用了对那张表的设定"), "{text}");
        let left = refused - again.people.len();
        assert!(text.contains(&format!("可以导入 {left}")) && text.contains("退回 0"), "{text}");
        run(&mut who, &seen).await;
        assert_eq!(there(&house), [40, people, 5]);
        assert_eq!(read(format!("{GRID}-038"), "低保户").1, "2026 年 10 月村花名册");
        house.books_are_right();
        // And the whole first file, as it was, knows all of them now, but for what is wrong in it.
        let seen = sent(&mut who, "花名册.xlsx", &file).await;
        let seen = said(&mut who, &seen, &chosen[..2]).await;
        assert!(seen.text().contains("可以导入 0"), "{}", seen.text());
        assert_eq!(there(&house), [40, people, 5]);
    })
    .await;
}

#[tokio::test]
async fn whoever_imports_says_which_row_is_the_heading_where_it_was_guessed_wrongly() {
    each_house("county", |house| async move {
        // Above the heading stands how to fill it in, which looks more like one than the heading itself.
        let sheet = "填表示例,,,,\n姓名,与户主关系,身份证号,联系电话,家庭住址\n张某,户主,,13800000000,某村\n\
            以下为正式名单,,,,\n姓名,与户主关系,备注一,备注二,备注三\n赵一,户主,,,\n赵二,妻,,,\n";
        let mut who = house.staff(Role::Admin, CENTRE).await;
        let seen = sent(&mut who, "名单.csv", sheet.as_bytes()).await;
        let text = seen.text();
        assert!(text.contains("标题：第 2 行") && text.contains("现在读的是第 2 行"), "{text}");
        assert!(text.contains("5 姓名 | 与户主关系 | 备注一"), "the row that it is stands there: {text}");
        let seen = said(&mut who, &seen, &[("unit_label", "东山镇 石桥村"), ("heading_row", "5")]).await;
        let text = seen.text();
        assert!(
            text.contains("标题：第 5 行") && text.contains("可以导入 2") && text.contains("退回 0"),
            "{text}"
        );
        assert!(text.contains("备注一 —"), "{text}");
        // A row without anything in it is no heading, and says so.
        let wrong = said(&mut who, &seen, &[("heading_row", "40")]).await;
        assert!(wrong.text().contains("第 40 行没有内容，不能是标题行"), "{}", wrong.text());
        assert!(
            wrong.text().contains("没有找到标题行") && wrong.text().contains("5 姓名 |"),
            "{}",
            wrong.text()
        );
        let seen = said(&mut who, &wrong, &[("heading_row", "5")]).await;
        let done = run(&mut who, &seen).await;
        assert!(done.text().contains("已导入 2"), "{}", done.text());
        house.books_are_right();
    })
    .await;
}
