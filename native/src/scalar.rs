//! Integers modulo the group order L; may hold secrets.

use curve25519_dalek::scalar::Scalar as DalekScalar;
use pyo3::exceptions::{PyOverflowError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyInt};
use subtle::ConstantTimeEq;
use zeroize::Zeroize;

use crate::element::Element;

#[pyclass(module = "quorate._native", frozen)]
pub struct Scalar(pub(crate) DalekScalar);

impl Drop for Scalar {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// The one place where 32 bytes become a scalar: canonical or nothing.
pub(crate) fn decode(data: &[u8]) -> Option<DalekScalar> {
    let bytes: [u8; 32] = data.try_into().ok()?;
    DalekScalar::from_canonical_bytes(bytes).into()
}

#[pymethods]
impl Scalar {
    #[staticmethod]
    fn from_canonical_bytes(data: &[u8]) -> PyResult<Self> {
        if data.len() != 32 {
            return Err(PyValueError::new_err(format!(
                "a scalar is 32 bytes, not {}",
                data.len()
            )));
        }
        decode(data).map(Self).ok_or_else(|| {
            PyValueError::new_err(
                "not a canonical scalar: the integer is not below the group order",
            )
        })
    }

    #[staticmethod]
    fn from_wide_bytes(data: &[u8]) -> PyResult<Self> {
        let mut bytes: [u8; 64] = data.try_into().map_err(|_| {
            PyValueError::new_err(format!("a wide scalar is 64 bytes, not {}", data.len()))
        })?;
        let scalar = DalekScalar::from_bytes_mod_order_wide(&bytes);
        bytes.zeroize();
        Ok(Self(scalar))
    }

    #[staticmethod]
    fn from_int(value: &Bound<'_, PyInt>) -> PyResult<Self> {
        let refused =
            || PyValueError::new_err("a scalar is an integer from 0 to the group order less one");
        let encoded = value
            .call_method1("to_bytes", (32, "little"))
            .map_err(|error| {
                if error.is_instance_of::<PyOverflowError>(value.py()) {
                    refused()
                } else {
                    error
                }
            })?;
        decode(encoded.cast::<PyBytes>()?.as_bytes())
            .map(Self)
            .ok_or_else(refused)
    }

    #[staticmethod]
    fn zero() -> Self {
        Self(DalekScalar::ZERO)
    }

    #[staticmethod]
    fn one() -> Self {
        Self(DalekScalar::ONE)
    }

    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.0.as_bytes())
    }

    fn to_int<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        py.get_type::<PyInt>()
            .call_method1("from_bytes", (self.to_bytes(py), "little"))
    }

    fn is_zero(&self) -> bool {
        self.0.ct_eq(&DalekScalar::ZERO).into()
    }

    fn invert(&self) -> PyResult<Self> {
        if self.is_zero() {
            return Err(PyValueError::new_err("zero has no inverse"));
        }
        Ok(Self(self.0.invert()))
    }

    fn __add__(&self, other: &Self) -> Self {
        Self(self.0 + other.0)
    }

    fn __sub__(&self, other: &Self) -> Self {
        Self(self.0 - other.0)
    }

    /// Constant time for both operands: scalar * scalar, scalar * element.
    fn __mul__<'py>(&self, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let py = other.py();
        if let Ok(element) = other.cast::<Element>() {
            return Ok(Bound::new(py, Element(self.0 * element.get().0))?.into_any());
        }
        if let Ok(scalar) = other.cast::<Self>() {
            return Ok(Bound::new(py, Self(self.0 * scalar.get().0))?.into_any());
        }
        Err(PyTypeError::new_err(
            "a Scalar multiplies a Scalar or an Element",
        ))
    }

    fn __neg__(&self) -> Self {
        Self(-self.0)
    }

    fn __eq__(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }

    fn __repr__(&self) -> &'static str {
        "Scalar(...)"
    }
}
