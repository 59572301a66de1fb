//! Where in which file something stands.

use crate::merge::key_of;
use std::collections::BTreeMap;
use toml::de::{DeTable, DeValue};

/// One file of a pack.
#[derive(Clone, Debug)]
struct File {
    name: String,
    start: usize,
    text: String,
}

/// The files that were read, laid end to end so that one offset names file and line, and the offset of
/// every entry by its path (`class/02.03.01/handler`).
#[derive(Clone, Debug, Default)]
pub(crate) struct Places {
    files: Vec<File>,
    index: BTreeMap<String, usize>,
}

impl Places {
    /// Adds a file; the offset at which it starts.
    pub(crate) fn add(&mut self, name: &str, text: &str) -> usize {
        let start = self.files.last().map_or(0, |f| f.start + f.text.len() + 1);
        self.files.push(File { name: name.to_owned(), start, text: text.to_owned() });
        start
    }

    /// File and line (from 1) of an offset.
    pub(crate) fn locate(&self, offset: usize) -> (String, usize) {
        let Some(file) = self.files.iter().rev().find(|f| f.start <= offset) else {
            return (String::new(), 0);
        };
        let within = (offset - file.start).min(file.text.len());
        (file.name.clone(), 1 + file.text.as_bytes()[..within].iter().filter(|b| **b == b'\n').count())
    }

    /// File and line of the entry at `path`, or of the nearest one above it.
    pub(crate) fn find(&self, path: &str) -> (String, usize) {
        let mut path = path;
        loop {
            if let Some(offset) = self.index.get(path) {
                return self.locate(*offset);
            }
            match path.rfind('/') {
                Some(at) => path = &path[..at],
                None => return self.files.first().map_or((String::new(), 0), |f| (f.name.clone(), 1)),
            }
        }
    }

    /// Whether a file says anything at `path`.
    pub(crate) fn has(&self, path: &str) -> bool {
        self.index.contains_key(path)
    }

    /// Notes where everything in `table` stands.
    pub(crate) fn index(&mut self, table: &DeTable<'_>) {
        self.index.clear();
        let mut index = std::mem::take(&mut self.index);
        walk_table("", table, &mut index);
        self.index = index;
    }
}

fn walk_table(path: &str, table: &DeTable<'_>, index: &mut BTreeMap<String, usize>) {
    for (key, value) in table.iter() {
        let name = key.get_ref();
        let here = if path.is_empty() { name.to_string() } else { format!("{path}/{name}") };
        // The key, not the value: a table's value may begin in another place than its first line.
        index.insert(here.clone(), key.span().start);
        walk_value(&here, value.get_ref(), index);
    }
}

fn walk_value(path: &str, value: &DeValue<'_>, index: &mut BTreeMap<String, usize>) {
    match value {
        DeValue::Table(table) => walk_table(path, table, index),
        DeValue::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                let name = match item.get_ref() {
                    DeValue::Table(t) => key_of(t),
                    _ => None,
                };
                let here = format!("{path}/{}", name.unwrap_or_else(|| i.to_string()));
                index.insert(here.clone(), item.span().start);
                walk_value(&here, item.get_ref(), index);
            }
        }
        _ => {}
    }
}
