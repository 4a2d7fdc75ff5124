use crate::bindings::plutino::plugin::types::{Batch, Form, RowBatch};

/// A sink. One value serves one action of one rule: made by `configure`, then `open`, `collect` again and again, `close`. Calls do not
/// overlap. After an error of kind unavailable or timeout, or a panic, a new value gets the batch again.
pub trait Sink: Sized {
    /// How the sink wants its data.
    const FORM: Form = Form::Rows;

    /// `config` is a JSON object: the action's properties. An error of kind invalid stops the rule with its message.
    fn configure(config: &str) -> crate::Result<Self>;

    /// Connects.
    fn open(&mut self) -> crate::Result<()> {
        Ok(())
    }

    /// Writes a batch; returns when it is safe on the other side. `properties`: the values of those properties of the action that hold a
    /// template, one row for each row or message.
    fn collect(&mut self, batch: Batch, properties: Option<RowBatch>) -> crate::Result<()>;

    /// Last, unless the value was thrown away.
    fn close(&mut self) {}
}

/// Exports a [`Sink`]: `export_sink!(Printer);`
#[macro_export]
macro_rules! export_sink {
    ($sink:ty) => {
        struct PlutinoSink;
        thread_local! {
            static PLUTINO_SINK: std::cell::RefCell<Option<$sink>> = const { std::cell::RefCell::new(None) };
        }
        impl PlutinoSink {
            fn with<T>(step: impl FnOnce(&mut $sink) -> $crate::Result<T>) -> $crate::Result<T> {
                PLUTINO_SINK.with_borrow_mut(|sink| match sink {
                    Some(sink) => step(sink),
                    None => Err($crate::Error::invalid("the sink is not configured")),
                })
            }
        }
        impl $crate::export::sink_world::exports::plutino::plugin::sink::Guest for PlutinoSink {
            fn configure(config: String) -> $crate::Result<$crate::Form> {
                $crate::export::report_panics();
                let made = <$sink as $crate::Sink>::configure(&config)?;
                PLUTINO_SINK.with_borrow_mut(|sink| *sink = Some(made));
                Ok(<$sink as $crate::Sink>::FORM)
            }
            fn open() -> $crate::Result<()> {
                Self::with(|sink| $crate::Sink::open(sink))
            }
            fn collect(batch: $crate::Batch, properties: Option<$crate::RowBatch>) -> $crate::Result<()> {
                Self::with(|sink| $crate::Sink::collect(sink, batch, properties))
            }
            fn close() {
                let _ = Self::with(|sink| {
                    $crate::Sink::close(sink);
                    Ok(())
                });
            }
        }
        $crate::export::sink_world::export_sink_world!(PlutinoSink with_types_in $crate::export::sink_world);
    };
}
