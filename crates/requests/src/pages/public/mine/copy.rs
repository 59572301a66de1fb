//! All that is held about a person, as a file they can keep and read.

use super::{Mine, for_person, load};
use crate::pages::eye::Eye;
use crate::pages::public::pass::Holding;
use crate::pages::public::{questions, words};
use access::identity::{self, Person};
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use kernel::Error;
use std::fmt::Write;
use web::PageResult;

/// `GET /r/{number}/copy`
pub(in crate::pages::public) async fn show(Holding { look, held }: Holding) -> PageResult {
    let mine = load(&held).await?;
    let eye = Eye::new(&look, &held.ctx);
    let person = held
        .ctx
        .read(|tx, ctx| match ctx.holder.as_ref().and_then(|h| h.person) {
            Some(person) => identity::get(tx, &ctx.site.keyring, person),
            None => Ok(None),
        })
        .await?;
    let text = text(&eye, &mine, person.as_ref());
    let name = format!("attachment; filename=\"{}.txt\"", held.number);
    let name = HeaderValue::from_str(&name).map_err(Error::internal)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8")),
        (header::CONTENT_DISPOSITION, name),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    // The mark at the beginning tells editors of an older kind that it is UTF-8.
    Ok((headers, format!("\u{feff}{text}")).into_response())
}

/// The file, part by part.
fn text(eye: &Eye, mine: &Mine, person: Option<&Person>) -> String {
    let mut out = Sheet(String::new());
    let row = &mine.case.row;
    out.head(&format!("{} {}", eye.ctx.site.pack.site.name.to(eye.locale()), row.number));
    out.pair(eye.t("副本做成于", "Copy made"), &eye.moment(mine.now));
    out.part(eye.t("您是谁", "Who you are"));
    match person {
        Some(p) => {
            for (name, field) in [
                (eye.t("姓名", "Name"), &p.name),
                (eye.t("电话", "Telephone"), &p.phone),
                (eye.t("住址", "Address"), &p.address),
                (eye.t("证件号", "Identity number"), &p.idno),
            ] {
                out.pair(name, field.as_deref().unwrap_or("—"));
            }
        }
        None => out.line(eye.t("没有留下，或已删除。", "Nothing was left, or it was erased.")),
    }
    out.part(eye.t("您说的", "What you said"));
    match mine.joined.and_then(|n| mine.case.joined.get(n - 1)) {
        Some(j) => out.line(&j.words),
        None => {
            out.line(&row.title);
            out.line(&row.body);
            out.pair(eye.t("地点", "Place"), &eye.place(row));
            if let Some(form) = eye.ctx.site.pack.form_of(&row.class) {
                for (q, a) in questions::said(eye.locale(), form, &row.answers) {
                    out.pair(&q, &a);
                }
            }
        }
    }
    out.part(eye.t("办理经过", "What was done"));
    for e in &mine.entries {
        let read = for_person(mine, e);
        let Some(what) = words::happened(eye, e).filter(|_| read) else { continue };
        out.pair(&eye.moment(e.at), &what);
        out.line(&mine.readable(e));
    }
    out.part(eye.t("发给您的消息", "Messages to you"));
    for m in &mine.messages {
        out.pair(&eye.moment(m.created_at), m.state.say().to(eye.locale()));
        out.line(&m.body);
    }
    out.part(eye.t("谁看过您的信息", "Who looked at who you are"));
    for e in mine.entries.iter().filter(|e| e.verb == "look") {
        let unit = e.unit.map(|u| eye.unit(u).to_owned()).unwrap_or_default();
        out.pair(&eye.moment(e.at), &format!("{unit} {}", e.body));
    }
    out.part(eye.t("您交来的文件", "Files"));
    for f in &mine.files {
        out.line(&f.called(eye.locale()));
    }
    out.0
}

/// Lines of the file.
struct Sheet(String);

impl Sheet {
    fn head(&mut self, text: &str) {
        let _ = writeln!(self.0, "{text}\r");
    }

    fn part(&mut self, title: &str) {
        let _ = writeln!(self.0, "\r\n== {title} ==\r");
    }

    fn pair(&mut self, name: &str, text: &str) {
        let _ = writeln!(self.0, "{name}: {text}\r");
    }

    fn line(&mut self, text: &str) {
        if !text.trim().is_empty() {
            let _ = writeln!(self.0, "{}\r", text.trim());
        }
    }
}
