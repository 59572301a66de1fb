//! What a file really is, by its bytes.

use kernel::{Error, Result, Say};

/// What is taken in. A closed list: everything else is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// JPEG picture.
    Jpeg,
    /// PNG picture.
    Png,
    /// WebP picture; kept as JPEG or PNG.
    Webp,
    /// PDF document.
    Pdf,
    /// Word document without macros.
    Docx,
    /// Excel workbook without macros.
    Xlsx,
    /// Plain text in UTF-8.
    Text,
    /// MP3 sound.
    Mp3,
    /// AMR sound, as telephones record it.
    Amr,
    /// M4A sound.
    M4a,
}

impl Kind {
    /// Every one.
    pub const ALL: [Kind; 10] = [
        Kind::Jpeg,
        Kind::Png,
        Kind::Webp,
        Kind::Pdf,
        Kind::Docx,
        Kind::Xlsx,
        Kind::Text,
        Kind::Mp3,
        Kind::Amr,
        Kind::M4a,
    ];

    /// The one with this type.
    pub fn from_mime(mime: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|k| k.mime() == mime)
    }

    /// The type as it is sent to browsers.
    pub fn mime(self) -> &'static str {
        match self {
            Kind::Jpeg => "image/jpeg",
            Kind::Png => "image/png",
            Kind::Webp => "image/webp",
            Kind::Pdf => "application/pdf",
            Kind::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Kind::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Kind::Text => "text/plain; charset=utf-8",
            Kind::Mp3 => "audio/mpeg",
            Kind::Amr => "audio/amr",
            Kind::M4a => "audio/mp4",
        }
    }
    /// The ending of its name.
    pub fn ending(self) -> &'static str {
        match self {
            Kind::Jpeg => "jpg",
            Kind::Png => "png",
            Kind::Webp => "webp",
            Kind::Pdf => "pdf",
            Kind::Docx => "docx",
            Kind::Xlsx => "xlsx",
            Kind::Text => "txt",
            Kind::Mp3 => "mp3",
            Kind::Amr => "amr",
            Kind::M4a => "m4a",
        }
    }
    /// Whether it is a picture.
    pub fn picture(self) -> bool {
        matches!(self, Kind::Jpeg | Kind::Png | Kind::Webp)
    }
}

/// What `bytes` are. `name` is only for the message.
///
/// Errors: [`Error::Invalid`] on `files`, saying what the file seems to be and what to do.
pub fn sniff(bytes: &[u8], name: &str) -> Result<Kind> {
    look(bytes).map_err(|what| {
        Error::field(
            "files",
            format!("“{name}”没有上传：{}", what.zh),
            format!("\"{name}\" was not uploaded: {}", what.en),
        )
    })
}

fn look(b: &[u8]) -> std::result::Result<Kind, Say> {
    if b.is_empty() {
        return Err(Say::new("文件是空的。", "the file is empty."));
    }
    if b.starts_with(&[0xFF, 0xD8, 0xFF]) {
        return Ok(Kind::Jpeg);
    }
    if b.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Ok(Kind::Png);
    }
    if b.starts_with(b"RIFF") && b.get(8..12) == Some(b"WEBP") {
        return Ok(Kind::Webp);
    }
    if b.starts_with(b"%PDF-") {
        return Ok(Kind::Pdf);
    }
    if b.starts_with(b"PK\x03\x04") {
        return archive(b);
    }
    if b.starts_with(b"#!AMR\n") || b.starts_with(b"#!AMR-WB\n") {
        return Ok(Kind::Amr);
    }
    if b.get(4..8) == Some(b"ftyp") {
        return match b.get(8..12) {
            Some(b"M4A " | b"M4B ") => Ok(Kind::M4a),
            Some(b"heic" | b"heix" | b"mif1" | b"msf1" | b"avif") => Err(Say::new(
                "是 HEIC/AVIF 照片，很多电脑打不开。请在手机相机设置里选“兼容性最佳”，或截图后上传。",
                "it is a HEIC or AVIF photo, which many computers cannot open. Choose \"Most compatible\" in the camera's settings, or upload a screenshot.",
            )),
            _ => Err(Say::new(
                "不收视频。请上传照片，或用文字说明。",
                "videos are not taken. Please upload photos, or describe it in words.",
            )),
        };
    }
    // MPEG audio, layer III: a tag, or a frame's eleven set bits with that layer.
    if b.starts_with(b"ID3") || (b[0] == 0xFF && b.len() > 3 && b[1] & 0xE6 == 0xE2) {
        return Ok(Kind::Mp3);
    }
    if b.starts_with(b"GIF8") || b.starts_with(b"BM") || b.starts_with(b"II*\0") || b.starts_with(b"MM\0*") {
        return Err(Say::new(
            "这种图片格式不收。请另存为 JPG 或 PNG 再上传。",
            "this picture format is not taken. Please save it as JPG or PNG.",
        ));
    }
    if b.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        return Err(Say::new(
            "是旧版 Office 文件（doc、xls）。请另存为 docx、xlsx 或 PDF 再上传。",
            "it is an old Office file (doc, xls). Please save it as docx, xlsx or PDF.",
        ));
    }
    if plain_text(b) {
        return Ok(Kind::Text);
    }
    Err(Say::new(
        "这种文件不收。可以上传照片（JPG、PNG、WebP）、PDF、Word（docx）、Excel（xlsx）、文本和录音。",
        "this kind of file is not taken. Photos (JPG, PNG, WebP), PDF, Word (docx), Excel (xlsx), text and sound recordings are.",
    ))
}

fn plain_text(b: &[u8]) -> bool {
    std::str::from_utf8(b)
        .is_ok_and(|s| !s.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{c}')))
}

fn archive(b: &[u8]) -> std::result::Result<Kind, Say> {
    let names = zip_names(b).unwrap_or_default();
    let has = |wanted: &str| names.contains(&wanted.as_bytes());
    if names.iter().any(|n| n.to_ascii_lowercase().ends_with(b"vbaproject.bin")) {
        return Err(Say::new(
            "文件里带有宏。请另存为不带宏的 docx、xlsx 或 PDF 再上传。",
            "it contains macros. Please save it as docx, xlsx or PDF without macros.",
        ));
    }
    match has("[Content_Types].xml") {
        true if has("word/document.xml") => Ok(Kind::Docx),
        true if has("xl/workbook.xml") => Ok(Kind::Xlsx),
        _ => Err(Say::new(
            "不收压缩包。请解压后逐个上传里面的文件。",
            "archives are not taken. Please unpack it and upload the files in it.",
        )),
    }
}

/// The names in a ZIP file's central directory; nothing is unpacked. `None` where it has no
/// directory that can be read.
fn zip_names(b: &[u8]) -> Option<Vec<&[u8]>> {
    let u16_at = |at: usize| Some(u16::from_le_bytes(b.get(at..at + 2)?.try_into().ok()?) as usize);
    let u32_at = |at: usize| Some(u32::from_le_bytes(b.get(at..at + 4)?.try_into().ok()?) as usize);
    // The end record stands before a comment of at most 64 KiB.
    let from = b.len().checked_sub(22)?;
    let end = (from.saturating_sub(65_535)..=from).rev().find(|&i| b[i..].starts_with(b"PK\x05\x06"))?;
    let (count, mut at) = (u16_at(end + 10)?, u32_at(end + 16)?);
    let mut names = Vec::new();
    for _ in 0..count {
        if !b.get(at..)?.starts_with(b"PK\x01\x02") {
            return None;
        }
        let (name, extra, comment) = (u16_at(at + 28)?, u16_at(at + 30)?, u16_at(at + 32)?);
        names.push(b.get(at + 46..at + 46 + name)?);
        at += 46 + name + extra + comment;
    }
    Some(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A ZIP file with empty members of these names.
    pub(crate) fn zip(names: &[&str]) -> Vec<u8> {
        let (mut out, mut directory) = (Vec::new(), Vec::new());
        for name in names {
            let offset = out.len() as u32;
            let len = (name.len() as u16).to_le_bytes();
            out.extend(b"PK\x03\x04");
            out.extend([0; 22]);
            out.extend(len);
            out.extend([0; 2]);
            out.extend(name.bytes());
            directory.extend(b"PK\x01\x02");
            directory.extend([0; 24]);
            directory.extend(len);
            directory.extend([0; 12]);
            directory.extend(offset.to_le_bytes());
            directory.extend(name.bytes());
        }
        let (at, len, n) = (out.len() as u32, directory.len() as u32, names.len() as u16);
        out.extend(directory);
        out.extend(b"PK\x05\x06\0\0\0\0");
        out.extend(n.to_le_bytes());
        out.extend(n.to_le_bytes());
        out.extend(len.to_le_bytes());
        out.extend(at.to_le_bytes());
        out.extend([0; 2]);
        out
    }

    #[test]
    fn bytes_say_what_a_file_is() {
        let docx = zip(&["[Content_Types].xml", "word/document.xml"]);
        let xlsx = zip(&["xl/workbook.xml", "[Content_Types].xml"]);
        let table: [(&[u8], Kind); 11] = [
            (b"\xFF\xD8\xFF\xE0....", Kind::Jpeg),
            (b"\x89PNG\r\n\x1a\n....", Kind::Png),
            (b"RIFF....WEBPVP8 ", Kind::Webp),
            (b"%PDF-1.7\n%\xE2\xE3", Kind::Pdf),
            (&docx, Kind::Docx),
            (&xlsx, Kind::Xlsx),
            ("家里停水三天了。\n".as_bytes(), Kind::Text),
            (b"ID3\x04\0", Kind::Mp3),
            (b"\xFF\xFB\x90\x44", Kind::Mp3),
            (b"#!AMR\n\x3C", Kind::Amr),
            (b"\0\0\0\x20ftypM4A ", Kind::M4a),
        ];
        for (bytes, kind) in table {
            assert_eq!(look(bytes), Ok(kind), "{kind:?}");
        }
    }

    #[test]
    fn everything_else_is_refused_with_what_to_do() {
        let macros = zip(&["[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"]);
        let other = zip(&["a.exe"]);
        let binary_workbook = zip(&["[Content_Types].xml", "xl/workbook.bin"]);
        let table: [(&[u8], &str); 14] = [
            (b"", "empty"),
            (b"MZ\x90\0\x03", "not taken"),
            (b"\x7FELF\x02", "not taken"),
            (b"GIF89a", "JPG or PNG"),
            (b"BM\x36\0", "JPG or PNG"),
            (b"\0\0\0\x18ftypheic", "HEIC"),
            (b"\0\0\0\x18ftypisom", "videos"),
            (b"\xD0\xCF\x11\xE0\xA1\xB1", "old Office"),
            (&macros, "macros"),
            (&other, "archives"),
            (&binary_workbook, "archives"),
            (b"PK\x03\x04 and no directory", "archives"),
            (b"text with \0 in it", "not taken"),
            (b"\xC4\xE3\xBA\xC3", "not taken"),
        ];
        for (bytes, wanted) in table {
            let said = look(bytes).unwrap_err();
            assert!(said.en.contains(wanted), "{bytes:?}: {said:?}");
        }
    }

    #[test]
    fn a_broken_directory_is_no_document_and_no_panic() {
        let docx = zip(&["[Content_Types].xml", "word/document.xml"]);
        for cut in 4..docx.len() {
            assert!(look(&docx[..cut]).is_err(), "cut at {cut}");
        }
        for i in 4..docx.len() {
            let mut bent = docx.clone();
            bent[i] ^= 0xFF;
            let _any_answer_but_a_panic = look(&bent);
        }
        assert_eq!(look(&docx), Ok(Kind::Docx));
    }
}
