//! What the functions are for.

use plutino_plugin::{export_aggregates, parameter, Aggregate, Function, Value, ValueType};

/// What is known of one group.
struct Spread {
    least: f64,
    most: f64,
}

impl Aggregate for Spread {
    const FUNCTION: Function =
        Function::new("spread", "The greatest value minus the least.", &[parameter("value", ValueType::Float)], ValueType::Float);
    const MERGES: bool = true;

    fn new() -> Self {
        Spread { least: f64::INFINITY, most: f64::NEG_INFINITY }
    }

    /// Adds a row. The text of an error is that of the row, which then was not added.
    fn add(&mut self, args: &[Value]) -> Result<(), String> {
        let value = args[0].as_float().ok_or("expected a number")?;
        self.least = self.least.min(value);
        self.most = self.most.max(value);
        Ok(())
    }

    fn merge(&mut self, other: Self) {
        self.least = self.least.min(other.least);
        self.most = self.most.max(other.most);
    }

    /// The result so far; more rows may come.
    fn finish(&self) -> Result<Value, String> {
        Ok(if self.least > self.most { Value::Null } else { Value::Float(self.most - self.least) })
    }

    /// For a checkpoint.
    fn save(&self) -> Vec<u8> {
        [self.least.to_le_bytes(), self.most.to_le_bytes()].concat()
    }

    fn restore(state: &[u8]) -> Result<Self, String> {
        let (Ok(least), Ok(most)) = (state[..state.len() / 2].try_into(), state[state.len() / 2..].try_into()) else {
            return Err(format!("a state of spread has 16 bytes, got {}", state.len()));
        };
        Ok(Spread { least: f64::from_le_bytes(least), most: f64::from_le_bytes(most) })
    }
}

export_aggregates!(Spread);
