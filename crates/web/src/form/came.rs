//! What forms came with one request, for whoever counts how much is asked of people.

use super::Values;
use std::sync::{Arc, Mutex};

/// The fields that one form came with: the name of each, and how many characters it holds.
pub type Fields = Vec<(String, usize)>;

/// Laid into a request before its handler; whatever reads a form notes here what it came with. Not a word of what was
/// written is kept.
#[derive(Clone, Debug, Default)]
pub struct Came(Arc<Mutex<Vec<Fields>>>);

impl Came {
    /// Notes a form that was read.
    pub fn form(&self, values: &Values) {
        let fields = values
            .iter()
            .flat_map(|(name, all)| all.iter().map(|v| (name.clone(), v.trim().chars().count())));
        self.fields(fields.filter(|(_, n)| *n > 0).collect());
    }

    /// Notes what came in another shape, for example as JSON from a telephone.
    pub fn fields(&self, fields: Fields) {
        self.0.lock().unwrap_or_else(|e| e.into_inner()).push(fields);
    }

    /// What was noted so far; from here on nothing is.
    pub fn take(&self) -> Vec<Fields> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(|e| e.into_inner()))
    }
}
