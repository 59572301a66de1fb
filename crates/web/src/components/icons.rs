//! A few signs, drawn for this house on a field of 24 by 24. They never stand without a word.

use maud::{Markup, html};

/// Which sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // The names are the pictures.
pub enum Icon {
    Menu,
    Search,
    Check,
    Cross,
    Alert,
    Info,
    Back,
    Forward,
    Down,
    File,
    Clip,
    Phone,
    Place,
    Clock,
    Person,
    Up,
}

impl Icon {
    /// Every sign, for the sampler.
    pub const ALL: [Icon; 16] = [
        Icon::Menu,
        Icon::Search,
        Icon::Check,
        Icon::Cross,
        Icon::Alert,
        Icon::Info,
        Icon::Back,
        Icon::Forward,
        Icon::Down,
        Icon::File,
        Icon::Clip,
        Icon::Phone,
        Icon::Place,
        Icon::Clock,
        Icon::Person,
        Icon::Up,
    ];

    fn path(self) -> &'static str {
        match self {
            Icon::Menu => "M4 7h16M4 12h16M4 17h16",
            Icon::Search => "M16 16l4.5 4.5M10.5 4a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0-13z",
            Icon::Check => "M5 12.5l4.5 4.5L19 7.5",
            Icon::Cross => "M6 6l12 12M18 6L6 18",
            Icon::Alert => "M12 4L2.8 20h18.4zM12 10v4.5M12 17.2v.1",
            Icon::Info => "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18zM12 11v5.5M12 7.7v.1",
            Icon::Back => "M14.5 5.5L8 12l6.5 6.5",
            Icon::Forward => "M9.5 5.5L16 12l-6.5 6.5",
            Icon::Down => "M5.5 9.5L12 16l6.5-6.5",
            Icon::Up => "M5.5 14.5L12 8l6.5 6.5",
            Icon::File => "M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6",
            Icon::Clip => {
                "M19 11l-7.5 7.5a4.2 4.2 0 0 1-6-6L13.3 4.700a2.8 2.8 0 0 1 4 4L9.600 16.400a1.400 1.400 0 0 1-2-2L14 8"
            }
            Icon::Phone => {
                "M5 3.500h4l1.500 5-2.500 1.500a12 12 0 0 0 6 6l1.500-2.500 5 1.500v4a1.500 1.500 0 0 1-1.500 1.500C11 20.500 3.500 13 3.500 5A1.500 1.500 0 0 1 5 3.500z"
            }
            Icon::Place => {
                "M12 21s7-6.300 7-11.500a7 7 0 0 0-14 0C5 14.700 12 21 12 21zM12 7a2.500 2.500 0 1 0 0 5a2.500 2.500 0 1 0 0-5z"
            }
            Icon::Clock => "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18zM12 7v5.300l3.500 2.200",
            Icon::Person => {
                "M12 3.500a4 4 0 1 0 0 8a4 4 0 1 0 0-8zM4 20.500c1-4.500 4-6.500 8-6.500s7 2 8 6.500"
            }
        }
    }
}

/// A sign, hidden from readers who listen.
pub fn icon(which: Icon) -> Markup {
    html! {
        svg.icon viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" focusable="false" {
            path d=(which.path()) {}
        }
    }
}
