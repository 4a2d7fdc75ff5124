//! SQL functions for geohashes, as text of up to twelve characters and as 64-bit numbers.

mod cell;

use cell::{Cell, INTEGER_BITS};
use plutino_plugin::{export_scalars, parameter, Function, Scalar, Value, ValueType};


const LATITUDE: (&str, ValueType, bool) = parameter("latitude", ValueType::Float);
const LONGITUDE: (&str, ValueType, bool) = parameter("longitude", ValueType::Float);
const HASH: (&str, ValueType, bool) = parameter("hash", ValueType::Text);
const NUMBER: (&str, ValueType, bool) = parameter("hash", ValueType::Int);
const DIRECTION: (&str, ValueType, bool) = parameter("direction", ValueType::Text);

const FUNCTIONS: &[Scalar] = &[
    Scalar::row(
        Function::new("geohashEncode", "The geohash of a place, as text.", &[LATITUDE, LONGITUDE], ValueType::Text),
        |args| Ok(Value::Text(Cell::of_text_length(float(args, 0)?, float(args, 1)?)?.text())),
    ),
    Scalar::row(
        Function::new("geohashEncodeInt", "The geohash of a place, as a number.", &[LATITUDE, LONGITUDE], ValueType::Int),
        |args| Ok(number(Cell::at(float(args, 0)?, float(args, 1)?, INTEGER_BITS)?)),
    ),
    Scalar::row(
        Function::new("geohashDecode", "The centre of a geohash: an object with Longitude and Latitude.", &[HASH], ValueType::Object),
        |args| Ok(centre(text_cell(args)?)),
    ),
    Scalar::row(
        Function::new("geohashDecodeInt", "The centre of a geohash that is a number.", &[NUMBER], ValueType::Object),
        |args| Ok(centre(number_cell(args)?)),
    ),
    Scalar::row(
        Function::new("geohashBoundingBox", "The box of a geohash: an object with MinLat, MaxLat, MinLng and MaxLng.", &[HASH], ValueType::Object),
        |args| Ok(bounds(text_cell(args)?)),
    ),
    Scalar::row(
        Function::new("geohashBoundingBoxInt", "The box of a geohash that is a number.", &[NUMBER], ValueType::Object),
        |args| Ok(bounds(number_cell(args)?)),
    ),
    Scalar::row(
        Function::new("geohashNeighbor", "The geohash beside another one, in a direction such as \"North\" or \"SouthEast\".", &[HASH, DIRECTION], ValueType::Text),
        |args| {
            let (north, east) = direction(args)?;
            Ok(Value::Text(text_cell(args)?.neighbour(north, east).text()))
        },
    ),
    Scalar::row(
        Function::new("geohashNeighborInt", "The geohash beside another one, as numbers.", &[NUMBER, DIRECTION], ValueType::Int),
        |args| {
            let (north, east) = direction(args)?;
            Ok(number(number_cell(args)?.neighbour(north, east)))
        },
    ),
    Scalar::row(
        Function::new("geohashNeighbors", "The eight geohashes around another one, from the north clockwise.", &[HASH], ValueType::Array),
        |args| {
            let cell = text_cell(args)?;
            Ok(list(DIRECTIONS.iter().map(|(_, north, east)| format!("\"{}\"", cell.neighbour(*north, *east).text()))))
        },
    ),
    Scalar::row(
        Function::new("geohashNeighborsInt", "The eight geohashes around another one, as numbers.", &[NUMBER], ValueType::Array),
        |args| {
            let cell = number_cell(args)?;
            Ok(list(DIRECTIONS.iter().map(|(_, north, east)| (cell.neighbour(*north, *east).hash as i64).to_string())))
        },
    ),
];

export_scalars!(FUNCTIONS);

/// Names of directions, and how many cells they lead to the north and to the east.
const DIRECTIONS: &[(&str, f64, f64)] = &[
    ("North", 1.0, 0.0),
    ("NorthEast", 1.0, 1.0),
    ("East", 0.0, 1.0),
    ("SouthEast", -1.0, 1.0),
    ("South", -1.0, 0.0),
    ("SouthWest", -1.0, -1.0),
    ("West", 0.0, -1.0),
    ("NorthWest", 1.0, -1.0),
];

fn direction(args: &[Value]) -> Result<(f64, f64), String> {
    let wanted = args[1].as_text().unwrap_or_default();
    let found = DIRECTIONS.iter().find(|(name, _, _)| name.eq_ignore_ascii_case(wanted));
    let names: Vec<&str> = DIRECTIONS.iter().map(|(name, _, _)| *name).collect();
    found.map(|(_, north, east)| (*north, *east)).ok_or_else(|| format!("expected one of {}, got {wanted:?}", names.join(", ")))
}

fn float(args: &[Value], place: usize) -> Result<f64, String> {
    args[place].as_float().ok_or_else(|| format!("expected a number, got {}", args[place].kind()))
}

fn text_cell(args: &[Value]) -> Result<Cell, String> {
    Cell::parse(args[0].as_text().ok_or_else(|| format!("expected a text, got {}", args[0].kind()))?)
}

fn number_cell(args: &[Value]) -> Result<Cell, String> {
    let hash = args[0].as_int().ok_or_else(|| format!("expected a whole number, got {}", args[0].kind()))?;
    Ok(Cell { hash: hash as u64, bits: INTEGER_BITS })
}

/// The 64 bits as SQL's signed integer.
fn number(cell: Cell) -> Value {
    Value::Int(cell.hash as i64)
}

fn centre(cell: Cell) -> Value {
    let (latitude, longitude) = cell.bounds().centre();
    Value::Json(format!("{{\"Longitude\":{longitude},\"Latitude\":{latitude}}}"))
}

fn bounds(cell: Cell) -> Value {
    let found = cell.bounds();
    Value::Json(format!(
        "{{\"MinLat\":{},\"MaxLat\":{},\"MinLng\":{},\"MaxLng\":{}}}",
        found.min_latitude, found.max_latitude, found.min_longitude, found.max_longitude
    ))
}

fn list(items: impl Iterator<Item = String>) -> Value {
    Value::Json(format!("[{}]", items.collect::<Vec<_>>().join(",")))
}
