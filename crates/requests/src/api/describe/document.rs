//! The OpenAPI 3.1 document.

use super::operations::{COMMON, OPERATIONS, Operation, PROBLEM, Param, Shape};
use crate::api::client::KEY_HEADER;
use http::StatusCode;
use serde_json::{Map, Value, json};

/// The version of the interface: it grows with what is added, and changes its first part with what is
/// taken away, as does the `v1` of the paths.
const VERSION: &str = "1.0.0";

const ABOUT: &str = "Takes requests in for residents, shows where they stand, and explains every date. \
    Texts come in Chinese, or in both languages as `{zh, en}`. Answers never hold names, telephone numbers or \
    addresses: reading shows what the public ledger shows, and what the key took in itself. \
    Unknown query parameters are ignored. For the exchange format of other cities see `/open311/discovery.json`.";

/// The document, for a site at `base`.
pub(super) fn document(base: &str) -> Value {
    let mut paths: Map<String, Value> = Map::new();
    let mut schemas: Map<String, Value> = Map::new();
    let mut learn = |shape: &Shape| {
        for (name, schema) in (shape.parts)() {
            // Our own types, whose schemas always serialize.
            schemas.insert(name, serde_json::to_value(schema).unwrap_or_default());
        }
    };
    learn(&PROBLEM);
    for operation in OPERATIONS {
        learn(&operation.answer);
        operation.body.iter().for_each(&mut learn);
        let at = paths.entry(operation.path).or_insert_with(|| json!({}));
        at[operation.method.to_ascii_lowercase()] = self::operation(operation);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Lianxin 连心",
            "version": VERSION,
            "description": ABOUT,
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": base }],
        "security": [{ "apiKey": [] }],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "apiKey": {
                    "type": "apiKey", "in": "header", "name": "X-Api-Key",
                    "description": "A key that the administrator of the site hands out.",
                },
            },
        },
    })
}

fn operation(o: &Operation) -> Value {
    let mut out = json!({
        "operationId": o.id,
        "summary": o.en,
        "x-summary-zh": o.zh,
        "tags": [o.path.split('/').nth(3).unwrap_or("")],
        "security": if o.is_open() { json!([]) } else { json!([{ "apiKey": [] }]) },
        "responses": responses(o),
    });
    if !o.params.is_empty() {
        out["parameters"] = o.params.iter().map(parameter).collect();
    }
    if let Some(body) = &o.body {
        out["requestBody"] =
            json!({ "required": true, "content": { "application/json": { "schema": reference(body) } } });
    }
    out
}

fn parameter(p: &Param) -> Value {
    json!({
        "name": p.name,
        "in": p.place.key(),
        "required": p.required,
        "description": p.en,
        "x-description-zh": p.zh,
        "schema": (p.schema)(),
    })
}

fn reference(shape: &Shape) -> Value {
    json!({ "$ref": format!("#/components/schemas/{}", (shape.name)()) })
}

fn responses(o: &Operation) -> Value {
    let mut out = Map::new();
    for status in [200].iter().chain(o.statuses).chain(COMMON) {
        if *status == 401 && o.is_open() {
            continue;
        }
        let good = *status < 300;
        let (kind, shape) =
            if good { ("application/json", &o.answer) } else { ("application/problem+json", &PROBLEM) };
        let mut answer = json!({
            "description": meaning(*status),
            "content": { kind: { "schema": reference(shape) } },
        });
        if good && o.method == "POST" {
            answer["links"] = links();
        }
        if let Some((name, about)) = header_of(*status, o) {
            let header = json!({ "required": true, "description": about, "schema": { "type": "string" } });
            answer["headers"] = json!({ name: header });
        }
        out.insert(status.to_string(), answer);
    }
    Value::Object(out)
}

/// What can be asked of a request that was taken in.
fn links() -> Value {
    let to = |id: &str| json!({ "operationId": id, "parameters": { "number": "$response.body#/number" } });
    json!({ "request": to("getRequest"), "deadline": to("getDeadline") })
}

/// What a status tells here.
fn meaning(status: u16) -> String {
    match status {
        200 => "Done.".into(),
        201 => "Registered.".into(),
        400 => "A parameter does not fit, or the body is not JSON.".into(),
        401 => format!("No valid key in the header {KEY_HEADER}."),
        404 => "Nothing there that this key may read.".into(),
        405 => "The address does not take this method.".into(),
        409 => "A rule refuses it, or the Idempotency-Key was used for another request.".into(),
        413 => "The body is too large.".into(),
        415 => "The body is not declared as application/json.".into(),
        422 => "Fields are missing or do not fit; `errors` names each.".into(),
        429 => "More than this key or this address may send in a minute; nothing was written.".into(),
        500 => "A fault of ours; `incident` is its number in the log.".into(),
        503 => "Busy: try again in a moment.".into(),
        504 => "No answer in time: look whether it was done before trying again.".into(),
        other => StatusCode::from_u16(other).ok().and_then(|s| s.canonical_reason()).unwrap_or("").into(),
    }
}

/// The header that always comes with a status.
fn header_of(status: u16, o: &Operation) -> Option<(&'static str, &'static str)> {
    match status {
        200 | 201 if o.method == "POST" => Some(("Location", "Where it can be read.")),
        401 => Some(("WWW-Authenticate", "How to show a key.")),
        405 => Some(("Allow", "The methods that the address takes.")),
        429 | 503 => Some(("Retry-After", "After how many seconds to try again.")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn references<'v>(value: &'v Value, out: &mut Vec<&'v str>) {
        match value {
            Value::Object(map) => map.iter().for_each(|(name, v)| match v {
                Value::String(to) if name == "$ref" => out.push(to),
                _ => references(v, out),
            }),
            Value::Array(all) => all.iter().for_each(|v| references(v, out)),
            _ => {}
        }
    }

    #[test]
    fn every_reference_leads_somewhere_and_every_schema_is_used() {
        let document = document("http://localhost");
        let mut all = Vec::new();
        references(&document, &mut all);
        assert!(all.len() > 50);
        let schemas = document["components"]["schemas"].as_object().unwrap();
        for to in &all {
            let name = to.strip_prefix("#/components/schemas/").unwrap();
            assert!(schemas.contains_key(name), "{to} leads nowhere");
        }
        for name in schemas.keys() {
            assert!(all.iter().any(|to| to.ends_with(&format!("/{name}"))), "{name} is not used");
        }
    }

    #[test]
    fn what_is_sent_is_described_with_its_bounds() {
        let document = document("http://localhost");
        let new = &document["components"]["schemas"]["NewRequest"];
        assert_eq!(new["required"], json!(["class", "description"]));
        assert_eq!(new["additionalProperties"], json!(false));
        assert_eq!(new["properties"]["description"]["maxLength"], json!(8000));
        let post = &document["paths"]["/api/v1/requests"]["post"];
        for status in ["200", "201", "400", "401", "405", "409", "413", "415", "422", "429", "500", "503"] {
            assert!(post["responses"][status]["description"].is_string(), "{status}");
        }
        let ids: Vec<&str> = OPERATIONS.iter().map(|o| o.id).collect();
        for link in post["responses"]["201"]["links"].as_object().unwrap().values() {
            assert!(ids.contains(&link["operationId"].as_str().unwrap()), "{link}");
        }
        assert_eq!(post["responses"]["429"]["headers"]["Retry-After"]["required"], json!(true));
        assert_eq!(post["security"], json!([{ "apiKey": [] }]));
    }
}
