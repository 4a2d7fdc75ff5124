/// What an instance keeps in memory, as bytes: carried over restarts of the rule and updates of the plugin.
pub trait Checkpoint {
    /// Everything that must survive; changes nothing.
    fn snapshot() -> crate::Result<Vec<u8>>;

    /// Sets what `snapshot` gave, perhaps by an older version of the plugin: let the bytes begin with a number of their form.
    fn restore(state: &[u8]) -> crate::Result<()>;
}

/// Exports a [`Checkpoint`] beside a source, a sink or functions.
#[macro_export]
macro_rules! export_checkpoint {
    ($checkpoint:ty) => {
        struct PlutinoCheckpoint;
        impl $crate::export::checkpoint_world::exports::plutino::plugin::checkpoint::Guest for PlutinoCheckpoint {
            fn snapshot() -> $crate::Result<Vec<u8>> {
                <$checkpoint as $crate::Checkpoint>::snapshot()
            }
            fn restore(state: Vec<u8>) -> $crate::Result<()> {
                <$checkpoint as $crate::Checkpoint>::restore(&state)
            }
        }
        $crate::export::checkpoint_world::export_checkpoint_world!(PlutinoCheckpoint with_types_in $crate::export::checkpoint_world);
    };
}
