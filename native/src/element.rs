//! Group elements (RFC 9496), and fixed-base multiplication.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use curve25519_dalek::constants::{RISTRETTO_BASEPOINT_POINT, RISTRETTO_BASEPOINT_TABLE};
use curve25519_dalek::ristretto::{CompressedRistretto, RistrettoBasepointTable, RistrettoPoint};
use curve25519_dalek::traits::{Identity, IsIdentity};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::scalar::Scalar;

#[pyclass(module = "quorate._native", frozen, subclass)]
pub struct Element(pub(crate) RistrettoPoint);

/// RFC 9496 section 4.3.1: decode, or nothing.
pub(crate) fn decode(data: &[u8]) -> Option<RistrettoPoint> {
    CompressedRistretto::from_slice(data).ok()?.decompress()
}

#[pymethods]
impl Element {
    #[staticmethod]
    fn from_canonical_bytes(data: &[u8]) -> PyResult<Self> {
        if data.len() != 32 {
            return Err(PyValueError::new_err(format!(
                "a group element is 32 bytes, not {}",
                data.len()
            )));
        }
        decode(data).map(Self).ok_or_else(|| {
            PyValueError::new_err("not a canonical ristretto255 encoding of a group element")
        })
    }

    #[staticmethod]
    fn from_uniform_bytes(data: &[u8]) -> PyResult<Self> {
        let bytes: [u8; 64] = data.try_into().map_err(|_| {
            PyValueError::new_err(format!(
                "element derivation takes 64 bytes, not {}",
                data.len()
            ))
        })?;
        Ok(Self(RistrettoPoint::from_uniform_bytes(&bytes)))
    }

    #[staticmethod]
    fn identity() -> Self {
        Self(RistrettoPoint::identity())
    }

    #[staticmethod]
    fn generator() -> Self {
        Self(RISTRETTO_BASEPOINT_POINT)
    }

    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.0.compress().as_bytes())
    }

    fn is_identity(&self) -> bool {
        self.0.is_identity()
    }

    fn __add__(&self, other: &Self) -> Self {
        Self(self.0 + other.0)
    }

    fn __sub__(&self, other: &Self) -> Self {
        Self(self.0 - other.0)
    }

    fn __neg__(&self) -> Self {
        Self(-self.0)
    }

    fn __eq__(&self, other: &Self) -> bool {
        self.0 == other.0
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.0.compress().as_bytes().hash(&mut hasher);
        hasher.finish()
    }

    fn __repr__(&self) -> String {
        let head: String = self.0.compress().as_bytes()[..6]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        format!("Element({head}...)")
    }
}

/// An element with a precomputed table, about 30 kB, for many multiplications.
#[pyclass(module = "quorate._native", frozen, extends = Element)]
pub struct FixedBase {
    table: Box<RistrettoBasepointTable>,
}

#[pymethods]
impl FixedBase {
    #[new]
    #[pyo3(signature = (element, /))]
    fn new(element: &Element) -> PyClassInitializer<Self> {
        let table = Box::new(RistrettoBasepointTable::create(&element.0));
        PyClassInitializer::from(Element(element.0)).add_subclass(Self { table })
    }

    #[pyo3(signature = (scalar, /))]
    fn mul(&self, scalar: &Scalar) -> Element {
        Element(&scalar.0 * &*self.table)
    }
}

#[pyfunction]
#[pyo3(signature = (scalar, /))]
pub fn base_mul(scalar: &Scalar) -> Element {
    Element(&scalar.0 * RISTRETTO_BASEPOINT_TABLE)
}

#[pyfunction]
#[pyo3(signature = (elements, /))]
pub fn compress_many<'py>(
    py: Python<'py>,
    elements: Vec<PyRef<'py, Element>>,
) -> Bound<'py, PyBytes> {
    let points: Vec<RistrettoPoint> = elements.iter().map(|element| element.0).collect();
    let data: Vec<u8> = py.detach(|| {
        points
            .iter()
            .flat_map(|point| point.compress().to_bytes())
            .collect()
    });
    PyBytes::new(py, &data)
}
