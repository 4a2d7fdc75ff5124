use std::sync::Once;

use crate::bindings::plutino::plugin::log::{log, Level};

static HOOK: Once = Once::new();

/// From now on the message of a panic, with file and line, goes to the log of the rule before the instance ends.
pub fn report_panics() {
    HOOK.call_once(|| std::panic::set_hook(Box::new(|info| log(Level::Error, &info.to_string()))));
}
