//! Writes every component, in both languages and all looks, into a folder to look at in a browser:
//! `cargo run -p web --example sampler -- DIR`.

#[path = "sampler/parts.rs"]
mod parts;
#[path = "sampler/public.rs"]
mod public;
#[path = "sampler/staff.rs"]
mod staff;

use kernel::Locale;
use std::path::Path;
use web::{Look, Theme};

fn main() -> std::io::Result<()> {
    let Some(dir) = std::env::args().nth(1) else {
        eprintln!("usage: sampler DIR");
        std::process::exit(2);
    };
    let dir = Path::new(&dir);
    std::fs::create_dir_all(dir.join("assets"))?;
    std::fs::write(dir.join("assets/app.css"), web::assets::css())?;
    std::fs::write(dir.join("assets/app.js"), web::assets::js())?;
    let prefix = web::assets::url("");
    let mut count = 0;
    for (tag, look) in looks() {
        for (name, page) in
            public::pages(&look).into_iter().chain(staff::pages(&look)).chain(parts::pages(&look))
        {
            let html = page.render().into_string().replace(&prefix, "assets/");
            std::fs::write(dir.join(format!("{name}.{tag}.html")), html)?;
            count += 1;
        }
    }
    println!("{count} pages in {}", dir.display());
    Ok(())
}

fn looks() -> Vec<(&'static str, Look)> {
    let base = |locale| Look { csrf: "sample".into(), ..Look::new(locale) };
    vec![
        ("zh", base(Locale::Zh)),
        ("en", base(Locale::En)),
        ("zh-dark", Look { theme: Theme::Dark, ..base(Locale::Zh) }),
        ("en-dark", Look { theme: Theme::Dark, ..base(Locale::En) }),
        ("zh-elder", Look { elder: true, ..base(Locale::Zh) }),
        ("en-elder", Look { elder: true, ..base(Locale::En) }),
    ]
}
