//! The three classic examples of function plugins: echo, countPlusOne and accumulateWordCount.

use plutino_plugin::host::state;
use plutino_plugin::{export_aggregates, export_scalars, parameter, Aggregate, Effect, Function, Scalar, Value, ValueType};

const FUNCTIONS: &[Scalar] = &[
    Scalar::row(
        Function::new("echo", "The value.", &[parameter("value", ValueType::Any)], ValueType::Any).calling_with_null(),
        |args| Ok(args[0].clone()),
    ),
    Scalar::placed(
        Function::new(
            "accumulateWordCount",
            "How many words there were in all rows up to this one.",
            &[parameter("text", ValueType::Text), parameter("separator", ValueType::Text)],
            ValueType::Int,
        )
        .with_effect(Effect::Stateful),
        accumulate_word_count,
    ),
];

export_scalars!(FUNCTIONS);
export_aggregates!(CountPlusOne);

/// The count is kept by the host, so that it goes on after a restart; each place of a statement has its own.
fn accumulate_word_count(place: u32, args: &[Value]) -> Result<Value, String> {
    let (Some(text), Some(separator)) = (args[0].as_text(), args[1].as_text()) else { return Err("expected two texts".into()) };
    if separator.is_empty() {
        return Err("the separator must not be empty".into());
    }
    Ok(Value::Int(state::increment(&format!("words/{place}"), text.split(separator).count() as i64)))
}

struct CountPlusOne(i64);

impl Aggregate for CountPlusOne {
    const FUNCTION: Function =
        Function::new("countPlusOne", "One more than the number of rows.", &[parameter("value", ValueType::Any)], ValueType::Int)
            .calling_with_null();
    const REMOVES: bool = true;
    const MERGES: bool = true;

    fn new() -> Self {
        CountPlusOne(0)
    }

    fn add(&mut self, _args: &[Value]) -> Result<(), String> {
        self.0 += 1;
        Ok(())
    }

    fn remove(&mut self, _args: &[Value]) -> Result<(), String> {
        self.0 -= 1;
        Ok(())
    }

    fn merge(&mut self, other: Self) {
        self.0 += other.0;
    }

    fn finish(&self) -> Result<Value, String> {
        Ok(Value::Int(self.0 + 1))
    }

    fn save(&self) -> Vec<u8> {
        self.0.to_le_bytes().into()
    }

    fn restore(state: &[u8]) -> Result<Self, String> {
        let bytes = state.try_into().map_err(|_| format!("a state of countPlusOne has 8 bytes, got {}", state.len()))?;
        Ok(CountPlusOne(i64::from_le_bytes(bytes)))
    }
}
