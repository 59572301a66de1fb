//! The packs that ship with the program, inside it.

/// Name of a file and its text.
type File = (&'static str, &'static str);

include!(concat!(env!("OUT_DIR"), "/packs.rs"));

/// The names of the built-in packs.
pub fn builtin_names() -> Vec<&'static str> {
    BUILTIN.iter().map(|(name, _)| *name).collect()
}

/// The files of a built-in pack.
pub(crate) fn files(name: &str) -> Option<&'static [File]> {
    BUILTIN.iter().find(|(n, _)| *n == name).map(|(_, files)| *files)
}
