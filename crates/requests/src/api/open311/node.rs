//! A tree that can be written as JSON and as XML, since both forms say the same.

use serde::ser::{Serialize, SerializeMap, Serializer};

/// Something to say in either form.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    /// Nothing: `null`, an empty element.
    Nothing,
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A fraction.
    Real(f64),
    /// A text.
    Text(String),
    /// Several of the same.
    List(Vec<Node>),
    /// Named parts in an order.
    Map(Vec<(&'static str, Node)>),
}

impl From<&str> for Node {
    fn from(text: &str) -> Self {
        Node::Text(text.to_owned())
    }
}

impl From<String> for Node {
    fn from(text: String) -> Self {
        Node::Text(text)
    }
}

impl From<bool> for Node {
    fn from(is: bool) -> Self {
        Node::Bool(is)
    }
}

impl<T: Into<Node>> From<Option<T>> for Node {
    fn from(some: Option<T>) -> Self {
        some.map_or(Node::Nothing, Into::into)
    }
}

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        match self {
            Node::Nothing => s.serialize_none(),
            Node::Bool(b) => s.serialize_bool(*b),
            Node::Int(n) => s.serialize_i64(*n),
            Node::Real(n) => s.serialize_f64(*n),
            Node::Text(t) => s.serialize_str(t),
            Node::List(all) => s.collect_seq(all),
            Node::Map(parts) => {
                let mut map = s.serialize_map(Some(parts.len()))?;
                for (name, part) in parts {
                    map.serialize_entry(name, part)?;
                }
                map.end()
            }
        }
    }
}

impl Node {
    /// As a JSON document.
    pub(super) fn json(&self) -> String {
        // Only maps with odd keys and failing writers can fail, and there are neither.
        serde_json::to_string(self).unwrap_or_else(|_| "null".to_owned())
    }

    /// As an XML document whose root has this name.
    pub(super) fn xml(&self, root: &str) -> String {
        let mut out = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
        self.element(root, &mut out);
        out
    }

    fn element(&self, name: &str, out: &mut String) {
        out.push_str(&format!("<{name}>"));
        match self {
            Node::Nothing => {}
            Node::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
            Node::Int(n) => out.push_str(&n.to_string()),
            Node::Real(n) => out.push_str(&n.to_string()),
            Node::Text(t) => escape(t, out),
            Node::List(all) => all.iter().for_each(|one| one.element(member(name), out)),
            Node::Map(parts) => parts.iter().for_each(|(name, part)| part.element(name, out)),
        }
        out.push_str(&format!("</{name}>"));
    }
}

/// What the standard calls one of these.
fn member(list: &str) -> &str {
    match list {
        "services" => "service",
        "service_requests" => "request",
        "attributes" => "attribute",
        "values" => "value",
        "errors" => "error",
        "endpoints" => "endpoint",
        "formats" => "format",
        other => other,
    }
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // A bare one would be read back as a line feed.
            '\r' => out.push_str("&#13;"),
            // What no XML 1.0 document may hold.
            '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_say_the_same() {
        let value = Node::Map(vec![("key", "a".into()), ("name", "甲 & <乙>\u{1}".into())]);
        let one = Node::Map(vec![
            ("required", true.into()),
            ("order", Node::Int(1)),
            ("values", Node::List(vec![value])),
            ("media_url", Node::Nothing),
        ]);
        let all = Node::List(vec![one]);
        assert_eq!(
            all.json(),
            "[{\"required\":true,\"order\":1,\"values\":[{\"key\":\"a\",\"name\":\"甲 & <乙>\\u0001\"}],\"media_url\":null}]"
        );
        assert_eq!(
            all.xml("attributes"),
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<attributes><attribute><required>true</required><order>1</order>\
             <values><value><key>a</key><name>甲 &amp; &lt;乙&gt;</name></value></values><media_url></media_url></attribute></attributes>"
        );
    }
}
