//! What Rust cannot express: a thread-local slot without a call, and a C variadic function.

#[cfg(target_arch = "x86_64")]
mod x86_64;
#[cfg(target_arch = "x86_64")]
pub use x86_64::*;

#[cfg(not(target_arch = "x86_64"))]
compile_error!("this processor needs its own file in rumpuser/src/arch");
