//! The ledger as a file, exactly as seen.

use crate::Ctx;
use crate::export::{self, Asked, Format, Spec};
use access::{SharedSite, Staff};
use axum::body::{Body, HttpBody};
use axum::extract::{RawQuery, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use kernel::{Error, Result};
use std::io::Read;
use std::pin::Pin;
use std::task::{Context, Poll};
use web::PageResult;

/// `GET /requests/export.csv`
pub(super) async fn csv(site: State<SharedSite>, staff: Staff, query: RawQuery) -> PageResult {
    download(site, staff, query, Format::Csv).await
}

/// `GET /requests/export.xlsx`
pub(super) async fn xlsx(site: State<SharedSite>, staff: Staff, query: RawQuery) -> PageResult {
    download(site, staff, query, Format::Xlsx).await
}

async fn download(
    State(site): State<SharedSite>,
    Staff(visitor): Staff,
    RawQuery(query): RawQuery,
    format: Format,
) -> PageResult {
    let ctx = Ctx::new(&site, visitor.scope.clone());
    let asked = Asked::parse(&query.unwrap_or_default());
    let spec = Spec::new(&ctx, asked, format, visitor.locale())?;
    let (file, _) = export::to_file_async(&ctx, &spec).await?;
    let name = format!("ledger.{}", format.key());
    Ok(send_file(file, &name, &spec.file_name(&ctx), format.media_type())?)
}

/// A temporary file, read from where it stands, as what a browser saves: `plain` is its name in ASCII for old clients,
/// `name` the real one.
///
/// Errors: internal, where the file cannot be looked at.
pub fn send_file(file: std::fs::File, plain: &str, name: &str, media: &'static str) -> Result<Response> {
    let left = file.metadata().map_err(Error::internal)?.len();
    let mut response = Body::new(FileBody { file, left }).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(left));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Ok(way) = HeaderValue::from_str(&disposition(plain, name)) {
        headers.insert(header::CONTENT_DISPOSITION, way);
    }
    Ok(response)
}

/// RFC 6266: a name in ASCII for old clients, and the real one in UTF-8.
fn disposition(plain: &str, name: &str) -> String {
    let mut real = String::new();
    for b in name.bytes() {
        if b.is_ascii_alphanumeric() || b"._-".contains(&b) {
            real.push(char::from(b));
        } else {
            real.push_str(&format!("%{b:02X}"));
        }
    }
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{real}")
}

/// A temporary file on its way out, piece by piece. It lies in the machine's memory or on its own disk,
/// so that reading a piece does not keep others waiting.
struct FileBody {
    file: std::fs::File,
    left: u64,
}

impl HttpBody for FileBody {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<std::result::Result<Frame<Bytes>, std::io::Error>>> {
        let mut piece = vec![0; 64 << 10];
        Poll::Ready(match self.file.read(&mut piece) {
            Ok(0) => None,
            Ok(n) => {
                piece.truncate(n);
                self.left = self.left.saturating_sub(n as u64);
                Some(Ok(Frame::data(piece.into())))
            }
            Err(e) => Some(Err(e)),
        })
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
