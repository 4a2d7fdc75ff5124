use crate::bindings::plutino::plugin::types::{Batch, Form, RowBatch};

/// What one `collect` brought.
pub struct Messages {
    pub batch: Batch,
    /// Event times in milliseconds: none, or one for each message.
    pub timestamps: Vec<i64>,
    /// For `meta()`: a row of values for each message.
    pub meta: Option<RowBatch>,
    /// Where to go on from after the last of these messages.
    pub offset: Option<String>,
    /// There will never be more.
    pub end: bool,
}

impl Messages {
    /// Nothing came in time.
    pub fn none(form: Form) -> Self {
        match form {
            Form::Rows => Messages::rows(Vec::new(), Vec::new()),
            Form::Encoded => Messages::encoded(Vec::new()),
        }
    }

    /// Rows of `columns`.
    pub fn rows(columns: Vec<String>, rows: Vec<Vec<crate::Value>>) -> Self {
        Messages::of(Batch::Rows(RowBatch { columns, rows }))
    }

    /// Bytes for the stream's FORMAT, one piece for each message.
    pub fn encoded(messages: Vec<Vec<u8>>) -> Self {
        Messages::of(Batch::Encoded(messages))
    }

    /// The same, to be gone on from after `offset`.
    pub fn up_to(mut self, offset: impl Into<String>) -> Self {
        self.offset = Some(offset.into());
        self
    }

    /// The same, with the event time of each message.
    pub fn at(mut self, timestamps: Vec<i64>) -> Self {
        self.timestamps = timestamps;
        self
    }

    /// The same, and then nothing any more.
    pub fn then_end(mut self) -> Self {
        self.end = true;
        self
    }

    fn of(batch: Batch) -> Self {
        Messages { batch, timestamps: Vec::new(), meta: None, offset: None, end: false }
    }
}

/// A source. One value serves one rule's use of the source: made by `configure`, then `open`, `collect` again and again with `commit`
/// between, `close`. Calls do not overlap.
pub trait Source: Sized {
    /// `collect` gives batches of this form only.
    const FORM: Form;
    /// `open` can go on from an offset.
    const RESUMES: bool = false;

    /// `data_source` is the stream's DATASOURCE; `config` a JSON object. An error of kind invalid stops the rule with its message.
    fn configure(data_source: &str, config: &str) -> crate::Result<Self>;

    /// Gets ready to collect, after the offset that was committed last.
    fn open(&mut self, offset: Option<String>) -> crate::Result<()>;

    /// At most `max` messages, as soon as there are any; waits up to about `wait_ms`, then gives [`Messages::none`].
    fn collect(&mut self, max: u32, wait_ms: u32) -> crate::Result<Messages>;

    /// Everything up to `offset` is safe.
    fn commit(&mut self, _offset: &str) -> crate::Result<()> {
        Ok(())
    }

    /// Last, unless the value was thrown away.
    fn close(&mut self) {}
}

/// Exports a [`Source`]: `export_source!(Counter);`
#[macro_export]
macro_rules! export_source {
    ($source:ty) => {
        struct PlutinoSource;
        thread_local! {
            static PLUTINO_SOURCE: std::cell::RefCell<Option<$source>> = const { std::cell::RefCell::new(None) };
        }
        impl PlutinoSource {
            fn with<T>(step: impl FnOnce(&mut $source) -> $crate::Result<T>) -> $crate::Result<T> {
                PLUTINO_SOURCE.with_borrow_mut(|source| match source {
                    Some(source) => step(source),
                    None => Err($crate::Error::invalid("the source is not configured")),
                })
            }
        }
        impl $crate::export::source_world::exports::plutino::plugin::source::Guest for PlutinoSource {
            fn describe() -> $crate::export::source_world::exports::plutino::plugin::source::Description {
                $crate::export::report_panics();
                $crate::export::source_world::exports::plutino::plugin::source::Description {
                    form: <$source as $crate::Source>::FORM,
                    resumes: <$source as $crate::Source>::RESUMES,
                }
            }
            fn configure(data_source: String, config: String) -> $crate::Result<()> {
                $crate::export::report_panics();
                let made = <$source as $crate::Source>::configure(&data_source, &config)?;
                PLUTINO_SOURCE.with_borrow_mut(|source| *source = Some(made));
                Ok(())
            }
            fn open(offset: Option<String>) -> $crate::Result<()> {
                Self::with(|source| $crate::Source::open(source, offset))
            }
            fn collect(
                max: u32,
                wait_ms: u32,
            ) -> $crate::Result<$crate::export::source_world::exports::plutino::plugin::source::Messages> {
                let made = Self::with(|source| $crate::Source::collect(source, max, wait_ms))?;
                Ok($crate::export::source_world::exports::plutino::plugin::source::Messages {
                    batch: made.batch,
                    timestamps: made.timestamps,
                    meta: made.meta,
                    offset: made.offset,
                    end: made.end,
                })
            }
            fn commit(offset: String) -> $crate::Result<()> {
                Self::with(|source| $crate::Source::commit(source, &offset))
            }
            fn close() {
                let _ = Self::with(|source| {
                    $crate::Source::close(source);
                    Ok(())
                });
            }
        }
        $crate::export::source_world::export_source_world!(PlutinoSource with_types_in $crate::export::source_world);
    };
}
