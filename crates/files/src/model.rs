//! What an attachment is.

use crate::sniff::Kind;
use kernel::{Actor, AttachmentId, Locale, PersonId, Timestamp, Uuid};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $key:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// Every one.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];
            /// The word in tables and forms.
            pub fn key(self) -> &'static str {
                match self { $($name::$variant => $key),+ }
            }
            /// The one with this word.
            pub fn from_key(key: &str) -> Option<$name> {
                match key { $($key => Some($name::$variant),)+ _ => None }
            }
        }
    };
}

words! {
    /// What an attachment proves, where a class of case asks for proof.
    Evidence {
        /// Nothing in particular.
        None = "";
        /// How it was before.
        Before = "before";
        /// How it was afterwards.
        After = "after";
        /// A paper: a decision, an agreement, a receipt.
        Document = "document";
    }
}

words! {
    /// Who may see an attachment at all.
    Audience {
        /// Those who work on the case.
        Inside = "inside";
        /// They and the person who asked.
        Person = "person";
        /// Everybody.
        Public = "public";
    }
}

/// Whose an attachment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Handed in by somebody who asked, or taken in for them; who that is where they said so.
    Person(Option<PersonId>),
    /// Made by staff for the case.
    House,
}

/// An attachment to write.
#[derive(Clone, Debug)]
pub struct NewAttachment<'a> {
    /// Made by the caller, so that attaching twice is one attachment.
    pub id: AttachmentId,
    /// What it is attached to: `request`, `record`, …
    pub owner_kind: &'static str,
    /// The id of that.
    pub owner: Uuid,
    /// What it proves.
    pub evidence: Evidence,
    /// Who may see it.
    pub audience: Audience,
    /// Whose it is.
    pub whose: Whose,
    /// Who handed it in.
    pub by: &'a Actor,
    /// When.
    pub at: Timestamp,
}

/// An attachment as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Its id.
    pub id: AttachmentId,
    /// What it is attached to.
    pub owner_kind: String,
    /// The id of that.
    pub owner: Uuid,
    /// Its place among the owner's attachments, from 1.
    pub seq: i64,
    /// Whose it is.
    pub whose: Whose,
    /// The name it came with, where it was opened (see [`crate::name_all`]).
    pub name: Option<String>,
    /// What it is, by its bytes.
    pub mime: String,
    /// The bytes kept, before they were closed.
    pub size: u64,
    /// The place on disk.
    pub blob: [u8; 16],
    /// A picture's width and height in pixels, upright.
    pub pixels: Option<(u32, u32)>,
    /// Whether there is a small picture of it.
    pub thumb: bool,
    /// What it proves.
    pub evidence: Evidence,
    /// Who may see it.
    pub audience: Audience,
    /// Who handed it in.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
    /// When it was taken back.
    pub removed_at: Option<Timestamp>,
}

impl Attachment {
    /// Its name where it was opened, else one that says nothing: whoever hands in a file may have called it
    /// after somebody.
    pub fn called(&self, locale: Locale) -> String {
        let ending = Kind::from_mime(&self.mime).map_or("bin", Kind::ending);
        match &self.name {
            Some(name) => name.clone(),
            None => format!("{}{}.{ending}", locale.t("附件", "attachment-"), self.seq),
        }
    }

    /// Whether it may show who asked: it came from them.
    pub fn of_person(&self) -> bool {
        matches!(self.whose, Whose::Person(_))
    }
}
