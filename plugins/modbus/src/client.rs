use plutino_plugin::host::tcp::Socket;
use plutino_plugin::{Error, Result, Value};

use crate::scaled;
use crate::settings::{Point, Settings, Table, Type};

/// Transaction, protocol, length and unit in front of every request and answer (Modbus messaging on TCP/IP V1.0b, 3.1.3).
const HEADER: usize = 7;
/// No answer is longer.
const LONGEST: usize = 260;

/// One connection; requests and answers alternate.
pub struct Client {
    socket: Socket,
    transaction: u16,
}

impl Client {
    pub fn connect(settings: &Settings) -> Result<Self> {
        Ok(Client { socket: Socket::connect(&settings.host, settings.port, settings.timeout_ms)?, transaction: 0 })
    }

    /// The value of a point.
    pub fn read(&mut self, point: &Point, settings: &Settings) -> Result<Value> {
        let data = self.request(point, point.value.registers(), settings)?;
        Ok(scaled(value_of(point, &data)?, point.scale))
    }

    fn request(&mut self, point: &Point, count: u16, settings: &Settings) -> Result<Vec<u8>> {
        self.transaction = self.transaction.wrapping_add(1);
        let mut frame = Vec::with_capacity(12);
        frame.extend(self.transaction.to_be_bytes());
        frame.extend([0, 0, 0, 6, settings.unit, point.table as u8]);
        frame.extend(point.address.to_be_bytes());
        frame.extend(count.to_be_bytes());
        self.socket.write(&frame, settings.timeout_ms)?;
        let header = self.exactly(HEADER, settings)?;
        let length = usize::from(u16::from_be_bytes([header[4], header[5]]));
        if header[..2] != self.transaction.to_be_bytes() || header[2..4] != [0, 0] || !(2..=LONGEST - HEADER + 1).contains(&length) {
            return Err(Error::unavailable("the server does not answer as a Modbus TCP server does"));
        }
        let answer = self.exactly(length - 1, settings)?;
        payload_of(point, &answer)
    }

    fn exactly(&mut self, count: usize, settings: &Settings) -> Result<Vec<u8>> {
        let mut data = Vec::with_capacity(count);
        while data.len() < count {
            match self.socket.read((count - data.len()) as u32, settings.timeout_ms)? {
                None => return Err(Error::unavailable("the server has closed the connection")),
                Some(part) if part.is_empty() => {
                    return Err(Error::unavailable(format!("the server has not answered within {} ms", settings.timeout_ms)))
                }
                Some(part) => data.extend(part),
            }
        }
        Ok(data)
    }
}

/// The data of an answer: function, number of bytes, bytes.
fn payload_of(point: &Point, answer: &[u8]) -> Result<Vec<u8>> {
    let function = point.table as u8;
    match answer {
        [code, reason, ..] if *code == function | 0x80 => Err(refused(point, *reason)),
        [code, count, data @ ..] if *code == function && usize::from(*count) == data.len() => Ok(data.to_vec()),
        _ => Err(Error::unavailable("the server's answer does not fit the request")),
    }
}

/// The exception codes of the application protocol, 7.
fn refused(point: &Point, reason: u8) -> Error {
    let text = match reason {
        1 => "the server does not have this table",
        2 => "the server does not have this address",
        3 => "the server does not accept the request",
        4 => "the server has failed",
        6 => "the server is busy",
        10 => "the gateway cannot reach the device",
        11 => "the device behind the gateway does not answer",
        _ => "the server refuses the request",
    };
    let message = format!("{} (address {}): {text} (exception {reason})", point.name, point.address);
    if matches!(reason, 4 | 6 | 10 | 11) { Error::unavailable(message) } else { Error::invalid(message) }
}

fn value_of(point: &Point, data: &[u8]) -> Result<Value> {
    let short = || Error::unavailable(format!("{}: the server's answer is too short", point.name));
    if point.table == Table::Coils || point.table == Table::DiscreteInputs {
        return data.first().map(|bits| Value::Boolean(bits & 1 == 1)).ok_or_else(short);
    }
    let word = |i: usize| data.get(2 * i..2 * i + 2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
    let first = word(0).ok_or_else(short)?;
    let double = || {
        let second = word(1).ok_or_else(short)?;
        let (high, low) = if point.swap { (second, first) } else { (first, second) };
        Ok::<u32, Error>(u32::from(high) << 16 | u32::from(low))
    };
    Ok(match point.value {
        Type::Bool => Value::Boolean(first != 0),
        Type::Unsigned16 => Value::Int(i64::from(first)),
        Type::Signed16 => Value::Int(i64::from(first as i16)),
        Type::Unsigned32 => Value::Int(i64::from(double()?)),
        Type::Signed32 => Value::Int(i64::from(double()? as i32)),
        Type::Float32 => Value::Float(f64::from(f32::from_bits(double()?))),
    })
}
