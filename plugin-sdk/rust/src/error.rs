use crate::bindings::plutino::plugin::types::{Error, ErrorKind};

/// The result of a call of the host, or of a call that the host makes.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// An error of `kind`. The message says what was expected and what came; it is shown in the rule's status.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Error { kind, message: message.into(), code: None }
    }

    /// The configuration or an argument is wrong: the rule stops with the message.
    pub fn invalid(message: impl Into<String>) -> Self {
        Error::new(ErrorKind::Invalid, message)
    }

    /// The other side cannot be reached now: the host tries again with a pause that grows.
    pub fn unavailable(message: impl Into<String>) -> Self {
        Error::new(ErrorKind::Unavailable, message)
    }

    /// The other side refuses this data: it goes to the rule's error path.
    pub fn rejected(message: impl Into<String>) -> Self {
        Error::new(ErrorKind::Rejected, message)
    }
}
