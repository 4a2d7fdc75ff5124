use plutino_plugin::host::{log, Level};
use plutino_plugin::{export_sink, Batch, Error, Result, RowBatch, Sink, Value};
use serde_json::Value as Json;

/// Logs the numbers of the rows that it gets, a line for each batch; with `quiet` it does nothing.
struct Receiver {
    quiet: bool,
}

impl Sink for Receiver {
    fn configure(config: &str) -> Result<Self> {
        let config: Json = serde_json::from_str(config).map_err(|error| Error::invalid(error.to_string()))?;
        Ok(Receiver { quiet: config.get("quiet").and_then(Json::as_bool).unwrap_or(false) })
    }

    fn collect(&mut self, batch: Batch, _properties: Option<RowBatch>) -> Result<()> {
        if self.quiet {
            return Ok(());
        }
        let numbers = match &batch {
            Batch::Rows(rows) => rows.rows.iter().map(|row| row.first().and_then(Value::as_float)).collect::<Option<Vec<_>>>(),
            Batch::Encoded(_) => None,
        };
        let numbers = numbers.ok_or_else(|| Error::rejected("expected rows of numbers"))?;
        let text: Vec<String> = numbers.iter().map(|number| format!("{number}")).collect();
        log(Level::Info, &format!("received {}", text.join(",")));
        Ok(())
    }
}

export_sink!(Receiver);
