//! Reading what a form sent.

use super::{Came, Values};
use crate::errors::WebError;
use crate::look::Look;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request};
use http::header;
use kernel::{Error, Result};

/// The fields of an url-encoded form. Bytes that are not UTF-8 are replaced, never refused.
pub fn parse_form(bytes: &[u8]) -> Values {
    form_urlencoded::parse(bytes).map(|(k, v)| (k.into_owned(), v.into_owned())).collect()
}

/// An url-encoded form, as the last argument of a handler.
#[derive(Clone, Debug)]
pub struct FormBody(pub Values);

impl<S: Send + Sync> FromRequest<S> for FormBody {
    type Rejection = WebError;
    async fn from_request(request: Request, state: &S) -> std::result::Result<Self, WebError> {
        let look = request.extensions().get::<Look>().cloned();
        let came = request.extensions().get::<Came>().cloned();
        match Bytes::from_request(request, state).await {
            Ok(bytes) => {
                let values = parse_form(&bytes);
                came.iter().for_each(|came| came.form(&values));
                Ok(FormBody(values))
            }
            Err(_) => Err(WebError(unreadable(), look)),
        }
    }
}

/// A form that may bring files, of either encoding, as the last argument of a handler. The route
/// needs a `DefaultBodyLimit` that lets the files in.
#[derive(Clone, Debug)]
pub struct MultipartBody {
    /// The fields that are not files.
    pub values: Values,
    /// The files, in the order in which they came.
    pub files: Vec<Upload>,
}

impl<S: Send + Sync> FromRequest<S> for MultipartBody {
    type Rejection = WebError;
    async fn from_request(request: Request, state: &S) -> std::result::Result<Self, WebError> {
        let look = request.extensions().get::<Look>().cloned();
        let came = request.extensions().get::<Came>().cloned();
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("");
        if !kind.starts_with("multipart/form-data") {
            return FormBody::from_request(request, state)
                .await
                .map(|f| MultipartBody { values: f.0, files: vec![] });
        }
        let read = match Multipart::from_request(request, state).await {
            Ok(parts) => read_multipart(parts, Limits::default()).await,
            Err(_) => Err(unreadable()),
        };
        let (values, files) = read.map_err(|e| WebError(e, look))?;
        came.iter().for_each(|came| came.form(&values));
        Ok(MultipartBody { values, files })
    }
}

/// A file as it was sent. The name and the type are claims of the sender: look at the bytes.
#[derive(Clone, Debug)]
pub struct Upload {
    /// The field it came in.
    pub field: String,
    /// The name on the sender's machine, without any folder.
    pub name: String,
    /// The type the sender says it has.
    pub content_type: String,
    /// What is in it.
    pub bytes: Bytes,
}

/// How much a form may bring.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes in one file.
    pub file: usize,
    /// Number of files.
    pub files: usize,
    /// Bytes in one field that is not a file.
    pub text: usize,
    /// Fields and files together.
    pub parts: usize,
}

impl Default for Limits {
    /// Nine files of 10 MB, fields of 64 KB, 300 parts.
    fn default() -> Self {
        Limits { file: 10 << 20, files: 9, text: 64 << 10, parts: 300 }
    }
}

fn unreadable() -> Error {
    Error::field(
        "",
        "没有收到完整的内容，请再提交一次。",
        "What arrived was not whole: please send it again.",
    )
}

/// Reads a form with files. An empty file input brings nothing; too much is an error at its field.
pub async fn read_multipart(mut parts: Multipart, limits: Limits) -> Result<(Values, Vec<Upload>)> {
    let (mut values, mut files) = (Values::default(), Vec::new());
    let mut count = 0;
    while let Some(mut part) = parts.next_field().await.map_err(|_| unreadable())? {
        count += 1;
        if count > limits.parts {
            return Err(unreadable());
        }
        let field = part.name().unwrap_or("").to_owned();
        let file = part.file_name().map(base_name);
        let limit = if file.is_some() { limits.file } else { limits.text };
        let content_type = part.content_type().unwrap_or("application/octet-stream").to_owned();
        let mut bytes = Vec::new();
        while let Some(chunk) = part.chunk().await.map_err(|_| unreadable())? {
            if bytes.len() + chunk.len() > limit {
                let size = crate::format::size(limit as u64);
                return Err(match file {
                    Some(name) => Error::field(
                        field,
                        format!("文件“{name}”超过 {size}，请压缩后再传。"),
                        format!("“{name}” is larger than {size}: please send a smaller one."),
                    ),
                    None => Error::field(field, "内容太长。", "This is too long."),
                });
            }
            bytes.extend_from_slice(&chunk);
        }
        match file {
            None => values.push(field, String::from_utf8_lossy(&bytes)),
            Some(name) if name.is_empty() && bytes.is_empty() => {}
            Some(_) if files.len() >= limits.files => {
                let n = limits.files;
                let zh = format!("一次最多 {n} 个文件。");
                return Err(Error::field(field, zh, format!("At most {n} files at a time.")));
            }
            Some(name) => files.push(Upload { field, name, content_type, bytes: bytes.into() }),
        }
    }
    Ok((values, files))
}

/// The last part of a path in either spelling, without control characters, at most 120 characters.
fn base_name(path: &str) -> String {
    let last = path.rsplit(['/', '\\']).next().unwrap_or("");
    last.chars().filter(|c| !c.is_control()).take(120).collect()
}

/// The value of the first part, where it has this name: our forms send the token first.
pub(crate) async fn first_multipart_value(kind: &str, bytes: &Bytes, name: &str) -> Option<String> {
    let mut request =
        Request::builder().header(header::CONTENT_TYPE, kind).body(Body::from(bytes.clone())).ok()?;
    // The whole body is here already and was measured as it came; the usual 2 MB are for other readers.
    DefaultBodyLimit::disable().apply(&mut request);
    let mut parts = Multipart::from_request(request, &()).await.ok()?;
    let first = parts.next_field().await.ok()??;
    if first.name() == Some(name) { first.text().await.ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(body: &str, limits: Limits) -> Result<(Values, Vec<Upload>)> {
        let request = Request::builder()
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=XX")
            .body(Body::from(body.replace('\n', "\r\n")))
            .unwrap();
        read_multipart(Multipart::from_request(request, &()).await.unwrap(), limits).await
    }

    const BODY: &str = "--XX\nContent-Disposition: form-data; name=\"_csrf\"\n\ntok\n--XX\n\
        Content-Disposition: form-data; name=\"text\"\n\n 路灯 \n--XX\n\
        Content-Disposition: form-data; name=\"photo\"; filename=\"C:\\\\dir\\\\a.jpg\"\nContent-Type: image/jpeg\n\n0123456789\n--XX\n\
        Content-Disposition: form-data; name=\"photo\"; filename=\"\"\nContent-Type: application/octet-stream\n\n\n--XX--\n";

    #[tokio::test]
    async fn fields_and_files_come_apart() {
        let (values, files) = read(BODY, Limits::default()).await.unwrap();
        assert_eq!((values.one("text"), values.one("_csrf")), ("路灯", "tok"));
        assert_eq!(files.len(), 1);
        assert_eq!((files[0].name.as_str(), files[0].bytes.len()), ("a.jpg", 10));
    }

    #[tokio::test]
    async fn too_much_is_said_at_the_field() {
        let err = read(BODY, Limits { file: 9, ..Limits::default() }).await.unwrap_err();
        assert!(matches!(err, Error::Invalid(f) if f[0].field == "photo" && f[0].say.zh.contains("a.jpg")));
        let (_, files) = read(BODY, Limits { file: 10, ..Limits::default() }).await.unwrap();
        assert_eq!(files.len(), 1);
        assert!(read(BODY, Limits { files: 0, ..Limits::default() }).await.is_err());
        assert!(read(&BODY[..60], Limits::default()).await.is_err());
    }

    #[tokio::test]
    async fn the_token_is_found_in_a_form_with_files() {
        let kind = "multipart/form-data; boundary=XX";
        let bytes = Bytes::from(BODY.replace('\n', "\r\n"));
        assert_eq!(first_multipart_value(kind, &bytes, "_csrf").await.as_deref(), Some("tok"));
        assert_eq!(first_multipart_value(kind, &bytes, "text").await, None);
    }

    #[tokio::test]
    async fn a_form_with_a_large_picture_keeps_its_token() {
        let kind = "multipart/form-data; boundary=XX";
        let large = BODY.replace("0123456789", &"9".repeat(5 << 20)).replace('\n', "\r\n");
        let found = first_multipart_value(kind, &Bytes::from(large), "_csrf").await;
        assert_eq!(found.as_deref(), Some("tok"));
    }

    #[test]
    fn values_trim_and_repeat() {
        let v = parse_form("a=+x+&b=1&b=2&c=%E8%B7%AF&d=".as_bytes());
        assert_eq!((v.one("a"), v.all("b").len(), v.one("c")), ("x", 2, "路"));
        assert!(v.has("d") && v.opt("d").is_none() && !v.has("e") && v.parsed::<u8>("b") == Some(1));
    }
}
