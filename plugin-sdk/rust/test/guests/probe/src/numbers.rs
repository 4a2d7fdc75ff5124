use plutino_plugin::host::{clock, state};
use plutino_plugin::{export_source, Error, Form, Messages, Result, Source, Value};
use serde_json::Value as Json;

/// Messages `{"n":0}`, `{"n":1}` … `total` of them; or, with `size`, messages of so many bytes without end. `panic`: the first instance does
/// at number 10.
struct Numbers {
    total: i64,
    size: usize,
    panics: bool,
    next: i64,
}

impl Source for Numbers {
    const FORM: Form = Form::Encoded;
    const RESUMES: bool = true;

    fn configure(_data_source: &str, config: &str) -> Result<Self> {
        let config: Json = serde_json::from_str(config).map_err(|error| Error::invalid(error.to_string()))?;
        let whole = |name: &str, default: i64| config.get(name).and_then(Json::as_i64).unwrap_or(default);
        let total = whole("total", 100);
        if total < 0 {
            return Err(Error::invalid("total: expected 0 or more"));
        }
        Ok(Numbers { total, size: whole("size", 0) as usize, panics: whole("panic", 0) == 1, next: 0 })
    }

    fn open(&mut self, offset: Option<String>) -> Result<()> {
        if let Some(offset) = offset {
            self.panics = false;
            self.next = offset.parse().map_err(|_| Error::invalid(format!("{offset} is no offset of this source")))?;
        }
        Ok(())
    }

    fn collect(&mut self, max: u32, wait_ms: u32) -> Result<Messages> {
        if self.panics && self.next == 10 {
            panic!("the guest was told to, at {}", self.next);
        }
        if self.size > 0 {
            self.next += i64::from(max);
            return Ok(Messages::encoded((0..max).map(|_| padded(self.size)).collect()).up_to(self.next.to_string()));
        }
        if self.next >= self.total {
            clock::sleep(wait_ms);
            return Ok(Messages::none(Form::Encoded));
        }
        let to = self.total.min(self.next + i64::from(max.min(10)));
        let messages = (self.next..to).map(|n| format!("{{\"n\":{n}}}").into_bytes()).collect();
        self.next = to;
        Ok(Messages::encoded(messages).up_to(to.to_string()))
    }

    fn commit(&mut self, offset: &str) -> Result<()> {
        let before = state::get("committed").and_then(|value| value.as_int()).unwrap_or(0);
        let now = offset.parse().map_err(|_| Error::invalid(format!("{offset} is no offset of this source")))?;
        state::put("committed", &Value::Int(before.max(now)));
        Ok(())
    }
}

export_source!(Numbers);

fn padded(size: usize) -> Vec<u8> {
    let mut message = vec![b' '; size];
    message[0] = b'{';
    message[size - 1] = b'}';
    message
}
