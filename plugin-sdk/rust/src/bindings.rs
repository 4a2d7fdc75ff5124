//! What wit-bindgen makes of the WIT package: one module for each world that a plugin can export, sharing the types and imports.
#![allow(missing_docs)]

wit_bindgen::generate!({ path: "../../wit", world: "imports", generate_all });

/// What the host offers. A plugin's imports are what it can do: only what is used is imported, and shown when it is installed.
pub mod host {
    pub use super::plutino::plugin::{clock, db, http, random, state, tcp};
    pub use super::plutino::plugin::log::{log, Level};
}

macro_rules! world {
    ($module:ident, $world:literal, $path:literal, $macro_name:literal $(, $interface:literal => $imported:ident)*) => {
        pub mod $module {
            wit_bindgen::generate!({
                path: "../../wit",
                world: $world,
                pub_export_macro: true,
                export_macro_name: $macro_name,
                default_bindings_module: $path,
                with: {
                    "plutino:plugin/types@1.0.0": crate::bindings::plutino::plugin::types,
                    $($interface: crate::bindings::plutino::plugin::$imported,)*
                },
            });
        }
    };
}

macro_rules! importing_world {
    ($module:ident, $world:literal, $path:literal, $macro_name:literal) => {
        world!(
            $module, $world, $path, $macro_name,
            "plutino:plugin/log@1.0.0" => log,
            "plutino:plugin/state@1.0.0" => state,
            "plutino:plugin/clock@1.0.0" => clock,
            "plutino:plugin/random@1.0.0" => random,
            "plutino:plugin/db@1.0.0" => db,
            "plutino:plugin/http@1.0.0" => http,
            "plutino:plugin/tcp@1.0.0" => tcp
        );
    };
}

importing_world!(source, "source-plugin", "plutino_plugin::export::source_world", "export_source_world");
importing_world!(sink, "sink-plugin", "plutino_plugin::export::sink_world", "export_sink_world");
importing_world!(scalar, "function-plugin", "plutino_plugin::export::scalar_world", "export_scalar_world");
importing_world!(aggregate, "aggregate-plugin", "plutino_plugin::export::aggregate_world", "export_aggregate_world");
world!(checkpoint, "checkpoint-plugin", "plutino_plugin::export::checkpoint_world", "export_checkpoint_world");
