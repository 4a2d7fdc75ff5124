//! What the source reads.

use plutino_plugin::host::clock;
use plutino_plugin::{export_source, Error, Form, Messages, Result, Source};
use serde_json::{json, Value as Json};

struct Counter {
    step: i64,
    interval: i64,
    next: i64,
    due: i64,
}

impl Source for Counter {
    /// Messages are JSON text.
    const FORM: Form = Form::Encoded;
    /// It can go on from an offset.
    const RESUMES: bool = true;

    /// `data_source`: the stream's DATASOURCE; `config`: the options of its CONF_KEY as JSON, checked against the manifest.
    fn configure(_data_source: &str, config: &str) -> Result<Self> {
        let config: Json = serde_json::from_str(config).map_err(|error| Error::invalid(error.to_string()))?;
        let whole = |name: &str, otherwise: i64| config.get(name).and_then(Json::as_i64).unwrap_or(otherwise);
        Ok(Counter { step: whole("step", 1), interval: whole("interval", 1000), next: 0, due: 0 })
    }

    /// Connects. `offset`: behind the last message that was processed before a restart.
    fn open(&mut self, offset: Option<String>) -> Result<()> {
        if let Some(offset) = offset {
            self.next = offset.parse().map_err(|_| Error::invalid(format!("{offset:?} is no offset of this source")))?;
        }
        self.due = clock::now();
        Ok(())
    }

    /// At most `max` messages; none when nothing came within `wait_ms`.
    fn collect(&mut self, _max: u32, wait_ms: u32) -> Result<Messages> {
        let left = self.due - clock::now();
        if left > i64::from(wait_ms) {
            clock::sleep(wait_ms);
            return Ok(Messages::none(Self::FORM));
        }
        if left > 0 {
            clock::sleep(left as u32);
        }
        self.due += self.interval;
        let message = json!({ "count": self.next }).to_string();
        self.next += self.step;
        Ok(Messages::encoded(vec![message.into_bytes()]).up_to(self.next.to_string()))
    }
}

export_source!(Counter);
