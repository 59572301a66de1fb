//! The HTTP shell and the face of the product.
//!
//! A page goes out in four moves: the [`shell`](shell::shell) middleware reads how this reader
//! wants it ([`Look`]: language, large print, theme) and lays it in the request; a handler asks for
//! the `Look`, builds its content out of [`components`], [`form`] and [`charts`], and puts it into a
//! [`Page`]; an error ends the handler with `?` and is rendered late, in the reader's language
//! ([`errors`]); [`security_headers`](assets::security_headers) goes on last.
//!
//! Components are functions that return [`maud::Markup`]. Everything works without a script: actions
//! are forms and redirects, and the one small script only adds comfort. There is no inline style
//! and no inline script anywhere, because the content security policy allows none.

pub mod assets;
pub mod charts;
pub mod components;
pub mod csrf;
pub mod errors;
pub mod form;
pub mod format;
pub mod look;
pub mod page;
mod qr;
pub mod shell;

pub use errors::{ApiError, ApiResult, PageResult, WebError};
pub use form::{FormBody, FormState, MultipartBody, Upload, Values};
pub use look::{Chrome, Look, NavItem, SiteName, Theme, UserChip};
pub use maud::{Markup, PreEscaped, html};
pub use page::Page;
pub use qr::qr;
pub use shell::{redirect_with, router};
