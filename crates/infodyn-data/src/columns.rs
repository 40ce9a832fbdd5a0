//! Points and labels of `.parquet` files.

use std::cell::Cell;
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Once};

use parquet::basic::{ConvertedType, LogicalType, Repetition, Type as Physical};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::{Field, Row};
use parquet::schema::types::{Type, TypePtr};

use crate::bounds::room;
use crate::error::{Fault, Wrong, quoted};
use crate::labels::{Found, few_enough};

type Result<T> = std::result::Result<T, Wrong>;

fn broken(why: impl std::fmt::Display) -> Wrong {
    Wrong::new(format!("not a .parquet file ({why})"), "a table of columns")
}

/// What a column can be.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    /// A number a row.
    Number,
    /// A text a row.
    Text,
    /// Numbers, the same number of them in each row.
    List,
    /// Dates, decimals, structures and the like.
    Other,
}

impl Kind {
    fn of(column: &Type) -> Self {
        let info = column.get_basic_info();
        if info.has_repetition() && info.repetition() == Repetition::REPEATED {
            return Self::Other;
        }
        if !column.is_primitive() {
            let list = info.converted_type() == ConvertedType::LIST
                || matches!(info.logical_type_ref(), Some(LogicalType::List));
            return if list { Self::List } else { Self::Other };
        }
        let half = matches!(info.logical_type_ref(), Some(LogicalType::Float16));
        let (plain, text) = match info.converted_type() {
            ConvertedType::UTF8 | ConvertedType::ENUM => (false, true),
            ConvertedType::NONE => (true, true),
            ConvertedType::INT_8 | ConvertedType::INT_16 | ConvertedType::INT_32 | ConvertedType::INT_64 => {
                (true, false)
            }
            ConvertedType::UINT_8 | ConvertedType::UINT_16 | ConvertedType::UINT_32 | ConvertedType::UINT_64 => {
                (true, false)
            }
            _ => (false, false),
        };
        match column.get_physical_type() {
            Physical::BOOLEAN | Physical::INT32 | Physical::INT64 | Physical::FLOAT | Physical::DOUBLE if plain => {
                Self::Number
            }
            Physical::FIXED_LEN_BYTE_ARRAY if half => Self::Number,
            Physical::BYTE_ARRAY if text => Self::Text,
            _ => Self::Other,
        }
    }
}

/// A `.parquet` file whose columns are known and whose rows are to come.
pub(crate) struct Table {
    reader: SerializedFileReader<File>,
    columns: Vec<(TypePtr, Kind)>,
}

/// Which columns are read: those of the points, and that of the labels.
struct Chosen {
    points: Vec<usize>,
    label: Option<usize>,
}

impl Table {
    /// Reads the description of the columns.
    pub(crate) fn new(file: File) -> Result<Self> {
        quietly(|| {
            let reader = SerializedFileReader::new(file).map_err(broken)?;
            let schema = reader.metadata().file_metadata().schema();
            let columns = schema.get_fields().iter().map(|column| (Arc::clone(column), Kind::of(column))).collect();
            Ok(Self { reader, columns })
        })
    }

    fn list(&self, of: &[Kind]) -> String {
        let names = self.columns.iter().filter(|c| of.contains(&c.1)).map(|c| quoted(c.0.name()));
        let names: Vec<String> = names.take(20).collect();
        if names.is_empty() { "none".into() } else { names.join(", ") }
    }

    fn find(&self, name: &str, of: &[Kind]) -> Result<usize> {
        let found = self.columns.iter().position(|c| c.0.name() == name && of.contains(&c.1));
        found.ok_or_else(|| Wrong::new(quoted(name), format!("one of the columns {}", self.list(of))))
    }

    /// The column `key`, else all columns of numbers but that of the labels, else the one column of lists.
    fn choose(&self, key: Option<&str>, label: Option<&str>) -> std::result::Result<Chosen, Fault> {
        let label =
            label.map(|name| self.find(name, &[Kind::Number, Kind::Text])).transpose().map_err(Fault::of_labels)?;
        let of = |kind: Kind| (0..self.columns.len()).filter(move |&i| self.columns[i].1 == kind && Some(i) != label);
        let points = match key {
            Some(key) => vec![self.find(key, &[Kind::Number, Kind::List]).map_err(Fault::of_points)?],
            None => match (of(Kind::Number).collect::<Vec<_>>(), of(Kind::List).collect::<Vec<_>>()) {
                (numbers, lists) if !numbers.is_empty() && lists.is_empty() => numbers,
                (numbers, lists) if numbers.is_empty() && lists.len() == 1 => lists,
                (numbers, lists) => {
                    let found = format!("{} columns of numbers and {} of lists", numbers.len(), lists.len());
                    let expected = "columns of numbers alone, one column of lists, or its name in key";
                    return Err(Fault::of_points(Wrong::new(found, expected)));
                }
            },
        };
        if points.iter().any(|&i| Some(i) == label) {
            return Err(Fault::of_labels(Wrong::new("the column of the points", "another column")));
        }
        Ok(Chosen { points, label })
    }

    /// Bytes that a page and a row of these columns may take: a page has less than 2^31, and of a row its numbers and
    /// texts are held several times over, each entry of a list as a field, in a vector that grows by doubling. Rows of
    /// lists are taken to be of one length, as those that are read must be.
    fn held(&self, columns: &[usize]) -> usize {
        let sizes = |column: usize| {
            let (shape, kind) = &self.columns[column];
            let copies = match kind {
                Kind::List => 6,
                Kind::Text => 4,
                Kind::Number | Kind::Other => 1,
            };
            self.reader.metadata().row_groups().iter().flat_map(move |group| {
                let rows = group.num_rows().max(1);
                let own = group
                    .columns()
                    .iter()
                    .filter(|c| c.column_path().parts().first().is_some_and(|p| p == shape.name()));
                own.map(move |chunk| {
                    let size = chunk.uncompressed_size().max(0);
                    let entries = if *kind == Kind::List { chunk.num_values().max(0) / rows } else { 0 };
                    let fields = entries.saturating_mul(3 * size_of::<Field>() as i64);
                    size.min(i32::MAX.into()) + (size / rows).saturating_mul(copies).saturating_add(fields)
                })
            })
        };
        let most = columns.iter().map(|&column| sizes(column).max().unwrap_or(0));
        usize::try_from(most.fold(0, i64::saturating_add)).unwrap_or(usize::MAX)
    }

    /// The first `limit` points with their labels, every coordinate finite, and a sentence on the columns. A row is
    /// held at a time, beside what the reader needs of a page of each column; what the file promises reserves nothing.
    pub(crate) fn points(
        &self,
        key: Option<&str>,
        label: Option<&str>,
        limit: usize,
    ) -> std::result::Result<(Found, String), Fault> {
        let chosen = self.choose(key, label)?;
        // In the order of the file, as a projection is.
        let mut read: Vec<usize> = chosen.points.iter().copied().chain(chosen.label).collect();
        read.sort_unstable();
        let metadata = self.reader.metadata();
        let total = usize::try_from(metadata.file_metadata().num_rows()).unwrap_or(0);
        let kept = total.min(limit);
        room(0, 0, self.held(&read)).map_err(Fault::of_points)?;
        let (mut points, mut labels): (Vec<Vec<f64>>, Vec<String>) = (Vec::new(), Vec::new());
        let mut take = |row: &Row| -> std::result::Result<(), Fault> {
            let i = points.len();
            let mut point = Vec::new();
            for ((name, field), &column) in row.get_column_iter().zip(&read) {
                if Some(column) == chosen.label {
                    labels.push(label_of(field).ok_or_else(|| {
                        let found = format!("row {i}, column {}: {}", quoted(name), described(field));
                        Fault::of_labels(Wrong::new(found, "a whole number or a name"))
                    })?);
                    continue;
                }
                let bad = |field: &Field| {
                    let found = format!("row {i}, column {}: {}", quoted(name), described(field));
                    Fault::of_points(Wrong::new(found, "a finite number"))
                };
                match field {
                    Field::ListInternal(list) => {
                        for entry in list.elements() {
                            point.push(number(entry).ok_or_else(|| bad(entry))?);
                        }
                    }
                    _ => point.push(number(field).ok_or_else(|| bad(field))?),
                }
            }
            if let Some(first) = points.first().filter(|first| first.len() != point.len()) {
                let wrong =
                    Wrong::new(format!("row {i}: {} numbers", point.len()), format!("{}, as in row 0", first.len()));
                return Err(Fault::of_points(wrong));
            }
            few_enough(i + 1, point.len()).map_err(Fault::of_points)?;
            if i == 0 {
                room(kept, point.len(), 0).map_err(Fault::of_points)?;
            }
            points.push(point);
            Ok(())
        };
        let faulty = Cell::new(None);
        let outcome = quietly(|| {
            let fields = read.iter().map(|&i| Arc::clone(&self.columns[i].0)).collect();
            let root = metadata.file_metadata().schema().name();
            let projection = Type::group_type_builder(root).with_fields(fields).build().map_err(broken)?;
            let rows = self.reader.get_row_iter(Some(projection)).map_err(broken)?;
            for row in rows.take(kept) {
                if let Err(fault) = take(&row.map_err(broken)?) {
                    faulty.set(Some(fault));
                    break;
                }
            }
            Ok(())
        });
        if let Some(fault) = faulty.take() {
            return Err(fault);
        }
        outcome.map_err(Fault::of_points)?;
        if points.len() != kept || points.first().is_none_or(Vec::is_empty) {
            let found = format!("{} rows of {total}", points.len());
            return Err(Fault::of_points(Wrong::new(found, "at least one point of one coordinate, and all rows")));
        }
        let note = match &chosen.points[..] {
            [one] => format!("column {}", quoted(self.columns[*one].0.name())),
            all => format!("{} columns of numbers", all.len()),
        };
        let left_out = self.columns.len() - read.len();
        let note = match left_out {
            0 => note,
            1 => format!("{note}; one other column is left out"),
            n => format!("{note}; {n} other columns are left out"),
        };
        Ok((Found { points, labels: chosen.label.map(|_| labels), total }, note))
    }
}

/// A coordinate: the nearest double of a whole number.
fn number(field: &Field) -> Option<f64> {
    let x = match *field {
        Field::Bool(b) => f64::from(u8::from(b)),
        Field::Byte(i) => i.into(),
        Field::Short(i) => i.into(),
        Field::Int(i) => i.into(),
        Field::Long(i) => i as f64,
        Field::UByte(i) => i.into(),
        Field::UShort(i) => i.into(),
        Field::UInt(i) => i.into(),
        Field::ULong(i) => i as f64,
        Field::Float16(x) => x.into(),
        Field::Float(x) => x.into(),
        Field::Double(x) => x,
        _ => return None,
    };
    x.is_finite().then_some(x)
}

/// A label: a whole number in full, or a name that is not empty.
fn label_of(field: &Field) -> Option<String> {
    match field {
        Field::Bool(b) => Some(u8::from(*b).to_string()),
        Field::Long(i) => Some(i.to_string()),
        Field::ULong(i) => Some(i.to_string()),
        Field::Str(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        Field::Bytes(bytes) => std::str::from_utf8(bytes.data()).ok().filter(|t| !t.is_empty()).map(str::to_owned),
        _ => number(field).filter(|x| x.fract() == 0.0).map(|x| (x + 0.0).to_string()),
    }
}

fn described(field: &Field) -> String {
    match field {
        Field::Null => "null".into(),
        Field::Str(text) => quoted(text),
        Field::Bytes(_) => "bytes".into(),
        Field::Group(_) | Field::ListInternal(_) | Field::MapInternal(_) => "a list or a table".into(),
        number => number.to_string(),
    }
}

thread_local! {
    /// Whether a panic of this thread is an answer, and nothing to print.
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// What a reader of others says of a file; one that panics says that the file is broken, and prints nothing.
fn quietly<T>(read: impl FnOnce() -> Result<T>) -> Result<T> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !QUIET.get() {
                usual(info);
            }
        }));
    });
    QUIET.set(true);
    let answer = catch_unwind(AssertUnwindSafe(read));
    QUIET.set(false);
    answer.unwrap_or_else(|_| Err(broken("its parts contradict one another")))
}
