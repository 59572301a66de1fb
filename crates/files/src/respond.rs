//! Sending a file to a browser, so that whatever is in it stays a file.

use crate::model::Attachment;
use crate::vault::Variant;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

/// The answer with `bytes` of `attachment`, which is called `name`. Pictures and sounds open in the page, all else is saved;
/// with `download` these are, too. Who may have it the caller has asked before.
pub fn respond(
    attachment: &Attachment,
    name: &str,
    bytes: Vec<u8>,
    variant: Variant,
    download: bool,
) -> Response {
    let mime = match variant {
        Variant::Full => attachment.mime.as_str(),
        Variant::Thumb => "image/jpeg",
    };
    let shown = mime.starts_with("image/") || mime.starts_with("audio/");
    let way = if shown && !download { "inline" } else { "attachment" };
    let text =
        |v: &str| HeaderValue::from_str(v).unwrap_or(HeaderValue::from_static("application/octet-stream"));
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, text(mime));
    headers.insert(header::CONTENT_DISPOSITION, text(&disposition(way, name)));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox",
        ),
    );
    // The bytes under an id never change, but who may see them does: what is somebody's is asked for each time, so that
    // nothing opens out of a browser after it was taken out, or for the next who signs in there.
    let cache = if attachment.of_person() { "private, no-store" } else { "private, max-age=3600" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    response
}

/// RFC 6266: a name in ASCII for old clients, and the real one in UTF-8.
fn disposition(way: &str, name: &str) -> String {
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '_' }).collect();
    let mut real = String::new();
    for b in name.bytes() {
        if b.is_ascii_alphanumeric() || b"._-".contains(&b) {
            real.push(char::from(b));
        } else {
            real.push_str(&format!("%{b:02X}"));
        }
    }
    format!("{way}; filename=\"{plain}\"; filename*=UTF-8''{real}")
}

#[cfg(test)]
mod tests {
    use super::disposition;

    #[test]
    fn the_name_cannot_break_out_of_its_header() {
        let d = disposition("inline", "照片\"; x=\"1\r\n.jpg");
        assert!(d.is_ascii() && !d.contains('\r') && d.matches('"').count() == 2, "{d}");
        assert!(d.ends_with("%0D%0A.jpg") && d.contains("UTF-8''%E7%85%A7%E7%89%87"), "{d}");
    }
}
