use plutino_plugin::{Error, Result};
use serde_json::{Map, Value as Json};

/// The four tables of a Modbus server, by the function that reads them (Modbus application protocol V1.1b3, 6.1 to 6.4).
#[derive(Clone, Copy, PartialEq)]
pub enum Table {
    Coils = 1,
    DiscreteInputs = 2,
    HoldingRegisters = 3,
    InputRegisters = 4,
}

/// How registers make a value. Numbers of two registers come with the high word first, unless `swap` is set.
#[derive(Clone, Copy, PartialEq)]
pub enum Type {
    Bool,
    Unsigned16,
    Signed16,
    Unsigned32,
    Signed32,
    Float32,
}

impl Type {
    /// How many registers, or coils, make a value.
    pub fn registers(self) -> u16 {
        match self {
            Type::Unsigned32 | Type::Signed32 | Type::Float32 => 2,
            Type::Bool | Type::Unsigned16 | Type::Signed16 => 1,
        }
    }
}

/// One column: where it is read, and how.
pub struct Point {
    pub name: String,
    pub table: Table,
    pub address: u16,
    pub value: Type,
    pub swap: bool,
    pub scale: Option<f64>,
}

pub struct Settings {
    pub host: String,
    pub port: u16,
    pub unit: u8,
    /// Milliseconds between two readings.
    pub interval: i64,
    pub timeout_ms: u32,
    pub points: Vec<Point>,
}

impl Settings {
    /// `data_source`: `host:port` of the server; port 502 when it is left out.
    pub fn read(data_source: &str, config: &str) -> Result<Self> {
        let config: Json = serde_json::from_str(config).map_err(|error| invalid("the configuration", &error.to_string()))?;
        let config = config.as_object().ok_or_else(|| invalid("the configuration", "expected an object"))?;
        let (host, port) = address(data_source)?;
        let points = config.get("points").and_then(Json::as_array).map(Vec::as_slice).unwrap_or(&[]);
        if points.is_empty() {
            return Err(invalid("points", "expected a list such as [{\"name\":\"level\",\"table\":\"holding\",\"address\":0}]"));
        }
        let points = points.iter().enumerate().map(|(i, point)| read_point(i, point)).collect::<Result<Vec<_>>>()?;
        for (i, point) in points.iter().enumerate() {
            if points[..i].iter().any(|other| other.name == point.name) {
                return Err(invalid(&format!("points[{i}]"), &format!("name: there is a column {} already", point.name)));
            }
        }
        Ok(Settings {
            host,
            port,
            unit: whole(config, "unit", 1, 0..=255)? as u8,
            interval: whole(config, "interval", 1_000, 1..=86_400_000)?,
            timeout_ms: whole(config, "timeout", 5_000, 1..=600_000)? as u32,
            points,
        })
    }
}

fn address(data_source: &str) -> Result<(String, u16)> {
    let (host, port) = data_source.rsplit_once(':').unwrap_or((data_source, "502"));
    let port = port.parse().map_err(|_| invalid("DATASOURCE", &format!("expected host:port, got {data_source:?}")))?;
    // An IPv6 address stands in brackets.
    let host = host.trim_start_matches('[').trim_end_matches(']');
    if host.is_empty() {
        return Err(invalid("DATASOURCE", "expected host:port, got nothing"));
    }
    Ok((host.into(), port))
}

fn read_point(i: usize, json: &Json) -> Result<Point> {
    let place = format!("points[{i}]");
    let point = json.as_object().ok_or_else(|| invalid(&place, "expected an object"))?;
    let name = point.get("name").and_then(Json::as_str).ok_or_else(|| invalid(&place, "name is missing"))?;
    let table = match point.get("table").and_then(Json::as_str).unwrap_or("holding") {
        "coil" => Table::Coils,
        "discrete" => Table::DiscreteInputs,
        "holding" => Table::HoldingRegisters,
        "input" => Table::InputRegisters,
        other => return Err(invalid(&place, &format!("table: expected coil, discrete, holding or input, got {other:?}"))),
    };
    let of_bits = table == Table::Coils || table == Table::DiscreteInputs;
    let value = match point.get("type").and_then(Json::as_str).unwrap_or(if of_bits { "bool" } else { "uint16" }) {
        "bool" if of_bits => Type::Bool,
        "uint16" if !of_bits => Type::Unsigned16,
        "int16" if !of_bits => Type::Signed16,
        "uint32" if !of_bits => Type::Unsigned32,
        "int32" if !of_bits => Type::Signed32,
        "float32" if !of_bits => Type::Float32,
        other if of_bits => return Err(invalid(&place, &format!("type: a coil or discrete input is bool, got {other:?}"))),
        other => return Err(invalid(&place, &format!("type: expected uint16, int16, uint32, int32 or float32, got {other:?}"))),
    };
    let address = whole(point, "address", -1, 0..=65_535).map_err(|_| invalid(&place, "address: expected 0 to 65535"))? as u16;
    if address == u16::MAX && value.registers() == 2 {
        return Err(invalid(&place, "address: 65535 is the last register, and this type takes two"));
    }
    Ok(Point {
        name: name.into(),
        table,
        address,
        value,
        swap: point.get("swap").and_then(Json::as_bool).unwrap_or(false),
        scale: point.get("scale").and_then(Json::as_f64),
    })
}

fn whole(object: &Map<String, Json>, name: &str, default: i64, range: std::ops::RangeInclusive<i64>) -> Result<i64> {
    let found = object.get(name).map_or(Some(default), Json::as_i64).filter(|number| range.contains(number));
    found.ok_or_else(|| invalid(name, &format!("expected a whole number from {} to {}", range.start(), range.end())))
}

fn invalid(place: &str, message: &str) -> Error {
    Error::invalid(format!("{place}: {message}"))
}
