//! Many public elements, decoded once, for sums and multiscalar products.
//!
//! Nothing here is constant time: public data only.

use curve25519_dalek::ristretto::RistrettoPoint;
use curve25519_dalek::scalar::Scalar as DalekScalar;
use curve25519_dalek::traits::{Identity, IsIdentity, VartimeMultiscalarMul};
use pyo3::exceptions::{PyIndexError, PyValueError};
use pyo3::prelude::*;

use crate::element::{self, Element};
use crate::scalar;

pyo3::create_exception!(quorate._native, PointDecodeError, PyValueError);
pyo3::create_exception!(quorate._native, ScalarDecodeError, PyValueError);

#[pyclass(module = "quorate._native", frozen)]
pub struct Points(Vec<RistrettoPoint>);

enum Refused {
    Encoding(usize),
    Identity(usize),
}

fn with_index(py: Python<'_>, error: PyErr, index: usize) -> PyErr {
    match error.value(py).setattr("index", index) {
        Ok(()) => error,
        Err(failed) => failed,
    }
}

fn rows(data: &[u8], what: &str) -> PyResult<()> {
    if data.len() % 32 == 0 {
        return Ok(());
    }
    Err(PyValueError::new_err(format!(
        "{what} are 32 bytes each: {} bytes are not a multiple of 32",
        data.len()
    )))
}

#[pymethods]
impl Points {
    #[staticmethod]
    #[pyo3(signature = (data, *, refuse_identity = false))]
    fn from_canonical_bytes(py: Python<'_>, data: &[u8], refuse_identity: bool) -> PyResult<Self> {
        rows(data, "group elements")?;
        let decoded: Result<Vec<RistrettoPoint>, Refused> = py.detach(|| {
            data.chunks_exact(32)
                .enumerate()
                .map(|(index, row)| {
                    let point = element::decode(row).ok_or(Refused::Encoding(index))?;
                    if refuse_identity && point.is_identity() {
                        return Err(Refused::Identity(index));
                    }
                    Ok(point)
                })
                .collect()
        });
        decoded.map(Self).map_err(|refused| {
            let (index, why) = match refused {
                Refused::Encoding(index) => (index, "is not a canonical ristretto255 encoding"),
                Refused::Identity(index) => (index, "is the identity, which is refused here"),
            };
            with_index(
                py,
                PointDecodeError::new_err(format!("element {index} {why}")),
                index,
            )
        })
    }

    #[staticmethod]
    fn from_elements(elements: Vec<PyRef<'_, Element>>) -> Self {
        Self(elements.iter().map(|element| element.0).collect())
    }

    #[staticmethod]
    fn concat(parts: Vec<PyRef<'_, Self>>) -> Self {
        Self(
            parts
                .iter()
                .flat_map(|part| part.0.iter().copied())
                .collect(),
        )
    }

    fn take(&self, indices: Vec<usize>) -> PyResult<Self> {
        indices
            .into_iter()
            .map(|index| self.at(index))
            .collect::<PyResult<_>>()
            .map(Self)
    }

    fn get(&self, index: usize) -> PyResult<Element> {
        self.at(index).map(Element)
    }

    fn __len__(&self) -> usize {
        self.0.len()
    }

    fn msm_vartime(&self, py: Python<'_>, scalars: &[u8]) -> PyResult<Element> {
        rows(scalars, "scalars")?;
        if scalars.len() / 32 != self.0.len() {
            return Err(PyValueError::new_err(format!(
                "{} scalars for {} elements",
                scalars.len() / 32,
                self.0.len()
            )));
        }
        let product = py.detach(|| {
            let decoded: Vec<DalekScalar> = scalars
                .chunks_exact(32)
                .enumerate()
                .map(|(index, row)| scalar::decode(row).ok_or(index))
                .collect::<Result<_, usize>>()?;
            Ok(RistrettoPoint::vartime_multiscalar_mul(decoded, &self.0))
        });
        product.map(Element).map_err(|index: usize| {
            let text = format!("scalar {index} is not below the group order");
            with_index(py, ScalarDecodeError::new_err(text), index)
        })
    }

    fn sum(&self, py: Python<'_>) -> Element {
        Element(py.detach(|| self.0.iter().sum()))
    }

    fn sum_stride(&self, py: Python<'_>, start: usize, step: usize) -> PyResult<Element> {
        if step == 0 {
            return Err(PyValueError::new_err(
                "the step between elements is at least 1",
            ));
        }
        Ok(Element(py.detach(|| {
            self.0
                .iter()
                .skip(start)
                .step_by(step)
                .fold(RistrettoPoint::identity(), |total, point| total + point)
        })))
    }

    fn __repr__(&self) -> String {
        format!("Points({})", self.0.len())
    }
}

impl Points {
    fn at(&self, index: usize) -> PyResult<RistrettoPoint> {
        self.0.get(index).copied().ok_or_else(|| {
            PyIndexError::new_err(format!("no element {index} among {}", self.0.len()))
        })
    }
}
