//! A source that reads registers and coils of a Modbus TCP server again and again.

mod client;
mod settings;

use client::Client;
use plutino_plugin::host::clock;
use plutino_plugin::{export_source, Form, Messages, Result, Source, Value};
use settings::Settings;

struct Modbus {
    settings: Settings,
    client: Option<Client>,
    /// When the next reading is due, in milliseconds.
    next: i64,
}

impl Source for Modbus {
    const FORM: Form = Form::Rows;

    fn configure(data_source: &str, config: &str) -> Result<Self> {
        Ok(Modbus { settings: Settings::read(data_source, config)?, client: None, next: 0 })
    }

    fn open(&mut self, _offset: Option<String>) -> Result<()> {
        self.client = Some(Client::connect(&self.settings)?);
        self.next = clock::now();
        Ok(())
    }

    fn collect(&mut self, _max: u32, wait_ms: u32) -> Result<Messages> {
        let wait = self.next - clock::now();
        if wait > i64::from(wait_ms) {
            clock::sleep(wait_ms);
            return Ok(Messages::none(Form::Rows));
        }
        if wait > 0 {
            clock::sleep(wait as u32);
        }
        let time = clock::now();
        // A reading that was late does not make the next ones hurry.
        let due = self.next + self.settings.interval;
        self.next = if due > time { due } else { time + self.settings.interval };
        let Some(client) = &mut self.client else { return Ok(Messages::none(Form::Rows)) };
        let mut row = Vec::with_capacity(self.settings.points.len());
        for point in &self.settings.points {
            row.push(client.read(point, &self.settings)?);
        }
        let columns = self.settings.points.iter().map(|point| point.name.clone()).collect();
        Ok(Messages::rows(columns, vec![row]).at(vec![time]))
    }

    fn close(&mut self) {
        self.client = None;
    }
}

export_source!(Modbus);

/// A value scaled as its point says; one without a scale keeps its type.
fn scaled(value: Value, scale: Option<f64>) -> Value {
    match (scale, value.as_float()) {
        (Some(factor), Some(number)) => Value::Float(number * factor),
        _ => value,
    }
}
