//! A folder of PNG images.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use png::{BitDepth, ColorType, Decoder, Transformations};

use crate::bounds::room;
use crate::error::{Fault, Wrong, quoted};
use crate::labels::{Found, few_enough};

type Result<T> = std::result::Result<T, Wrong>;

/// A byte of a deflated stream stands for at most so many.
///
/// # Source
/// Deutsch, RFC 1951: a length of 258 takes at least two bits.
const MOST_DEFLATED: u128 = 1032;

/// Images in a folder, in the order of the bytes of their names, or of one folder for each label.
pub(crate) struct Images {
    files: Vec<PathBuf>,
    labels: Option<Vec<String>>,
    /// Files that are no `.png`.
    others: usize,
}

/// What all images have in common.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Form {
    height: u32,
    width: u32,
    color: ColorType,
    depth: BitDepth,
}

impl Form {
    fn samples(self) -> usize {
        self.height as usize * self.width as usize * self.color.samples()
    }
}

impl std::fmt::Display for Form {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let color = if self.color == ColorType::Rgb { "RGB" } else { "grey" };
        write!(out, "{} x {} pixels, {color}, {} bits", self.height, self.width, self.depth as u8)
    }
}

/// What stands in a folder, in the order of the bytes of the names: folders and files.
fn listed(folder: &Path) -> Result<(Vec<PathBuf>, Vec<PathBuf>)> {
    let failed = |e: std::io::Error| Wrong::new(format!("cannot read it ({e})"), "a folder of PNG images");
    let entries = std::fs::read_dir(folder).map_err(failed)?;
    let mut all = entries.map(|e| Ok(e.map_err(failed)?.path())).collect::<Result<Vec<PathBuf>>>()?;
    all.sort_unstable_by(|a, b| a.as_os_str().as_encoded_bytes().cmp(b.as_os_str().as_encoded_bytes()));
    Ok(all.into_iter().partition(|path| path.is_dir()))
}

fn is_png(path: &Path) -> bool {
    path.extension().is_some_and(|e| e.eq_ignore_ascii_case("png"))
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

impl Images {
    /// Looks into a folder; with `by_folder` into each folder in it, whose name is the label of its images.
    pub(crate) fn new(folder: &Path, by_folder: bool) -> Result<Self> {
        let (folders, files) = listed(folder)?;
        let (mut images, others): (Vec<PathBuf>, Vec<PathBuf>) = files.into_iter().partition(|path| is_png(path));
        let (mut others, mut labels) = (others.len(), None);
        if by_folder {
            if let Some(image) = images.first() {
                let found = format!("image {} in no folder of its own", quoted(&name(image)));
                return Err(Wrong::new(found, "one folder for each label"));
            }
            let mut names = Vec::new();
            for folder in folders {
                let label = name(&folder);
                let (below, files) =
                    listed(&folder).map_err(|w| Wrong::new(format!("{}: {}", quoted(&label), w.found), w.expected))?;
                if let Some(below) = below.first() {
                    let found = format!("folder {} in folder {}", quoted(&name(below)), quoted(&label));
                    return Err(Wrong::new(found, "folders of PNG images alone"));
                }
                let before = images.len();
                others += files.iter().filter(|path| !is_png(path)).count();
                images.extend(files.into_iter().filter(|path| is_png(path)));
                names.extend(std::iter::repeat_n(label, images.len() - before));
            }
            labels = Some(names);
        } else if images.is_empty() && !folders.is_empty() {
            let found = format!("{} folders and no PNG image", folders.len());
            return Err(Wrong::new(found, "PNG images, or labels = \"folders\" where each label has a folder"));
        }
        if images.is_empty() {
            return Err(Wrong::new("no PNG image", "at least one"));
        }
        Ok(Self { files: images, labels, others })
    }

    /// The pixels of the first `limit` images, one image a row, colours fastest, then columns: whole numbers as the
    /// files have them. Also a sentence on their form.
    pub(crate) fn points(self, limit: usize) -> std::result::Result<(Found, String), Fault> {
        let (total, kept) = (self.files.len(), self.files.len().min(limit));
        let (mut points, mut first): (Vec<Vec<f64>>, Option<Form>) = (Vec::new(), None);
        for file in &self.files[..kept] {
            let at =
                |w: Wrong| Fault::of_points(Wrong::new(format!("{}: {}", quoted(&name(file)), w.found), w.expected));
            let (form, pixels) = read(file, first).map_err(at)?;
            if first.is_none() {
                few_enough(kept, form.samples()).map_err(Fault::of_points)?;
                room(kept, form.samples(), 0).map_err(Fault::of_points)?;
            }
            first = Some(form);
            points.push(pixels);
        }
        let form = first.map_or(String::new(), |form| form.to_string());
        let others = match self.others {
            0 => String::new(),
            1 => "; one other file is left out".into(),
            n => format!("; {n} other files are left out"),
        };
        let labels = self.labels.map(|labels| labels.into_iter().take(kept).collect());
        Ok((Found { points, labels, total }, format!("{form}{others}")))
    }
}

/// The form and the pixels of an image, which has the form of the `first` if there is one.
fn read(path: &Path, first: Option<Form>) -> Result<(Form, Vec<f64>)> {
    let broken = |e: &dyn std::fmt::Display| Wrong::new(format!("not a PNG image ({e})"), "a PNG image");
    let file = File::open(path).map_err(|e| Wrong::new(format!("cannot read it ({e})"), "a PNG image"))?;
    let length = file.metadata().map_err(|e| broken(&e))?.len();
    let mut decoder = Decoder::new(BufReader::new(file));
    // Palettes as their colours, and fewer than 8 bits as 8.
    decoder.set_transformations(Transformations::EXPAND);
    let header = decoder.read_header_info().map_err(|e| broken(&e))?;
    let bits = u128::from(header.width) * (header.color_type.samples() * header.bit_depth as usize) as u128;
    if u128::from(header.height) * (1 + bits / 8) / MOST_DEFLATED > u128::from(length) {
        let found = format!("{length} bytes for {} x {} pixels", header.height, header.width);
        return Err(Wrong::new(found, "all that the header promises"));
    }
    let mut reader = decoder.read_info().map_err(|e| broken(&e))?;
    let (color, depth) = reader.output_color_type();
    if !matches!(color, ColorType::Grayscale | ColorType::Rgb) {
        return Err(Wrong::new("an image with transparency", "grey or RGB alone"));
    }
    let form = Form { height: reader.info().height, width: reader.info().width, color, depth };
    if let Some(first) = first.filter(|first| *first != form) {
        return Err(Wrong::new(form.to_string(), format!("{first}, as the first")));
    }
    few_enough(1, form.samples())?;
    room(1, form.samples(), 0)?;
    let size = reader.output_buffer_size().ok_or_else(|| broken(&"too large"))?;
    let mut bytes = vec![0; size];
    reader.next_frame(&mut bytes).map_err(|e| broken(&e))?;
    reader.finish().map_err(|e| broken(&e))?;
    let pixels = match depth {
        BitDepth::Sixteen => bytes.chunks_exact(2).map(|b| f64::from(u16::from_be_bytes([b[0], b[1]]))).collect(),
        _ => bytes.iter().map(|&b| f64::from(b)).collect(),
    };
    Ok((form, pixels))
}
