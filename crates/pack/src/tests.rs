//! The built-in packs are sound, and what is wrong with others is named with file and line.

use crate::*;

fn county() -> Pack {
    load_builtin("county").unwrap_or_else(|f| panic!("{f}"))
}

#[test]
fn every_built_in_pack_is_sound() {
    for name in builtin_names() {
        let pack = load_builtin(name).unwrap_or_else(|f| panic!("{name}:\n{f}"));
        assert_eq!(pack.id, name);
    }
}

#[test]
fn every_file_of_a_built_in_pack_is_in_the_program() {
    for (name, files) in BUILTIN {
        let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs").join(name);
        let mut there: Vec<String> = std::fs::read_dir(&dir)
            .expect("the packs' directory")
            .map(|e| e.expect("an entry").file_name().to_string_lossy().into_owned())
            .filter(|f| f.ends_with(".toml"))
            .collect();
        there.sort();
        assert_eq!(there, files.iter().map(|(f, _)| (*f).to_owned()).collect::<Vec<_>>(), "{name}");
        assert_eq!(load_dir(&dir).unwrap_or_else(|f| panic!("{f}")).classes.len(), load_builtin(name).unwrap().classes.len());
    }
}
