//! How far the last value of a group lies from the others: an aggregate with state for windows.

use plutino_plugin::{export_aggregates, parameter, Aggregate, Function, Value, ValueType};

/// Number, mean and sum of squared distances of values (Welford), and the last of them.
#[derive(Clone, Copy, Default)]
struct ZScore {
    count: f64,
    mean: f64,
    squares: f64,
    last: f64,
}

/// Form of the saved state.
const FORM: u8 = 1;

impl Aggregate for ZScore {
    const FUNCTION: Function = Function::new(
        "z_score",
        "How many standard deviations the last value lies above the mean of the window; null with fewer than two values, or when all are equal.",
        &[parameter("x", ValueType::Float)],
        ValueType::Float,
    );
    const REMOVES: bool = true;
    const MERGES: bool = true;

    fn new() -> Self {
        ZScore::default()
    }

    fn add(&mut self, args: &[Value]) -> Result<(), String> {
        let x = number(args)?;
        self.count += 1.0;
        let distance = x - self.mean;
        self.mean += distance / self.count;
        self.squares += distance * (x - self.mean);
        self.last = x;
        Ok(())
    }

    fn remove(&mut self, args: &[Value]) -> Result<(), String> {
        let x = number(args)?;
        if self.count <= 1.0 {
            *self = ZScore { last: self.last, ..ZScore::default() };
            return Ok(());
        }
        let distance = x - self.mean;
        self.count -= 1.0;
        self.mean -= distance / self.count;
        self.squares = (self.squares - distance * (x - self.mean)).max(0.0);
        Ok(())
    }

    fn merge(&mut self, other: Self) {
        if other.count == 0.0 {
            return;
        }
        let count = self.count + other.count;
        let distance = other.mean - self.mean;
        self.squares += other.squares + distance * distance * self.count * other.count / count;
        self.mean += distance * other.count / count;
        self.count = count;
        self.last = other.last;
    }

    fn finish(&self) -> Result<Value, String> {
        if self.count < 2.0 || self.squares <= 0.0 {
            return Ok(Value::Null);
        }
        Ok(Value::Float((self.last - self.mean) / (self.squares / self.count).sqrt()))
    }

    fn save(&self) -> Vec<u8> {
        let mut state = vec![FORM];
        for part in [self.count, self.mean, self.squares, self.last] {
            state.extend(part.to_le_bytes());
        }
        state
    }

    fn restore(state: &[u8]) -> Result<Self, String> {
        let (FORM, 33) = (state.first().copied().unwrap_or_default(), state.len()) else {
            return Err(format!("a saved state of 33 bytes in form {FORM} was expected, got {} bytes", state.len()));
        };
        let part = |i: usize| f64::from_le_bytes(std::array::from_fn(|byte| state[1 + i * 8 + byte]));
        Ok(ZScore { count: part(0), mean: part(1), squares: part(2), last: part(3) })
    }
}

export_aggregates!(ZScore);

fn number(args: &[Value]) -> Result<f64, String> {
    match args[0].as_float() {
        Some(x) if x.is_finite() => Ok(x),
        Some(x) => Err(format!("expected a finite number, got {x}")),
        None => Err(format!("expected a number, got {}", args[0].kind())),
    }
}
