//! Pictures are made anew: what is kept holds the pixels and nothing that the camera wrote about
//! place, time and device.

use crate::limits::Limits;
use crate::sniff::Kind;
use image::codecs::{jpeg::JpegEncoder, png::PngEncoder};
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageEncoder, ImageFormat, ImageReader, RgbImage};
use kernel::{Error, Result};
use std::io::Cursor;

/// The longer side of the small picture.
const THUMB: u32 = 320;

/// A picture made anew.
pub(crate) struct Remade {
    pub kind: Kind,
    pub bytes: Vec<u8>,
    pub width: u32,
    pub height: u32,
    pub thumb: Vec<u8>,
}

/// Decodes within the limits, turns it upright, and encodes it without any metadata: JPEG stays
/// JPEG, PNG stays PNG, WebP becomes JPEG, or PNG where it is transparent.
pub(crate) fn remake(bytes: &[u8], kind: Kind, name: &str, limits: &Limits) -> Result<Remade> {
    let format = match kind {
        Kind::Png => ImageFormat::Png,
        Kind::Webp => ImageFormat::WebP,
        _ => ImageFormat::Jpeg,
    };
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    // For the header and what stands before the pixels: profiles and comments can be bombs, too.
    let mut header = image::Limits::no_limits();
    header.max_alloc = Some(64 << 20);
    reader.limits(header);
    let mut decoder = reader.into_decoder().map_err(|_| damaged(name))?;
    // The header says how large it will be; nothing is unfolded before that is known.
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > limits.max_pixels {
        return Err(Error::field(
            "files",
            format!(
                "“{name}”有 {width}×{height} 个像素，太大了（上限 {} 万像素）。请缩小后再上传。",
                limits.max_pixels / 10_000
            ),
            format!(
                "\"{name}\" has {width}×{height} pixels, more than the {} million that one picture may have. Please make it smaller.",
                limits.max_pixels / 1_000_000
            ),
        ));
    }
    let mut allowed = image::Limits::no_limits();
    // Sixteen bits for each of four channels, and as much again for the decoder's own work.
    allowed.max_alloc = Some(limits.max_pixels.saturating_mul(16).max(1 << 20));
    decoder.set_limits(allowed).map_err(|_| damaged(name))?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|_| damaged(name))?;
    if picture.width().max(picture.height()) > limits.max_side {
        picture = picture.resize(limits.max_side, limits.max_side, image::imageops::FilterType::Triangle);
    }
    picture.apply_orientation(orientation);
    let (width, height) = (picture.width(), picture.height());
    let thumb = jpeg(&opaque(&picture.thumbnail(THUMB, THUMB)), 78)?;
    let clear = picture.color().has_alpha();
    let (kind, bytes) = match kind {
        Kind::Png => (Kind::Png, png(&picture)?),
        Kind::Webp if clear => (Kind::Png, png(&picture)?),
        _ => (Kind::Jpeg, jpeg(&opaque(&picture), 86)?),
    };
    Ok(Remade { kind, bytes, width, height, thumb })
}

/// Without transparency: on white.
fn opaque(picture: &DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.to_rgb8();
    }
    let clear = picture.to_rgba8();
    RgbImage::from_fn(clear.width(), clear.height(), |x, y| {
        let [r, g, b, a] = clear.get_pixel(x, y).0;
        let on_white = |c: u8| ((u16::from(c) * u16::from(a) + 255 * (255 - u16::from(a))) / 255) as u8;
        image::Rgb([on_white(r), on_white(g), on_white(b)])
    })
}

fn jpeg(picture: &RgbImage, quality: u8) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    JpegEncoder::new_with_quality(&mut out, quality).encode_image(picture).map_err(Error::internal)?;
    Ok(out)
}

fn png(picture: &DynamicImage) -> Result<Vec<u8>> {
    // Eight bits a channel are all that a screen shows.
    let picture = match (picture.color().has_color(), picture.color().has_alpha()) {
        (false, false) => DynamicImage::ImageLuma8(picture.to_luma8()),
        (_, true) => DynamicImage::ImageRgba8(picture.to_rgba8()),
        (true, false) => DynamicImage::ImageRgb8(picture.to_rgb8()),
    };
    let mut out = Vec::new();
    PngEncoder::new(&mut out)
        .write_image(picture.as_bytes(), picture.width(), picture.height(), picture.color().into())
        .map_err(Error::internal)?;
    Ok(out)
}

fn damaged(name: &str) -> Error {
    Error::field(
        "files",
        format!("“{name}”打不开，文件可能已损坏。请重新选择或重新拍一张。"),
        format!(
            "\"{name}\" cannot be opened and may be damaged. Please choose it again or take another one."
        ),
    )
}
