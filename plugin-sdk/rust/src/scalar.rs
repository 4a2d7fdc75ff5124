use crate::bindings::plutino::plugin::types::{Column, Error, Failure, Results, Signature, Value};
use crate::value::Function;

/// The code of a function.
#[derive(Clone, Copy)]
pub enum Call {
    /// Called for each row. The text of an error is that of the row.
    Row(fn(&[Value]) -> std::result::Result<Value, String>),
    /// As `Row`, with the number of the place in the statement that calls the function: each place has a memory of its own.
    Placed(fn(u32, &[Value]) -> std::result::Result<Value, String>),
    /// Called for many rows at once: a column for each argument, as many results as `rows`. The fastest way.
    Batch(BatchScalar),
}

/// A function over many rows: the number of rows, and a column for each argument.
pub type BatchScalar = fn(u32, &[Column]) -> crate::Result<Results>;

/// One function of a plugin.
#[derive(Clone, Copy)]
pub struct Scalar {
    pub function: Function,
    pub call: Call,
}

impl Scalar {
    /// A function that is called row by row.
    pub const fn row(function: Function, call: fn(&[Value]) -> std::result::Result<Value, String>) -> Self {
        Scalar { function, call: Call::Row(call) }
    }

    /// A function that is called row by row, and remembers something for each place of a statement that calls it.
    pub const fn placed(function: Function, call: fn(u32, &[Value]) -> std::result::Result<Value, String>) -> Self {
        Scalar { function, call: Call::Placed(call) }
    }

    /// A function that is called for many rows at once.
    pub const fn batch(function: Function, call: BatchScalar) -> Self {
        Scalar { function, call: Call::Batch(call) }
    }
}

#[doc(hidden)]
pub fn signatures(list: &[Scalar]) -> Vec<Signature> {
    list.iter().map(|scalar| scalar.function.signature()).collect()
}

#[doc(hidden)]
pub fn execute(list: &[Scalar], index: u32, (place, rows): (u32, u32), args: &[Column]) -> crate::Result<Results> {
    let scalar = list.get(index as usize).ok_or_else(|| Error::invalid(format!("there is no function {index}")))?;
    match scalar.call {
        Call::Batch(call) => call(rows, args),
        Call::Row(call) => Ok(row_by_row(call, rows as usize, args)),
        Call::Placed(call) => Ok(row_by_row(|row| call(place, row), rows as usize, args)),
    }
}

fn row_by_row(call: impl Fn(&[Value]) -> std::result::Result<Value, String>, rows: usize, args: &[Column]) -> Results {
    let mut values = Vec::with_capacity(rows);
    let mut failures = Vec::new();
    let mut row_args = Vec::with_capacity(args.len());
    for row in 0..rows {
        row_args.clear();
        row_args.extend(args.iter().map(|column| column.value(row)));
        match call(&row_args) {
            Ok(value) => values.push(value),
            Err(message) => {
                failures.push(Failure { row: row as u32, message });
                values.push(Value::Null);
            }
        }
    }
    Results { values: Column::Values(values), failures }
}

impl Results {
    /// Results without a failure.
    pub fn of(values: Column) -> Self {
        Results { values, failures: Vec::new() }
    }
}

/// Exports functions: `export_scalars!(&[ENCODE, DECODE]);` of a constant list of [`Scalar`].
#[macro_export]
macro_rules! export_scalars {
    ($list:expr) => {
        struct PlutinoScalars;
        impl $crate::export::scalar_world::exports::plutino::plugin::scalar::Guest for PlutinoScalars {
            fn functions() -> Vec<$crate::Signature> {
                $crate::export::report_panics();
                $crate::export::signatures($list)
            }
            fn prepare(_index: u32, _place: u32, _args: Vec<$crate::Argument>) -> std::result::Result<(), String> {
                $crate::export::report_panics();
                Ok(())
            }
            fn exec(index: u32, place: u32, rows: u32, args: Vec<$crate::Column>) -> $crate::Result<$crate::Results> {
                $crate::export::execute($list, index, (place, rows), &args)
            }
        }
        $crate::export::scalar_world::export_scalar_world!(PlutinoScalars with_types_in $crate::export::scalar_world);
    };
}
