//! Every operation of the JSON API, in one table.

use crate::api::take_in::ONCE_MAX;
use crate::api::v1;
use serde_json::{Value, json};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// What one address does with one method.
pub(super) struct Operation {
    /// The method.
    pub(super) method: &'static str,
    /// The path, as the router knows it.
    pub(super) path: &'static str,
    /// What generated programs call it.
    pub(super) id: &'static str,
    /// What it does, in Chinese.
    pub(super) zh: &'static str,
    /// What it does, in English.
    pub(super) en: &'static str,
    /// What comes with it besides the body.
    pub(super) params: &'static [Param],
    /// What is in the body of the request.
    pub(super) body: Option<Shape>,
    /// What is in a good answer.
    pub(super) answer: Shape,
    /// Further statuses of its own.
    pub(super) statuses: &'static [u16],
}

/// Where a parameter stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// In the path.
    Path,
    /// After the `?`.
    Query,
    /// A header.
    Header,
}

impl Operation {
    /// Whether everybody may ask, with no key.
    pub(super) fn is_open(&self) -> bool {
        self.path.starts_with("/api/v1/journal/")
    }
}

impl Place {
    /// The word of OpenAPI.
    pub(super) fn key(self) -> &'static str {
        match self {
            Place::Path => "path",
            Place::Query => "query",
            Place::Header => "header",
        }
    }
}

/// A parameter.
pub(super) struct Param {
    /// Its name.
    pub(super) name: &'static str,
    /// Where it stands.
    pub(super) place: Place,
    /// Whether it has to be there; what stands in a path always has.
    pub(super) required: bool,
    /// What it is for, in Chinese.
    pub(super) zh: &'static str,
    /// What it is for, in English.
    pub(super) en: &'static str,
    /// What fits.
    pub(super) schema: fn() -> Value,
}

/// A type of the API with all that it is made of.
#[derive(Clone, Copy)]
pub(super) struct Shape {
    /// Its name in the description.
    pub(super) name: fn() -> String,
    /// Its parts by name, itself included.
    pub(super) parts: fn() -> Vec<(String, RefOr<Schema>)>,
}

const fn shape<T: ToSchema>() -> Shape {
    Shape { name: name::<T>, parts: parts::<T> }
}

fn name<T: ToSchema>() -> String {
    T::name().into_owned()
}

fn parts<T: ToSchema>() -> Vec<(String, RefOr<Schema>)> {
    let mut all = Vec::new();
    T::schemas(&mut all);
    all.push((name::<T>(), <T as PartialSchema>::schema()));
    all
}

/// Why something was not answered.
pub(super) const PROBLEM: Shape = shape::<v1::ProblemBody>();

const fn in_path(name: &'static str, zh: &'static str, en: &'static str) -> Param {
    Param { name, place: Place::Path, required: true, zh, en, schema: text }
}

const fn query(name: &'static str, zh: &'static str, en: &'static str, schema: fn() -> Value) -> Param {
    Param { name, place: Place::Query, required: false, zh, en, schema }
}

fn text() -> Value {
    json!({ "type": "string", "minLength": 1 })
}

fn date() -> Value {
    json!({ "type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" })
}

fn status() -> Value {
    json!({ "type": "string", "enum": ["open", "closed"] })
}

fn yes_no() -> Value {
    json!({ "type": "string", "enum": ["true", "false"], "default": "false" })
}

fn cursor() -> Value {
    json!({ "type": "string", "pattern": "^[0-9]{1,19}$" })
}

fn limit() -> Value {
    json!({ "type": "integer", "minimum": 1, "maximum": v1::LIMIT_MAX, "default": v1::LIMIT })
}

fn once() -> Value {
    json!({ "type": "string", "minLength": 1, "maxLength": ONCE_MAX, "pattern": "^[!-~]+$" })
}

fn heads() -> Value {
    json!({ "type": "integer", "minimum": 1, "maximum": v1::HEADS_MAX, "default": v1::HEADS })
}

fn leaves() -> Value {
    json!({ "type": "integer", "minimum": 1, "maximum": v1::LEAVES_MAX, "default": v1::LEAVES })
}

fn place() -> Value {
    json!({ "type": "integer", "minimum": 0, "maximum": i64::MAX - v1::LEAVES_MAX, "default": 0 })
}

fn head() -> Value {
    json!({ "type": "integer", "minimum": 1, "maximum": i64::MAX })
}

fn hash() -> Value {
    json!({ "type": "string", "pattern": "^[0-9a-fA-F]{64}$" })
}

const fn wanted(name: &'static str, zh: &'static str, en: &'static str, schema: fn() -> Value) -> Param {
    Param { name, place: Place::Query, required: true, zh, en, schema }
}

const NUMBER: Param = in_path("number", "诉求编号", "The number of the request");

/// The table.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        method: "GET",
        path: "/api/v1/classes",
        id: "listClasses",
        zh: "三级分类：能提什么事、多久答复、要不要先打紧急电话。",
        en: "The classes on three levels: what can be asked for, how soon it is answered, whom to call first.",
        params: &[],
        body: None,
        answer: shape::<v1::ClassList>(),
        statuses: &[],
    },
    Operation {
        method: "GET",
        path: "/api/v1/classes/{code}",
        id: "getClass",
        zh: "一个分类：时限和依据、要问的问题、销号要的凭证。",
        en: "One class: its limits with their sources, its questions, the evidence it needs.",
        params: &[in_path("code", "分类编码，如 01.04.01", "The code of the class, such as 01.04.01")],
        body: None,
        answer: shape::<v1::ClassDetail>(),
        statuses: &[404],
    },
    Operation {
        method: "GET",
        path: "/api/v1/requests",
        id: "listRequests",
        zh: "公开台账，加上这把密钥自己登记的；文字已遮去姓名、号码和住址。",
        en: "The public ledger and what this key took in itself, with names, numbers and addresses masked.",
        params: &[
            query("status", "在办或已结", "Open or closed", status),
            query("class", "分类或其上级的编码", "The code of a class, or of one above", text),
            query("place", "地点（单位）的编码，含其下级", "The code of a place, with those below it", text),
            query("from", "这一天起收到的", "Received on this day or later", date),
            query("to", "这一天及以前收到的", "Received on this day or earlier", date),
            query("own", "只要自己登记的", "Only what this key took in", yes_no),
            query("cursor", "上一页的 next", "The next of the page before", cursor),
            query("limit", "一页多少件", "How many on a page", limit),
        ],
        body: None,
        answer: shape::<v1::CaseList>(),
        statuses: &[400],
    },
    Operation {
        method: "POST",
        path: "/api/v1/requests",
        id: "createRequest",
        zh: "替人登记一件诉求，返回编号、查询码和答复期限。",
        en: "Takes a request in for somebody; gives back its number, query code and date.",
        params: &[Param {
            name: "Idempotency-Key",
            place: Place::Header,
            required: false,
            zh: "同一把密钥下重复的值只登记一次",
            en: "The same value again under the same key registers nothing anew",
            schema: once,
        }],
        body: Some(shape::<v1::NewCase>()),
        answer: shape::<v1::Registered>(),
        statuses: &[201, 400, 409, 413, 415, 422, 429],
    },
    Operation {
        method: "GET",
        path: "/api/v1/requests/{number}",
        id: "getRequest",
        zh: "一件诉求办到哪里了。",
        en: "One request and where it stands.",
        params: &[NUMBER],
        body: None,
        answer: shape::<v1::Case>(),
        statuses: &[404],
    },
    Operation {
        method: "GET",
        path: "/api/v1/requests/{number}/deadline",
        id: "getDeadline",
        zh: "为什么是这个日期：规则、依据、逐日计入或不计的理由。",
        en: "Why that date: the rule, its source, and each day counted or skipped with the reason.",
        params: &[NUMBER],
        body: None,
        answer: shape::<v1::Deadline>(),
        statuses: &[404],
    },
    Operation {
        method: "GET",
        path: "/api/v1/rules",
        id: "getRules",
        zh: "现行时限和依据，日子怎么算。",
        en: "The limits in force with their sources, and how days are counted.",
        params: &[],
        body: None,
        answer: shape::<v1::Rules>(),
        statuses: &[],
    },
    Operation {
        method: "GET",
        path: "/api/v1/calendar",
        id: "getCalendar",
        zh: "哪些天上班：调休、放假和所依据的通知。",
        en: "Which days are worked: make-up days, holidays, and the notice each year follows.",
        params: &[
            Param {
                name: "from",
                place: Place::Query,
                required: true,
                zh: "第一天",
                en: "The first day",
                schema: date,
            },
            Param {
                name: "to",
                place: Place::Query,
                required: true,
                zh: "最后一天，与第一天相距不超过一年",
                en: "The last day, within a year of the first",
                schema: date,
            },
        ],
        body: None,
        answer: shape::<v1::CalendarDays>(),
        statuses: &[400],
    },
    Operation {
        method: "GET",
        path: "/api/v1/journal/heads",
        id: "listHeads",
        zh: "签过名的树头和公钥，新的在前；不用密钥。",
        en: "Signed heads of the journal and the public keys, newest first; no key needed.",
        params: &[
            query("before", "这个编号以前的", "Before this number", head),
            query("daily", "只要每天的", "Only those that close a day", yes_no),
            query("limit", "一页多少个", "How many on a page", heads),
        ],
        body: None,
        answer: shape::<v1::SealHeads>(),
        statuses: &[400],
    },
    Operation {
        method: "GET",
        path: "/api/v1/journal/inclusion",
        id: "proveInclusion",
        zh: "证明一片叶在封存的树里；不用密钥。",
        en: "Proves that a leaf stands in the sealed tree; no key needed.",
        params: &[wanted("leaf", "叶哈希，64 位十六进制", "The leaf's hash, 64 hexadecimal digits", hash)],
        body: None,
        answer: shape::<v1::Inclusion>(),
        statuses: &[400, 404],
    },
    Operation {
        method: "GET",
        path: "/api/v1/journal/consistency",
        id: "proveConsistency",
        zh: "证明较新的树头只是在较早的后面接着长；不用密钥。",
        en: "Proves that the tree of one head is the beginning of another's; no key needed.",
        params: &[
            wanted("from", "较早树头的编号", "The number of the older head", head),
            wanted("to", "较新树头的编号", "The number of the newer head", head),
        ],
        body: None,
        answer: shape::<v1::HeadsConsistency>(),
        statuses: &[400, 404],
    },
    Operation {
        method: "GET",
        path: "/api/v1/journal/leaves",
        id: "listLeaves",
        zh: "按次序列出叶哈希，谁都可以重算整棵树；不用密钥。",
        en: "The hashes of the leaves in order, so that anybody can compute the tree again; no key needed.",
        params: &[
            query("from", "从第几片叶开始，第一片是 0", "The place of the first, from 0", place),
            query("limit", "一页多少片", "How many on a page", leaves),
        ],
        body: None,
        answer: shape::<v1::Leaves>(),
        statuses: &[400],
    },
];

/// Statuses that any operation may end with.
pub(super) const COMMON: &[u16] = &[401, 405, 500, 503, 504];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::ROUTES;
    use access::Access;
    use std::collections::BTreeSet;

    #[test]
    fn every_route_is_described_and_nothing_else() {
        let routes: BTreeSet<(&str, &str)> =
            ROUTES.iter().filter(|r| r.path.starts_with("/api/v1/")).map(|r| (r.method, r.path)).collect();
        let described: BTreeSet<(&str, &str)> = OPERATIONS.iter().map(|o| (o.method, o.path)).collect();
        assert_eq!(routes, described);
        assert_eq!(described.len(), OPERATIONS.len(), "one is described twice");
        for route in ROUTES.iter().filter(|r| r.path.starts_with("/api/v1/")) {
            let open = OPERATIONS.iter().any(|o| o.path == route.path && o.is_open());
            assert_eq!(route.access, if open { Access::Public } else { Access::Key }, "{}", route.path);
        }
    }

    #[test]
    fn what_stands_in_a_path_is_a_parameter() {
        for o in OPERATIONS {
            let named: Vec<&str> =
                o.path.split('/').filter_map(|p| p.strip_prefix('{')?.strip_suffix('}')).collect();
            let told: Vec<&str> =
                o.params.iter().filter(|p| p.place == Place::Path).map(|p| p.name).collect();
            assert_eq!(named, told, "{}", o.path);
        }
    }
}
