//! ristretto255 (RFC 9496) for Quorate: curve25519-dalek behind a thin Python face.
//!
//! No protocol, no hashing, no randomness. Names say what to watch: `from_canonical_bytes`
//! refuses every encoding but the one, `..._vartime` leaks its inputs through time.

#![forbid(unsafe_code)]

mod element;
mod points;
mod scalar;

use pyo3::prelude::*;

#[pymodule]
mod _native {
    #[pymodule_export]
    use crate::element::{Element, FixedBase, base_mul, compress_many};
    #[pymodule_export]
    use crate::points::{PointDecodeError, Points, ScalarDecodeError};
    #[pymodule_export]
    use crate::scalar::Scalar;
}
