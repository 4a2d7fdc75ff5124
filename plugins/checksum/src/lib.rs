//! SQL functions that check binary data: CRCs of field buses and networks.

use plutino_plugin::{export_scalars, parameter, Function, Scalar, Value, ValueType};

const DATA: (&str, ValueType, bool) = parameter("data", ValueType::Any);

const FUNCTIONS: &[Scalar] = &[
    Scalar::row(Function::new("crc16_modbus", "CRC-16 of Modbus RTU over bytes, or over the UTF-8 of a text.", &[DATA], ValueType::Int), |args| {
        Ok(Value::Int(i64::from(crc16_modbus(bytes(args)?))))
    }),
    Scalar::row(Function::new("crc32c", "CRC-32C (Castagnoli) over bytes, or over the UTF-8 of a text.", &[DATA], ValueType::Int), |args| {
        Ok(Value::Int(i64::from(crc32c(bytes(args)?))))
    }),
    Scalar::row(
        Function::new(
            "modbus_frame",
            "A Modbus RTU frame without its checksum, when the checksum in its last two bytes is right; null otherwise.",
            &[DATA],
            ValueType::Bytes,
        ),
        |args| Ok(frame(bytes(args)?)),
    ),
];

export_scalars!(FUNCTIONS);

fn bytes(args: &[Value]) -> Result<&[u8], String> {
    args[0].as_bytes().ok_or_else(|| format!("expected bytes or a text, got {}", args[0].kind()))
}

/// Polynomial 0x8005, reflected, from 0xffff (Modbus over serial line, specification V1.02, 6.2.2).
fn crc16_modbus(data: &[u8]) -> u16 {
    data.iter().fold(0xffff, |crc, byte| {
        (0..8).fold(crc ^ u16::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xa001 } else { crc >> 1 })
    })
}

/// Polynomial 0x1edc6f41, reflected, from all ones, complemented (RFC 3720, 12.1).
fn crc32c(data: &[u8]) -> u32 {
    !data.iter().fold(u32::MAX, |crc, byte| CASTAGNOLI[((crc ^ u32::from(*byte)) & 0xff) as usize] ^ crc >> 8)
}

const CASTAGNOLI: [u32; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut crc = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0x82f6_3b78 } else { crc >> 1 };
            bit += 1;
        }
        table[byte] = crc;
        byte += 1;
    }
    table
};

fn frame(data: &[u8]) -> Value {
    match data.split_last_chunk::<2>() {
        Some((content, sum)) if crc16_modbus(content) == u16::from_le_bytes(*sum) => Value::Bytes(content.to_vec()),
        _ => Value::Null,
    }
}
