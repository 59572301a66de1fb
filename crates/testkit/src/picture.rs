//! Pictures of pages as small files: a page has few colours, so a palette of 256 shows it as well.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufReader, BufWriter, Error, Result};
use std::path::Path;

/// A colour: red, green, blue.
type Rgb = [u8; 3];

/// Writes a PNG file anew with a palette, as small as it gets.
///
/// Errors: a file that cannot be read or written, or is no picture.
pub fn shrink(file: &Path) -> Result<()> {
    let (width, height, pixels) = read(file)?;
    let mut counts: HashMap<Rgb, u32> = HashMap::new();
    for p in &pixels {
        *counts.entry(*p).or_default() += 1;
    }
    let palette = palette(&counts);
    let mut nearest: HashMap<Rgb, u8> = HashMap::new();
    let indices: Vec<u8> =
        pixels.iter().map(|p| *nearest.entry(*p).or_insert_with(|| closest(&palette, *p))).collect();
    let mut encoder = png::Encoder::new(BufWriter::new(File::create(file)?), width, height);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_palette(palette.concat());
    encoder.set_compression(png::Compression::High);
    // Filters are made for gradients; in a picture of places in a palette they only disturb.
    encoder.set_filter(png::Filter::NoFilter);
    encoder.write_header().and_then(|mut w| w.write_image_data(&indices)).map_err(Error::other)
}

fn read(file: &Path) -> Result<(u32, u32, Vec<Rgb>)> {
    let mut decoder = png::Decoder::new(BufReader::new(File::open(file)?));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().map_err(Error::other)?;
    let size = reader.output_buffer_size().ok_or_else(|| Error::other("too large"))?;
    let mut bytes = vec![0; size];
    let frame = reader.next_frame(&mut bytes).map_err(Error::other)?;
    let step = frame.color_type.samples();
    if step < 3 {
        return Err(Error::other("a picture in colour is expected"));
    }
    let pixels = bytes[..frame.buffer_size()].chunks_exact(step).map(|p| [p[0], p[1], p[2]]).collect();
    Ok((frame.width, frame.height, pixels))
}

/// The colours that matter: those seen most, and of the rest those furthest from what is chosen.
fn palette(counts: &HashMap<Rgb, u32>) -> Vec<Rgb> {
    const SIZE: usize = 256;
    let mut by_use: Vec<(&Rgb, &u32)> = counts.iter().collect();
    by_use.sort_by_key(|(colour, n)| (std::cmp::Reverse(**n), **colour));
    let mut out: Vec<Rgb> = by_use.iter().take(SIZE / 2).map(|(c, _)| **c).collect();
    let mut rest: Vec<(u64, Rgb)> =
        by_use.iter().skip(SIZE / 2).map(|(c, n)| (u64::from(**n), **c)).take(4_000).collect();
    while out.len() < SIZE && !rest.is_empty() {
        let worth =
            |(n, c): &(u64, Rgb)| n * u64::from(out.iter().map(|o| distance(*o, *c)).min().unwrap_or(0));
        let best = (0..rest.len()).max_by_key(|i| worth(&rest[*i])).unwrap_or(0);
        out.push(rest.swap_remove(best).1);
    }
    out
}

fn closest(palette: &[Rgb], colour: Rgb) -> u8 {
    let best = palette.iter().enumerate().min_by_key(|(_, p)| distance(**p, colour));
    best.and_then(|(i, _)| u8::try_from(i).ok()).unwrap_or(0)
}

fn distance(a: Rgb, b: Rgb) -> u32 {
    a.iter().zip(b).map(|(x, y)| u32::from(x.abs_diff(y)).pow(2)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_of_few_colours_stays_as_it_is() {
        let dir = tempfile::tempdir().expect("a directory");
        let file = dir.path().join("a.png");
        let pixels: Vec<u8> = (0..64 * 64).flat_map(|i| [(i % 16) as u8 * 16, 200, 7]).collect();
        let mut encoder = png::Encoder::new(File::create(&file).expect("a file"), 64, 64);
        encoder.set_color(png::ColorType::Rgb);
        encoder.write_header().expect("a head").write_image_data(&pixels).expect("a picture");
        let before = read(&file).expect("it is read");
        shrink(&file).expect("it is made small");
        assert_eq!(read(&file).expect("it is read again"), before);
    }
}
