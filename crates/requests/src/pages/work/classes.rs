//! What a combobox of classes asks while somebody types: JSON `[{value, label, hint}]`.

use access::SharedSite;
use axum::Json;
use axum::extract::{Query, State};
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use web::{Look, PageResult};

/// What was typed.
#[derive(Deserialize, Default)]
pub(crate) struct Asked {
    #[serde(default)]
    q: String,
}

#[derive(Serialize)]
struct Hit {
    /// The class's code.
    value: String,
    /// Its names from the first level down.
    label: String,
    /// Its bounds, where it has any.
    hint: String,
}

/// `GET /classes/search?q=`: classes of the third level, for everybody.
pub(crate) async fn search(
    State(site): State<SharedSite>,
    look: Look,
    Query(asked): Query<Asked>,
) -> PageResult {
    let typed: String = asked.q.chars().take(200).collect();
    let hits: Vec<Hit> = site
        .pack
        .find_classes(&typed, 12)
        .into_iter()
        .map(|c| Hit {
            value: c.code.clone(),
            label: site
                .pack
                .class_path(&c.code)
                .iter()
                .map(|t| t.to(look.locale))
                .collect::<Vec<_>>()
                .join(" › "),
            hint: c.note.as_ref().map(|n| n.to(look.locale).to_owned()).unwrap_or_default(),
        })
        .collect();
    Ok(Json(hits).into_response())
}
