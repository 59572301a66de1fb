//! The little SQL of the program itself.

db::statements! {
    /// Whether the database answers.
    pub(crate) ALIVE = "SELECT 1";
}
