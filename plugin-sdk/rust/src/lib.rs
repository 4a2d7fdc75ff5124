//! Sources, sinks and SQL functions for Plutino in Rust.
//!
//! A plugin is a crate of type `cdylib` with one struct for each kind and one macro that exports it:
//! [`export_source!`], [`export_sink!`], [`export_scalars!`], [`export_aggregates!`]. What it may use of the host stands in [`host`].
//! A panic ends the instance: its message, file and line are in the log of the rule, and a new instance takes over.

mod aggregate;
mod bindings;
mod checkpoint;
mod error;
mod panic;
mod scalar;
mod sink;
mod source;
mod value;

pub use aggregate::{Accumulation, Aggregate};
pub use bindings::host;
pub use bindings::plutino::plugin::types::{
    Argument, Batch, Column, Effect, Error, ErrorKind, Failure, Form, NullRule, Parameter, Results, RowBatch, Signature, Value,
    ValueType,
};
pub use checkpoint::Checkpoint;
pub use error::Result;
pub use scalar::{BatchScalar, Call, Scalar};
pub use sink::Sink;
pub use source::{Messages, Source};
pub use value::{optional, parameter, rest, Function};

/// What the macros of this crate expand to. Not for plugins themselves.
#[doc(hidden)]
pub mod export {
    pub use crate::aggregate::Aggregates;
    pub use crate::bindings::{aggregate as aggregate_world, checkpoint as checkpoint_world, scalar as scalar_world, sink as sink_world, source as source_world};
    pub use crate::panic::report_panics;
    pub use crate::scalar::{execute, signatures};
}
