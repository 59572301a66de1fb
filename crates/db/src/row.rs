//! One row of an answer.

use crate::{FromValue, Value};
use kernel::{Error, Result};
use std::sync::Arc;

/// One row: values by position, and the name of the statement that they came from.
#[derive(Clone, Debug)]
pub struct Row {
    name: Arc<str>,
    values: Vec<Value>,
}

impl Row {
    pub(crate) fn new(name: Arc<str>, values: Vec<Value>) -> Self {
        Self { name, values }
    }

    /// Puts other values into it: `put` is given each place, with what stands there.
    pub(crate) fn fill<E>(
        &mut self,
        columns: usize,
        put: impl Fn(usize, &mut Value) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        self.values.resize(columns, Value::Null);
        self.values.iter_mut().enumerate().try_for_each(|(i, value)| put(i, value))
    }

    /// Its values as a row of their own; it is empty afterwards.
    pub(crate) fn take(&mut self) -> Row {
        Row { name: self.name.clone(), values: std::mem::take(&mut self.values) }
    }

    /// Column `i`, from 0, as `T`. Nothing (`NULL`) is read as `Option<T>`.
    ///
    /// # Errors
    /// `Internal`, naming statement and column but not the value, where there is no such column or
    /// the value is not a `T`: statement and code disagree.
    pub fn get<T: FromValue>(&self, i: usize) -> Result<T> {
        let Some(value) = self.values.get(i) else {
            return Err(Error::Internal(format!("{}: no column {i}, only {}", self.name, self.values.len())));
        };
        T::from_value(value).ok_or_else(|| {
            Error::Internal(format!(
                "{}: column {i}: wanted {}, found {}",
                self.name,
                T::WANTED,
                value.kind()
            ))
        })
    }

    /// Column `i` as a text that stays in the row: for those who read very many rows.
    ///
    /// # Errors
    /// As [`Row::get`].
    pub fn text(&self, i: usize) -> Result<&str> {
        match self.values.get(i) {
            Some(Value::Text(v)) => Ok(v),
            _ => self.get::<String>(i).map(|_| ""),
        }
    }

    /// How many columns there are.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there is no column at all.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// All values, in order.
    pub fn values(&self) -> &[Value] {
        &self.values
    }
}
