//! The packs that ship with the program, inside it.

/// Name of a file and its text.
type File = (&'static str, &'static str);

macro_rules! packs {
    ($($name:literal: $($file:literal),+ ;)+) => {
        /// Every built-in pack: its name and its files.
        pub const BUILTIN: &[(&str, &[File])] = &[$(
            ($name, &[$(($file, include_str!(concat!("../../../packs/", $name, "/", $file))),)+]),
        )+];
    };
}

packs! {
    "county": "answers.toml", "classes-1.toml", "classes-2.toml", "classes-3.toml", "demo.toml", "forms.toml",
        "limits.toml", "pack.toml", "rulebook.toml", "templates.toml", "tracks.toml", "units.toml";
    "pingxiang": "pack.toml";
    "zunyi": "pack.toml";
}

/// The names of the built-in packs.
pub fn builtin_names() -> Vec<&'static str> {
    BUILTIN.iter().map(|(name, _)| *name).collect()
}

/// The files of a built-in pack.
pub(crate) fn files(name: &str) -> Option<&'static [File]> {
    BUILTIN.iter().find(|(n, _)| *n == name).map(|(_, files)| *files)
}
