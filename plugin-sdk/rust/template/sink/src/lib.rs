//! What the sink does.

use plutino_plugin::host::{log, state, Level};
use plutino_plugin::{export_sink, Batch, Error, Result, RowBatch, Sink, Value};
use serde_json::Value as Json;

struct Printer {
    prefix: String,
}

impl Sink for Printer {
    /// `config`: the properties of the action as JSON, checked against the manifest.
    fn configure(config: &str) -> Result<Self> {
        let config: Json = serde_json::from_str(config).map_err(|error| Error::invalid(error.to_string()))?;
        Ok(Printer { prefix: config.get("prefix").and_then(Json::as_str).unwrap_or("row").into() })
    }

    /// Connects. Called again after every error of kind unavailable.
    fn open(&mut self) -> Result<()> {
        log(Level::Info, &format!("{} sink is ready", self.prefix));
        Ok(())
    }

    /// Takes one batch: all of it or, with an error, nothing.
    fn collect(&mut self, batch: Batch, _properties: Option<RowBatch>) -> Result<()> {
        let Batch::Rows(RowBatch { columns, rows }) = batch else { return Err(Error::invalid("expected rows")) };
        for row in &rows {
            let cells: Vec<String> = columns.iter().zip(row).map(|(name, value)| format!("{name}={}", show(value))).collect();
            log(Level::Info, &format!("{} {}", self.prefix, cells.join(" ")));
        }
        state::increment("rows", rows.len() as i64);
        Ok(())
    }
}

export_sink!(Printer);

fn show(value: &Value) -> String {
    match value {
        Value::Null => "null".into(),
        Value::Boolean(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Float(value) => value.to_string(),
        Value::Text(value) | Value::Json(value) => value.clone(),
        Value::Bytes(value) => format!("({} bytes)", value.len()),
        Value::Timestamp(value) => format!("(time {value})"),
    }
}
