//! Two languages, side by side in the code: a text without its other half does not compile.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// The reader's language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Locale {
    /// Simplified Chinese, the first language.
    #[default]
    Zh,
    /// English.
    En,
}

impl Locale {
    /// The one of the two that the reader reads.
    pub fn t<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        match self {
            Locale::Zh => zh,
            Locale::En => en,
        }
    }
    /// The language tag for `<html lang>`.
    pub fn tag(self) -> &'static str {
        self.t("zh-CN", "en")
    }
    /// The other language, for the switch.
    pub fn other(self) -> Locale {
        match self {
            Locale::Zh => Locale::En,
            Locale::En => Locale::Zh,
        }
    }
}

/// Something to tell a person, in both languages, chosen when it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Say {
    /// In Chinese.
    pub zh: Cow<'static, str>,
    /// In English.
    pub en: Cow<'static, str>,
}

impl Say {
    /// Both halves.
    pub fn new(zh: impl Into<Cow<'static, str>>, en: impl Into<Cow<'static, str>>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }
    /// The half in `locale`.
    pub fn to(&self, locale: Locale) -> &str {
        locale.t(&self.zh, &self.en)
    }
}

/// Text from a pack: `{ zh = "…", en = "…" }`, or a plain string where both are the same word.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "RawText")]
pub struct Text {
    /// In Chinese.
    pub zh: String,
    /// In English; the Chinese stands in where a pack gives none.
    pub en: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum RawText {
    One(String),
    Both {
        zh: String,
        #[serde(default)]
        en: Option<String>,
    },
}

impl From<RawText> for Text {
    fn from(raw: RawText) -> Self {
        match raw {
            RawText::One(zh) => Text { en: zh.clone(), zh },
            RawText::Both { zh, en } => Text { en: en.unwrap_or_else(|| zh.clone()), zh },
        }
    }
}

impl Text {
    /// Both halves.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }
    /// The half in `locale`.
    pub fn to(&self, locale: Locale) -> &str {
        locale.t(&self.zh, &self.en)
    }
}
