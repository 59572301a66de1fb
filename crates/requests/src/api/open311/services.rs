//! `services`: the classes of the pack that take requests, and the questions that each asks.

use super::form::{Fault, Form, split};
use super::node::Node;
use super::questions;
use access::SharedSite;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::Response;
use kernel::Locale;
use pack::{Class, Pack};

/// The classes that a program can send a request for.
pub(super) fn offered(pack: &Pack) -> impl Iterator<Item = &Class> {
    pack.classes.iter().filter(|c| is_offered(c))
}

/// The class with this code, where a program can send a request for it.
pub(super) fn find<'p>(pack: &'p Pack, code: &str) -> Option<&'p Class> {
    pack.class(code).filter(|c| is_offered(c))
}

fn is_offered(class: &Class) -> bool {
    class.is_leaf() && class.stop.as_ref().is_none_or(|s| s.may_go_on)
}

/// There is no such service.
pub(super) fn unknown() -> Fault {
    Fault::missing("没有这个 service_code。", "There is no service with this service_code.")
}

/// `GET /open311/v2/services.json`, `.xml`
pub(super) async fn list(State(site): State<SharedSite>, form: Form) -> Response {
    let all = offered(&site.pack).map(|c| service(&site.pack, c, form.locale)).collect();
    form.give("services", Ok(Node::List(all)))
}

/// `GET /open311/v2/services/{code}.json`, `.xml`
pub(super) async fn show(
    State(site): State<SharedSite>,
    form: Form,
    file: Result<Path<String>, PathRejection>,
) -> Response {
    let code = file.ok().and_then(|Path(file)| split(&file).map(|(code, _)| code.to_owned()));
    let class = code.and_then(|code| find(&site.pack, &code));
    let found = class.ok_or_else(unknown).map(|class| {
        let asked = site.pack.form_of(&class.code).map(|f| questions::attributes(f, form.locale));
        let attributes = Node::List(asked.unwrap_or_default());
        Node::Map(vec![("service_code", class.code.as_str().into()), ("attributes", attributes)])
    });
    form.give("service_definition", found)
}

fn service(pack: &Pack, class: &Class, locale: Locale) -> Node {
    let path = pack.class_path(&class.code);
    let group = path.first().map_or("", |t| t.to(locale));
    let between = path.iter().skip(1).map(|t| t.to(locale)).collect::<Vec<_>>().join(" › ");
    // Whom to call comes first: nobody reads on in an emergency.
    let stop = class.stop.as_ref().map(|s| format!("{} ({})", s.text.to(locale), s.call.join(", ")));
    let note = class.note.as_ref().map(|n| n.to(locale).to_owned());
    let description: Vec<String> = stop.into_iter().chain(note).chain([between]).collect();
    Node::Map(vec![
        ("service_code", class.code.as_str().into()),
        ("service_name", class.public_name.to(locale).into()),
        ("description", description.join(" ").into()),
        ("metadata", pack.form_of(&class.code).is_some().into()),
        ("type", "realtime".into()),
        ("keywords", class.words.join(",").into()),
        ("group", group.into()),
    ])
}
