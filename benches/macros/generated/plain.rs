//! A thinker of 50 agents, as plain code. Written by a test of colmena-macros, `tests/expanded.rs`.
#![allow(dead_code, non_camel_case_types, unused)]
use colmena::prelude::*;
fn compute_0(x: f64, weights: &[f64]) -> Result<f64> {
    Ok(x * weights.iter().sum::<f64>())
}
///The inputs of [`compute_0()`], as a task.
#[derive(
    ::colmena::__private::serde::Serialize,
    ::colmena::__private::serde::Deserialize
)]
#[serde(crate = ":: colmena :: __private :: serde")]
#[serde(
    bound = "for < '__colmena > f64 : :: colmena :: __private :: check :: Trusted < '__colmena >, for < '__colmena > :: std :: vec :: Vec < f64 > : :: colmena :: __private :: check :: Trusted < '__colmena >"
)]
#[must_use = "a task that is not sent never runs: `agent.submit(..)` or `agent.call(..)`"]
struct compute_0 {
    ///The parameter `x`.
    x: f64,
    ///The parameter `weights`.
    weights: ::std::vec::Vec<f64>,
}
#[automatically_derived]
impl ::colmena::__private::Method for compute_0
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{
    const NAME: &'static ::core::primitive::str = "compute_0";
    const TOPIC: &'static ::core::primitive::str = "kind_0";
    const PARAMETERS: &'static [&'static ::core::primitive::str] = &["x", "weights"];
    const CODEC: ::core::option::Option<::colmena::__private::Codec<Self>> = {
        use ::colmena::__private::check::NoCodec as _;
        ::colmena::__private::check::CodecOf::<Self>::CODEC
    };
    type Value = f64;
    type Emission = ();
}
#[automatically_derived]
impl ::colmena::__private::IntoTask for compute_0
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{
    type Method = Self;
    fn into_task(self) -> ::colmena::__private::Task<Self> {
        ::colmena::__private::Task::new(self)
    }
}
#[automatically_derived]
impl ::colmena::__private::Portable for compute_0
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{}
#[automatically_derived]
impl ::colmena::__private::Body for compute_0
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{
    fn run(
        &self,
        _: &::colmena::__private::TaskContext<Self::Emission>,
    ) -> ::core::result::Result<Self::Value, ::colmena::__private::BoxError> {
        match compute_0(
            ::colmena::__private::check::cloned::<f64>(&self.x),
            &self.weights,
        ) {
            ::core::result::Result::Ok(value) => ::core::result::Result::Ok(value),
            ::core::result::Result::Err(error) => {
                ::core::result::Result::Err(::colmena::__private::check::failure(error))
            }
        }
    }
}
const _: () = {
    ::colmena::__private::check::recordable::<f64>();
    ::colmena::__private::check::recordable::<::std::vec::Vec<f64>>();
};
fn compute_1(x: f64, weights: &[f64]) -> Result<f64> {
    Ok(x * weights.iter().sum::<f64>())
}
///The inputs of [`compute_1()`], as a task.
#[derive(
    ::colmena::__private::serde::Serialize,
    ::colmena::__private::serde::Deserialize
)]
#[serde(crate = ":: colmena :: __private :: serde")]
#[serde(
    bound = "for < '__colmena > f64 : :: colmena :: __private :: check :: Trusted < '__colmena >, for < '__colmena > :: std :: vec :: Vec < f64 > : :: colmena :: __private :: check :: Trusted < '__colmena >"
)]
#[must_use = "a task that is not sent never runs: `agent.submit(..)` or `agent.call(..)`"]
struct compute_1 {
    ///The parameter `x`.
    x: f64,
    ///The parameter `weights`.
    weights: ::std::vec::Vec<f64>,
}
#[automatically_derived]
impl ::colmena::__private::Method for compute_1
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{
    const NAME: &'static ::core::primitive::str = "compute_1";
    const TOPIC: &'static ::core::primitive::str = "kind_1";
    const PARAMETERS: &'static [&'static ::core::primitive::str] = &["x", "weights"];
    const CODEC: ::core::option::Option<::colmena::__private::Codec<Self>> = {
        use ::colmena::__private::check::NoCodec as _;
        ::colmena::__private::check::CodecOf::<Self>::CODEC
    };
    type Value = f64;
    type Emission = ();
}
#[automatically_derived]
impl ::colmena::__private::IntoTask for compute_1
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{
    type Method = Self;
    fn into_task(self) -> ::colmena::__private::Task<Self> {
        ::colmena::__private::Task::new(self)
    }
}
#[automatically_derived]
impl ::colmena::__private::Portable for compute_1
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{}
#[automatically_derived]
impl ::colmena::__private::Body for compute_1
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{
    fn run(
        &self,
        _: &::colmena::__private::TaskContext<Self::Emission>,
    ) -> ::core::result::Result<Self::Value, ::colmena::__private::BoxError> {
        match compute_1(
            ::colmena::__private::check::cloned::<f64>(&self.x),
            &self.weights,
        ) {
            ::core::result::Result::Ok(value) => ::core::result::Result::Ok(value),
            ::core::result::Result::Err(error) => {
                ::core::result::Result::Err(::colmena::__private::check::failure(error))
            }
        }
    }
}
const _: () = {
    ::colmena::__private::check::recordable::<f64>();
    ::colmena::__private::check::recordable::<::std::vec::Vec<f64>>();
};
fn compute_2(x: f64, weights: &[f64]) -> Result<f64> {
    Ok(x * weights.iter().sum::<f64>())
}
///The inputs of [`compute_2()`], as a task.
#[derive(
    ::colmena::__private::serde::Serialize,
    ::colmena::__private::serde::Deserialize
)]
#[serde(crate = ":: colmena :: __private :: serde")]
#[serde(
    bound = "for < '__colmena > f64 : :: colmena :: __private :: check :: Trusted < '__colmena >, for < '__colmena > :: std :: vec :: Vec < f64 > : :: colmena :: __private :: check :: Trusted < '__colmena >"
)]
#[must_use = "a task that is not sent never runs: `agent.submit(..)` or `agent.call(..)`"]
struct compute_2 {
    ///The parameter `x`.
    x: f64,
    ///The parameter `weights`.
    weights: ::std::vec::Vec<f64>,
}
#[automatically_derived]
impl ::colmena::__private::Method for compute_2
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{
    const NAME: &'static ::core::primitive::str = "compute_2";
    const TOPIC: &'static ::core::primitive::str = "kind_2";
    const PARAMETERS: &'static [&'static ::core::primitive::str] = &["x", "weights"];
    const CODEC: ::core::option::Option<::colmena::__private::Codec<Self>> = {
        use ::colmena::__private::check::NoCodec as _;
        ::colmena::__private::check::CodecOf::<Self>::CODEC
    };
    type Value = f64;
    type Emission = ();
}
#[automatically_derived]
impl ::colmena::__private::IntoTask for compute_2
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{
    type Method = Self;
    fn into_task(self) -> ::colmena::__private::Task<Self> {
        ::colmena::__private::Task::new(self)
    }
}
#[automatically_derived]
impl ::colmena::__private::Portable for compute_2
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{}
#[automatically_derived]
impl ::colmena::__private::Body for compute_2
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{
    fn run(
        &self,
        _: &::colmena::__private::TaskContext<Self::Emission>,
    ) -> ::core::result::Result<Self::Value, ::colmena::__private::BoxError> {
        match compute_2(
            ::colmena::__private::check::cloned::<f64>(&self.x),
            &self.weights,
        ) {
            ::core::result::Result::Ok(value) => ::core::result::Result::Ok(value),
            ::core::result::Result::Err(error) => {
                ::core::result::Result::Err(::colmena::__private::check::failure(error))
            }
        }
    }
}
const _: () = {
    ::colmena::__private::check::recordable::<f64>();
    ::colmena::__private::check::recordable::<::std::vec::Vec<f64>>();
};
fn compute_3(x: f64, weights: &[f64]) -> Result<f64> {
    Ok(x * weights.iter().sum::<f64>())
}
///The inputs of [`compute_3()`], as a task.
#[derive(
    ::colmena::__private::serde::Serialize,
    ::colmena::__private::serde::Deserialize
)]
#[serde(crate = ":: colmena :: __private :: serde")]
#[serde(
    bound = "for < '__colmena > f64 : :: colmena :: __private :: check :: Trusted < '__colmena >, for < '__colmena > :: std :: vec :: Vec < f64 > : :: colmena :: __private :: check :: Trusted < '__colmena >"
)]
#[must_use = "a task that is not sent never runs: `agent.submit(..)` or `agent.call(..)`"]
struct compute_3 {
    ///The parameter `x`.
    x: f64,
    ///The parameter `weights`.
    weights: ::std::vec::Vec<f64>,
}
#[automatically_derived]
impl ::colmena::__private::Method for compute_3
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{
    const NAME: &'static ::core::primitive::str = "compute_3";
    const TOPIC: &'static ::core::primitive::str = "kind_3";
    const PARAMETERS: &'static [&'static ::core::primitive::str] = &["x", "weights"];
    const CODEC: ::core::option::Option<::colmena::__private::Codec<Self>> = {
        use ::colmena::__private::check::NoCodec as _;
        ::colmena::__private::check::CodecOf::<Self>::CODEC
    };
    type Value = f64;
    type Emission = ();
}
#[automatically_derived]
impl ::colmena::__private::IntoTask for compute_3
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{
    type Method = Self;
    fn into_task(self) -> ::colmena::__private::Task<Self> {
        ::colmena::__private::Task::new(self)
    }
}
#[automatically_derived]
impl ::colmena::__private::Portable for compute_3
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{}
#[automatically_derived]
impl ::colmena::__private::Body for compute_3
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{
    fn run(
        &self,
        _: &::colmena::__private::TaskContext<Self::Emission>,
    ) -> ::core::result::Result<Self::Value, ::colmena::__private::BoxError> {
        match compute_3(
            ::colmena::__private::check::cloned::<f64>(&self.x),
            &self.weights,
        ) {
            ::core::result::Result::Ok(value) => ::core::result::Result::Ok(value),
            ::core::result::Result::Err(error) => {
                ::core::result::Result::Err(::colmena::__private::check::failure(error))
            }
        }
    }
}
const _: () = {
    ::colmena::__private::check::recordable::<f64>();
    ::colmena::__private::check::recordable::<::std::vec::Vec<f64>>();
};
fn compute_4(x: f64, weights: &[f64]) -> Result<f64> {
    Ok(x * weights.iter().sum::<f64>())
}
///The inputs of [`compute_4()`], as a task.
#[derive(
    ::colmena::__private::serde::Serialize,
    ::colmena::__private::serde::Deserialize
)]
#[serde(crate = ":: colmena :: __private :: serde")]
#[serde(
    bound = "for < '__colmena > f64 : :: colmena :: __private :: check :: Trusted < '__colmena >, for < '__colmena > :: std :: vec :: Vec < f64 > : :: colmena :: __private :: check :: Trusted < '__colmena >"
)]
#[must_use = "a task that is not sent never runs: `agent.submit(..)` or `agent.call(..)`"]
struct compute_4 {
    ///The parameter `x`.
    x: f64,
    ///The parameter `weights`.
    weights: ::std::vec::Vec<f64>,
}
#[automatically_derived]
impl ::colmena::__private::Method for compute_4
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{
    const NAME: &'static ::core::primitive::str = "compute_4";
    const TOPIC: &'static ::core::primitive::str = "kind_4";
    const PARAMETERS: &'static [&'static ::core::primitive::str] = &["x", "weights"];
    const CODEC: ::core::option::Option<::colmena::__private::Codec<Self>> = {
        use ::colmena::__private::check::NoCodec as _;
        ::colmena::__private::check::CodecOf::<Self>::CODEC
    };
    type Value = f64;
    type Emission = ();
}
#[automatically_derived]
impl ::colmena::__private::IntoTask for compute_4
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{
    type Method = Self;
    fn into_task(self) -> ::colmena::__private::Task<Self> {
        ::colmena::__private::Task::new(self)
    }
}
#[automatically_derived]
impl ::colmena::__private::Portable for compute_4
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{}
#[automatically_derived]
impl ::colmena::__private::Body for compute_4
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{
    fn run(
        &self,
        _: &::colmena::__private::TaskContext<Self::Emission>,
    ) -> ::core::result::Result<Self::Value, ::colmena::__private::BoxError> {
        match compute_4(
            ::colmena::__private::check::cloned::<f64>(&self.x),
            &self.weights,
        ) {
            ::core::result::Result::Ok(value) => ::core::result::Result::Ok(value),
            ::core::result::Result::Err(error) => {
                ::core::result::Result::Err(::colmena::__private::check::failure(error))
            }
        }
    }
}
const _: () = {
    ::colmena::__private::check::recordable::<f64>();
    ::colmena::__private::check::recordable::<::std::vec::Vec<f64>>();
};
fn compute_5(x: f64, weights: &[f64]) -> Result<f64> {
    Ok(x * weights.iter().sum::<f64>())
}
///The inputs of [`compute_5()`], as a task.
#[derive(
    ::colmena::__private::serde::Serialize,
    ::colmena::__private::serde::Deserialize
)]
#[serde(crate = ":: colmena :: __private :: serde")]
#[serde(
    bound = "for < '__colmena > f64 : :: colmena :: __private :: check :: Trusted < '__colmena >, for < '__colmena > :: std :: vec :: Vec < f64 > : :: colmena :: __private :: check :: Trusted < '__colmena >"
)]
#[must_use = "a task that is not sent never runs: `agent.submit(..)` or `agent.call(..)`"]
struct compute_5 {
    ///The parameter `x`.
    x: f64,
    ///The parameter `weights`.
    weights: ::std::vec::Vec<f64>,
}
#[automatically_derived]
impl ::colmena::__private::Method for compute_5
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{
    const NAME: &'static ::core::primitive::str = "compute_5";
    const TOPIC: &'static ::core::primitive::str = "kind_5";
    const PARAMETERS: &'static [&'static ::core::primitive::str] = &["x", "weights"];
    const CODEC: ::core::option::Option<::colmena::__private::Codec<Self>> = {
        use ::colmena::__private::check::NoCodec as _;
        ::colmena::__private::check::CodecOf::<Self>::CODEC
    };
    type Value = f64;
    type Emission = ();
}
#[automatically_derived]
impl ::colmena::__private::IntoTask for compute_5
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{
    type Method = Self;
    fn into_task(self) -> ::colmena::__private::Task<Self> {
        ::colmena::__private::Task::new(self)
    }
}
#[automatically_derived]
impl ::colmena::__private::Portable for compute_5
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{}
#[automatically_derived]
impl ::colmena::__private::Body for compute_5
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{
    fn run(
        &self,
        _: &::colmena::__private::TaskContext<Self::Emission>,
    ) -> ::core::result::Result<Self::Value, ::colmena::__private::BoxError> {
        match compute_5(
            ::colmena::__private::check::cloned::<f64>(&self.x),
            &self.weights,
        ) {
            ::core::result::Result::Ok(value) => ::core::result::Result::Ok(value),
            ::core::result::Result::Err(error) => {
                ::core::result::Result::Err(::colmena::__private::check::failure(error))
            }
        }
    }
}
const _: () = {
    ::colmena::__private::check::recordable::<f64>();
    ::colmena::__private::check::recordable::<::std::vec::Vec<f64>>();
};
fn compute_6(x: f64, weights: &[f64]) -> Result<f64> {
    Ok(x * weights.iter().sum::<f64>())
}
///The inputs of [`compute_6()`], as a task.
#[derive(
    ::colmena::__private::serde::Serialize,
    ::colmena::__private::serde::Deserialize
)]
#[serde(crate = ":: colmena :: __private :: serde")]
#[serde(
    bound = "for < '__colmena > f64 : :: colmena :: __private :: check :: Trusted < '__colmena >, for < '__colmena > :: std :: vec :: Vec < f64 > : :: colmena :: __private :: check :: Trusted < '__colmena >"
)]
#[must_use = "a task that is not sent never runs: `agent.submit(..)` or `agent.call(..)`"]
struct compute_6 {
    ///The parameter `x`.
    x: f64,
    ///The parameter `weights`.
    weights: ::std::vec::Vec<f64>,
}
#[automatically_derived]
impl ::colmena::__private::Method for compute_6
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{
    const NAME: &'static ::core::primitive::str = "compute_6";
    const TOPIC: &'static ::core::primitive::str = "kind_6";
    const PARAMETERS: &'static [&'static ::core::primitive::str] = &["x", "weights"];
    const CODEC: ::core::option::Option<::colmena::__private::Codec<Self>> = {
        use ::colmena::__private::check::NoCodec as _;
        ::colmena::__private::check::CodecOf::<Self>::CODEC
    };
    type Value = f64;
    type Emission = ();
}
#[automatically_derived]
impl ::colmena::__private::IntoTask for compute_6
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{
    type Method = Self;
    fn into_task(self) -> ::colmena::__private::Task<Self> {
        ::colmena::__private::Task::new(self)
    }
}
#[automatically_derived]
impl ::colmena::__private::Portable for compute_6
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{}
#[automatically_derived]
impl ::colmena::__private::Body for compute_6
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{
    fn run(
        &self,
        _: &::colmena::__private::TaskContext<Self::Emission>,
    ) -> ::core::result::Result<Self::Value, ::colmena::__private::BoxError> {
        match compute_6(
            ::colmena::__private::check::cloned::<f64>(&self.x),
            &self.weights,
        ) {
            ::core::result::Result::Ok(value) => ::core::result::Result::Ok(value),
            ::core::result::Result::Err(error) => {
                ::core::result::Result::Err(::colmena::__private::check::failure(error))
            }
        }
    }
}
const _: () = {
    ::colmena::__private::check::recordable::<f64>();
    ::colmena::__private::check::recordable::<::std::vec::Vec<f64>>();
};
fn compute_7(x: f64, weights: &[f64]) -> Result<f64> {
    Ok(x * weights.iter().sum::<f64>())
}
///The inputs of [`compute_7()`], as a task.
#[derive(
    ::colmena::__private::serde::Serialize,
    ::colmena::__private::serde::Deserialize
)]
#[serde(crate = ":: colmena :: __private :: serde")]
#[serde(
    bound = "for < '__colmena > f64 : :: colmena :: __private :: check :: Trusted < '__colmena >, for < '__colmena > :: std :: vec :: Vec < f64 > : :: colmena :: __private :: check :: Trusted < '__colmena >"
)]
#[must_use = "a task that is not sent never runs: `agent.submit(..)` or `agent.call(..)`"]
struct compute_7 {
    ///The parameter `x`.
    x: f64,
    ///The parameter `weights`.
    weights: ::std::vec::Vec<f64>,
}
#[automatically_derived]
impl ::colmena::__private::Method for compute_7
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{
    const NAME: &'static ::core::primitive::str = "compute_7";
    const TOPIC: &'static ::core::primitive::str = "kind_7";
    const PARAMETERS: &'static [&'static ::core::primitive::str] = &["x", "weights"];
    const CODEC: ::core::option::Option<::colmena::__private::Codec<Self>> = {
        use ::colmena::__private::check::NoCodec as _;
        ::colmena::__private::check::CodecOf::<Self>::CODEC
    };
    type Value = f64;
    type Emission = ();
}
#[automatically_derived]
impl ::colmena::__private::IntoTask for compute_7
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{
    type Method = Self;
    fn into_task(self) -> ::colmena::__private::Task<Self> {
        ::colmena::__private::Task::new(self)
    }
}
#[automatically_derived]
impl ::colmena::__private::Portable for compute_7
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{}
#[automatically_derived]
impl ::colmena::__private::Body for compute_7
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{
    fn run(
        &self,
        _: &::colmena::__private::TaskContext<Self::Emission>,
    ) -> ::core::result::Result<Self::Value, ::colmena::__private::BoxError> {
        match compute_7(
            ::colmena::__private::check::cloned::<f64>(&self.x),
            &self.weights,
        ) {
            ::core::result::Result::Ok(value) => ::core::result::Result::Ok(value),
            ::core::result::Result::Err(error) => {
                ::core::result::Result::Err(::colmena::__private::check::failure(error))
            }
        }
    }
}
const _: () = {
    ::colmena::__private::check::recordable::<f64>();
    ::colmena::__private::check::recordable::<::std::vec::Vec<f64>>();
};
fn compute_8(x: f64, weights: &[f64]) -> Result<f64> {
    Ok(x * weights.iter().sum::<f64>())
}
///The inputs of [`compute_8()`], as a task.
#[derive(
    ::colmena::__private::serde::Serialize,
    ::colmena::__private::serde::Deserialize
)]
#[serde(crate = ":: colmena :: __private :: serde")]
#[serde(
    bound = "for < '__colmena > f64 : :: colmena :: __private :: check :: Trusted < '__colmena >, for < '__colmena > :: std :: vec :: Vec < f64 > : :: colmena :: __private :: check :: Trusted < '__colmena >"
)]
#[must_use = "a task that is not sent never runs: `agent.submit(..)` or `agent.call(..)`"]
struct compute_8 {
    ///The parameter `x`.
    x: f64,
    ///The parameter `weights`.
    weights: ::std::vec::Vec<f64>,
}
#[automatically_derived]
impl ::colmena::__private::Method for compute_8
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{
    const NAME: &'static ::core::primitive::str = "compute_8";
    const TOPIC: &'static ::core::primitive::str = "kind_8";
    const PARAMETERS: &'static [&'static ::core::primitive::str] = &["x", "weights"];
    const CODEC: ::core::option::Option<::colmena::__private::Codec<Self>> = {
        use ::colmena::__private::check::NoCodec as _;
        ::colmena::__private::check::CodecOf::<Self>::CODEC
    };
    type Value = f64;
    type Emission = ();
}
#[automatically_derived]
impl ::colmena::__private::IntoTask for compute_8
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{
    type Method = Self;
    fn into_task(self) -> ::colmena::__private::Task<Self> {
        ::colmena::__private::Task::new(self)
    }
}
#[automatically_derived]
impl ::colmena::__private::Portable for compute_8
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{}
#[automatically_derived]
impl ::colmena::__private::Body for compute_8
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{
    fn run(
        &self,
        _: &::colmena::__private::TaskContext<Self::Emission>,
    ) -> ::core::result::Result<Self::Value, ::colmena::__private::BoxError> {
        match compute_8(
            ::colmena::__private::check::cloned::<f64>(&self.x),
            &self.weights,
        ) {
            ::core::result::Result::Ok(value) => ::core::result::Result::Ok(value),
            ::core::result::Result::Err(error) => {
                ::core::result::Result::Err(::colmena::__private::check::failure(error))
            }
        }
    }
}
const _: () = {
    ::colmena::__private::check::recordable::<f64>();
    ::colmena::__private::check::recordable::<::std::vec::Vec<f64>>();
};
fn compute_9(x: f64, weights: &[f64]) -> Result<f64> {
    Ok(x * weights.iter().sum::<f64>())
}
///The inputs of [`compute_9()`], as a task.
#[derive(
    ::colmena::__private::serde::Serialize,
    ::colmena::__private::serde::Deserialize
)]
#[serde(crate = ":: colmena :: __private :: serde")]
#[serde(
    bound = "for < '__colmena > f64 : :: colmena :: __private :: check :: Trusted < '__colmena >, for < '__colmena > :: std :: vec :: Vec < f64 > : :: colmena :: __private :: check :: Trusted < '__colmena >"
)]
#[must_use = "a task that is not sent never runs: `agent.submit(..)` or `agent.call(..)`"]
struct compute_9 {
    ///The parameter `x`.
    x: f64,
    ///The parameter `weights`.
    weights: ::std::vec::Vec<f64>,
}
#[automatically_derived]
impl ::colmena::__private::Method for compute_9
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{
    const NAME: &'static ::core::primitive::str = "compute_9";
    const TOPIC: &'static ::core::primitive::str = "kind_9";
    const PARAMETERS: &'static [&'static ::core::primitive::str] = &["x", "weights"];
    const CODEC: ::core::option::Option<::colmena::__private::Codec<Self>> = {
        use ::colmena::__private::check::NoCodec as _;
        ::colmena::__private::check::CodecOf::<Self>::CODEC
    };
    type Value = f64;
    type Emission = ();
}
#[automatically_derived]
impl ::colmena::__private::IntoTask for compute_9
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{
    type Method = Self;
    fn into_task(self) -> ::colmena::__private::Task<Self> {
        ::colmena::__private::Task::new(self)
    }
}
#[automatically_derived]
impl ::colmena::__private::Portable for compute_9
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{}
#[automatically_derived]
impl ::colmena::__private::Body for compute_9
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{
    fn run(
        &self,
        _: &::colmena::__private::TaskContext<Self::Emission>,
    ) -> ::core::result::Result<Self::Value, ::colmena::__private::BoxError> {
        match compute_9(
            ::colmena::__private::check::cloned::<f64>(&self.x),
            &self.weights,
        ) {
            ::core::result::Result::Ok(value) => ::core::result::Result::Ok(value),
            ::core::result::Result::Err(error) => {
                ::core::result::Result::Err(::colmena::__private::check::failure(error))
            }
        }
    }
}
const _: () = {
    ::colmena::__private::check::recordable::<f64>();
    ::colmena::__private::check::recordable::<::std::vec::Vec<f64>>();
};
fn compute_10(x: f64, weights: &[f64]) -> Result<f64> {
    Ok(x * weights.iter().sum::<f64>())
}
///The inputs of [`compute_10()`], as a task.
#[derive(
    ::colmena::__private::serde::Serialize,
    ::colmena::__private::serde::Deserialize
)]
#[serde(crate = ":: colmena :: __private :: serde")]
#[serde(
    bound = "for < '__colmena > f64 : :: colmena :: __private :: check :: Trusted < '__colmena >, for < '__colmena > :: std :: vec :: Vec < f64 > : :: colmena :: __private :: check :: Trusted < '__colmena >"
)]
#[must_use = "a task that is not sent never runs: `agent.submit(..)` or `agent.call(..)`"]
struct compute_10 {
    ///The parameter `x`.
    x: f64,
    ///The parameter `weights`.
    weights: ::std::vec::Vec<f64>,
}
#[automatically_derived]
impl ::colmena::__private::Method for compute_10
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{
    const NAME: &'static ::core::primitive::str = "compute_10";
    const TOPIC: &'static ::core::primitive::str = "kind_10";
    const PARAMETERS: &'static [&'static ::core::primitive::str] = &["x", "weights"];
    const CODEC: ::core::option::Option<::colmena::__private::Codec<Self>> = {
        use ::colmena::__private::check::NoCodec as _;
        ::colmena::__private::check::CodecOf::<Self>::CODEC
    };
    type Value = f64;
    type Emission = ();
}
#[automatically_derived]
impl ::colmena::__private::IntoTask for compute_10
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{
    type Method = Self;
    fn into_task(self) -> ::colmena::__private::Task<Self> {
        ::colmena::__private::Task::new(self)
    }
}
#[automatically_derived]
impl ::colmena::__private::Portable for compute_10
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{}
#[automatically_derived]
impl ::colmena::__private::Body for compute_10
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{
    fn run(
        &self,
        _: &::colmena::__private::TaskContext<Self::Emission>,
    ) -> ::core::result::Result<Self::Value, ::colmena::__private::BoxError> {
        match compute_10(
            ::colmena::__private::check::cloned::<f64>(&self.x),
            &self.weights,
        ) {
            ::core::result::Result::Ok(value) => ::core::result::Result::Ok(value),
            ::core::result::Result::Err(error) => {
                ::core::result::Result::Err(::colmena::__private::check::failure(error))
            }
        }
    }
}
const _: () = {
    ::colmena::__private::check::recordable::<f64>();
    ::colmena::__private::check::recordable::<::std::vec::Vec<f64>>();
};
fn compute_11(x: f64, weights: &[f64]) -> Result<f64> {
    Ok(x * weights.iter().sum::<f64>())
}
///The inputs of [`compute_11()`], as a task.
#[derive(
    ::colmena::__private::serde::Serialize,
    ::colmena::__private::serde::Deserialize
)]
#[serde(crate = ":: colmena :: __private :: serde")]
#[serde(
    bound = "for < '__colmena > f64 : :: colmena :: __private :: check :: Trusted < '__colmena >, for < '__colmena > :: std :: vec :: Vec < f64 > : :: colmena :: __private :: check :: Trusted < '__colmena >"
)]
#[must_use = "a task that is not sent never runs: `agent.submit(..)` or `agent.call(..)`"]
struct compute_11 {
    ///The parameter `x`.
    x: f64,
    ///The parameter `weights`.
    weights: ::std::vec::Vec<f64>,
}
#[automatically_derived]
impl ::colmena::__private::Method for compute_11
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{
    const NAME: &'static ::core::primitive::str = "compute_11";
    const TOPIC: &'static ::core::primitive::str = "kind_11";
    const PARAMETERS: &'static [&'static ::core::primitive::str] = &["x", "weights"];
    const CODEC: ::core::option::Option<::colmena::__private::Codec<Self>> = {
        use ::colmena::__private::check::NoCodec as _;
        ::colmena::__private::check::CodecOf::<Self>::CODEC
    };
    type Value = f64;
    type Emission = ();
}
#[automatically_derived]
impl ::colmena::__private::IntoTask for compute_11
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{
    type Method = Self;
    fn into_task(self) -> ::colmena::__private::Task<Self> {
        ::colmena::__private::Task::new(self)
    }
}
#[automatically_derived]
impl ::colmena::__private::Portable for compute_11
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{}
#[automatically_derived]
impl ::colmena::__private::Body for compute_11
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{
    fn run(
        &self,
        _: &::colmena::__private::TaskContext<Self::Emission>,
    ) -> ::core::result::Result<Self::Value, ::colmena::__private::BoxError> {
        match compute_11(
            ::colmena::__private::check::cloned::<f64>(&self.x),
            &self.weights,
        ) {
            ::core::result::Result::Ok(value) => ::core::result::Result::Ok(value),
            ::core::result::Result::Err(error) => {
                ::core::result::Result::Err(::colmena::__private::check::failure(error))
            }
        }
    }
}
const _: () = {
    ::colmena::__private::check::recordable::<f64>();
    ::colmena::__private::check::recordable::<::std::vec::Vec<f64>>();
};
fn compute_12(x: f64, weights: &[f64]) -> Result<f64> {
    Ok(x * weights.iter().sum::<f64>())
}
///The inputs of [`compute_12()`], as a task.
#[derive(
    ::colmena::__private::serde::Serialize,
    ::colmena::__private::serde::Deserialize
)]
#[serde(crate = ":: colmena :: __private :: serde")]
#[serde(
    bound = "for < '__colmena > f64 : :: colmena :: __private :: check :: Trusted < '__colmena >, for < '__colmena > :: std :: vec :: Vec < f64 > : :: colmena :: __private :: check :: Trusted < '__colmena >"
)]
#[must_use = "a task that is not sent never runs: `agent.submit(..)` or `agent.call(..)`"]
struct compute_12 {
    ///The parameter `x`.
    x: f64,
    ///The parameter `weights`.
    weights: ::std::vec::Vec<f64>,
}
#[automatically_derived]
impl ::colmena::__private::Method for compute_12
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{
    const NAME: &'static ::core::primitive::str = "compute_12";
    const TOPIC: &'static ::core::primitive::str = "kind_12";
    const PARAMETERS: &'static [&'static ::core::primitive::str] = &["x", "weights"];
    const CODEC: ::core::option::Option<::colmena::__private::Codec<Self>> = {
        use ::colmena::__private::check::NoCodec as _;
        ::colmena::__private::check::CodecOf::<Self>::CODEC
    };
    type Value = f64;
    type Emission = ();
}
#[automatically_derived]
impl ::colmena::__private::IntoTask for compute_12
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{
    type Method = Self;
    fn into_task(self) -> ::colmena::__private::Task<Self> {
        ::colmena::__private::Task::new(self)
    }
}
#[automatically_derived]
impl ::colmena::__private::Portable for compute_12
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{}
#[automatically_derived]
impl ::colmena::__private::Body for compute_12
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{
    fn run(
        &self,
        _: &::colmena::__private::TaskContext<Self::Emission>,
    ) -> ::core::result::Result<Self::Value, ::colmena::__private::BoxError> {
        match compute_12(
            ::colmena::__private::check::cloned::<f64>(&self.x),
            &self.weights,
        ) {
            ::core::result::Result::Ok(value) => ::core::result::Result::Ok(value),
            ::core::result::Result::Err(error) => {
                ::core::result::Result::Err(::colmena::__private::check::failure(error))
            }
        }
    }
}
const _: () = {
    ::colmena::__private::check::recordable::<f64>();
    ::colmena::__private::check::recordable::<::std::vec::Vec<f64>>();
};
fn compute_13(x: f64, weights: &[f64]) -> Result<f64> {
    Ok(x * weights.iter().sum::<f64>())
}
///The inputs of [`compute_13()`], as a task.
#[derive(
    ::colmena::__private::serde::Serialize,
    ::colmena::__private::serde::Deserialize
)]
#[serde(crate = ":: colmena :: __private :: serde")]
#[serde(
    bound = "for < '__colmena > f64 : :: colmena :: __private :: check :: Trusted < '__colmena >, for < '__colmena > :: std :: vec :: Vec < f64 > : :: colmena :: __private :: check :: Trusted < '__colmena >"
)]
#[must_use = "a task that is not sent never runs: `agent.submit(..)` or `agent.call(..)`"]
struct compute_13 {
    ///The parameter `x`.
    x: f64,
    ///The parameter `weights`.
    weights: ::std::vec::Vec<f64>,
}
#[automatically_derived]
impl ::colmena::__private::Method for compute_13
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{
    const NAME: &'static ::core::primitive::str = "compute_13";
    const TOPIC: &'static ::core::primitive::str = "kind_13";
    const PARAMETERS: &'static [&'static ::core::primitive::str] = &["x", "weights"];
    const CODEC: ::core::option::Option<::colmena::__private::Codec<Self>> = {
        use ::colmena::__private::check::NoCodec as _;
        ::colmena::__private::check::CodecOf::<Self>::CODEC
    };
    type Value = f64;
    type Emission = ();
}
#[automatically_derived]
impl ::colmena::__private::IntoTask for compute_13
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{
    type Method = Self;
    fn into_task(self) -> ::colmena::__private::Task<Self> {
        ::colmena::__private::Task::new(self)
    }
}
#[automatically_derived]
impl ::colmena::__private::Portable for compute_13
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{}
#[automatically_derived]
impl ::colmena::__private::Body for compute_13
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{
    fn run(
        &self,
        _: &::colmena::__private::TaskContext<Self::Emission>,
    ) -> ::core::result::Result<Self::Value, ::colmena::__private::BoxError> {
        match compute_13(
            ::colmena::__private::check::cloned::<f64>(&self.x),
            &self.weights,
        ) {
            ::core::result::Result::Ok(value) => ::core::result::Result::Ok(value),
            ::core::result::Result::Err(error) => {
                ::core::result::Result::Err(::colmena::__private::check::failure(error))
            }
        }
    }
}
const _: () = {
    ::colmena::__private::check::recordable::<f64>();
    ::colmena::__private::check::recordable::<::std::vec::Vec<f64>>();
};
fn compute_14(x: f64, weights: &[f64]) -> Result<f64> {
    Ok(x * weights.iter().sum::<f64>())
}
///The inputs of [`compute_14()`], as a task.
#[derive(
    ::colmena::__private::serde::Serialize,
    ::colmena::__private::serde::Deserialize
)]
#[serde(crate = ":: colmena :: __private :: serde")]
#[serde(
    bound = "for < '__colmena > f64 : :: colmena :: __private :: check :: Trusted < '__colmena >, for < '__colmena > :: std :: vec :: Vec < f64 > : :: colmena :: __private :: check :: Trusted < '__colmena >"
)]
#[must_use = "a task that is not sent never runs: `agent.submit(..)` or `agent.call(..)`"]
struct compute_14 {
    ///The parameter `x`.
    x: f64,
    ///The parameter `weights`.
    weights: ::std::vec::Vec<f64>,
}
#[automatically_derived]
impl ::colmena::__private::Method for compute_14
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{
    const NAME: &'static ::core::primitive::str = "compute_14";
    const TOPIC: &'static ::core::primitive::str = "kind_14";
    const PARAMETERS: &'static [&'static ::core::primitive::str] = &["x", "weights"];
    const CODEC: ::core::option::Option<::colmena::__private::Codec<Self>> = {
        use ::colmena::__private::check::NoCodec as _;
        ::colmena::__private::check::CodecOf::<Self>::CODEC
    };
    type Value = f64;
    type Emission = ();
}
#[automatically_derived]
impl ::colmena::__private::IntoTask for compute_14
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{
    type Method = Self;
    fn into_task(self) -> ::colmena::__private::Task<Self> {
        ::colmena::__private::Task::new(self)
    }
}
#[automatically_derived]
impl ::colmena::__private::Portable for compute_14
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{}
#[automatically_derived]
impl ::colmena::__private::Body for compute_14
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{
    fn run(
        &self,
        _: &::colmena::__private::TaskContext<Self::Emission>,
    ) -> ::core::result::Result<Self::Value, ::colmena::__private::BoxError> {
        match compute_14(
            ::colmena::__private::check::cloned::<f64>(&self.x),
            &self.weights,
        ) {
            ::core::result::Result::Ok(value) => ::core::result::Result::Ok(value),
            ::core::result::Result::Err(error) => {
                ::core::result::Result::Err(::colmena::__private::check::failure(error))
            }
        }
    }
}
const _: () = {
    ::colmena::__private::check::recordable::<f64>();
    ::colmena::__private::check::recordable::<::std::vec::Vec<f64>>();
};
fn compute_15(x: f64, weights: &[f64]) -> Result<f64> {
    Ok(x * weights.iter().sum::<f64>())
}
///The inputs of [`compute_15()`], as a task.
#[derive(
    ::colmena::__private::serde::Serialize,
    ::colmena::__private::serde::Deserialize
)]
#[serde(crate = ":: colmena :: __private :: serde")]
#[serde(
    bound = "for < '__colmena > f64 : :: colmena :: __private :: check :: Trusted < '__colmena >, for < '__colmena > :: std :: vec :: Vec < f64 > : :: colmena :: __private :: check :: Trusted < '__colmena >"
)]
#[must_use = "a task that is not sent never runs: `agent.submit(..)` or `agent.call(..)`"]
struct compute_15 {
    ///The parameter `x`.
    x: f64,
    ///The parameter `weights`.
    weights: ::std::vec::Vec<f64>,
}
#[automatically_derived]
impl ::colmena::__private::Method for compute_15
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{
    const NAME: &'static ::core::primitive::str = "compute_15";
    const TOPIC: &'static ::core::primitive::str = "kind_15";
    const PARAMETERS: &'static [&'static ::core::primitive::str] = &["x", "weights"];
    const CODEC: ::core::option::Option<::colmena::__private::Codec<Self>> = {
        use ::colmena::__private::check::NoCodec as _;
        ::colmena::__private::check::CodecOf::<Self>::CODEC
    };
    type Value = f64;
    type Emission = ();
}
#[automatically_derived]
impl ::colmena::__private::IntoTask for compute_15
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{
    type Method = Self;
    fn into_task(self) -> ::colmena::__private::Task<Self> {
        ::colmena::__private::Task::new(self)
    }
}
#[automatically_derived]
impl ::colmena::__private::Portable for compute_15
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{}
#[automatically_derived]
impl ::colmena::__private::Body for compute_15
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{
    fn run(
        &self,
        _: &::colmena::__private::TaskContext<Self::Emission>,
    ) -> ::core::result::Result<Self::Value, ::colmena::__private::BoxError> {
        match compute_15(
            ::colmena::__private::check::cloned::<f64>(&self.x),
            &self.weights,
        ) {
            ::core::result::Result::Ok(value) => ::core::result::Result::Ok(value),
            ::core::result::Result::Err(error) => {
                ::core::result::Result::Err(::colmena::__private::check::failure(error))
            }
        }
    }
}
const _: () = {
    ::colmena::__private::check::recordable::<f64>();
    ::colmena::__private::check::recordable::<::std::vec::Vec<f64>>();
};
fn compute_16(x: f64, weights: &[f64]) -> Result<f64> {
    Ok(x * weights.iter().sum::<f64>())
}
///The inputs of [`compute_16()`], as a task.
#[derive(
    ::colmena::__private::serde::Serialize,
    ::colmena::__private::serde::Deserialize
)]
#[serde(crate = ":: colmena :: __private :: serde")]
#[serde(
    bound = "for < '__colmena > f64 : :: colmena :: __private :: check :: Trusted < '__colmena >, for < '__colmena > :: std :: vec :: Vec < f64 > : :: colmena :: __private :: check :: Trusted < '__colmena >"
)]
#[must_use = "a task that is not sent never runs: `agent.submit(..)` or `agent.call(..)`"]
struct compute_16 {
    ///The parameter `x`.
    x: f64,
    ///The parameter `weights`.
    weights: ::std::vec::Vec<f64>,
}
#[automatically_derived]
impl ::colmena::__private::Method for compute_16
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{
    const NAME: &'static ::core::primitive::str = "compute_16";
    const TOPIC: &'static ::core::primitive::str = "kind_16";
    const PARAMETERS: &'static [&'static ::core::primitive::str] = &["x", "weights"];
    const CODEC: ::core::option::Option<::colmena::__private::Codec<Self>> = {
        use ::colmena::__private::check::NoCodec as _;
        ::colmena::__private::check::CodecOf::<Self>::CODEC
    };
    type Value = f64;
    type Emission = ();
}
#[automatically_derived]
impl ::colmena::__private::IntoTask for compute_16
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{
    type Method = Self;
    fn into_task(self) -> ::colmena::__private::Task<Self> {
        ::colmena::__private::Task::new(self)
    }
}
#[automatically_derived]
impl ::colmena::__private::Portable for compute_16
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{}
#[automatically_derived]
impl ::colmena::__private::Body for compute_16
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{
    fn run(
        &self,
        _: &::colmena::__private::TaskContext<Self::Emission>,
    ) -> ::core::result::Result<Self::Value, ::colmena::__private::BoxError> {
        match compute_16(
            ::colmena::__private::check::cloned::<f64>(&self.x),
            &self.weights,
        ) {
            ::core::result::Result::Ok(value) => ::core::result::Result::Ok(value),
            ::core::result::Result::Err(error) => {
                ::core::result::Result::Err(::colmena::__private::check::failure(error))
            }
        }
    }
}
const _: () = {
    ::colmena::__private::check::recordable::<f64>();
    ::colmena::__private::check::recordable::<::std::vec::Vec<f64>>();
};
fn compute_17(x: f64, weights: &[f64]) -> Result<f64> {
    Ok(x * weights.iter().sum::<f64>())
}
///The inputs of [`compute_17()`], as a task.
#[derive(
    ::colmena::__private::serde::Serialize,
    ::colmena::__private::serde::Deserialize
)]
#[serde(crate = ":: colmena :: __private :: serde")]
#[serde(
    bound = "for < '__colmena > f64 : :: colmena :: __private :: check :: Trusted < '__colmena >, for < '__colmena > :: std :: vec :: Vec < f64 > : :: colmena :: __private :: check :: Trusted < '__colmena >"
)]
#[must_use = "a task that is not sent never runs: `agent.submit(..)` or `agent.call(..)`"]
struct compute_17 {
    ///The parameter `x`.
    x: f64,
    ///The parameter `weights`.
    weights: ::std::vec::Vec<f64>,
}
#[automatically_derived]
impl ::colmena::__private::Method for compute_17
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{
    const NAME: &'static ::core::primitive::str = "compute_17";
    const TOPIC: &'static ::core::primitive::str = "kind_17";
    const PARAMETERS: &'static [&'static ::core::primitive::str] = &["x", "weights"];
    const CODEC: ::core::option::Option<::colmena::__private::Codec<Self>> = {
        use ::colmena::__private::check::NoCodec as _;
        ::colmena::__private::check::CodecOf::<Self>::CODEC
    };
    type Value = f64;
    type Emission = ();
}
#[automatically_derived]
impl ::colmena::__private::IntoTask for compute_17
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{
    type Method = Self;
    fn into_task(self) -> ::colmena::__private::Task<Self> {
        ::colmena::__private::Task::new(self)
    }
}
#[automatically_derived]
impl ::colmena::__private::Portable for compute_17
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{}
#[automatically_derived]
impl ::colmena::__private::Body for compute_17
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{
    fn run(
        &self,
        _: &::colmena::__private::TaskContext<Self::Emission>,
    ) -> ::core::result::Result<Self::Value, ::colmena::__private::BoxError> {
        match compute_17(
            ::colmena::__private::check::cloned::<f64>(&self.x),
            &self.weights,
        ) {
            ::core::result::Result::Ok(value) => ::core::result::Result::Ok(value),
            ::core::result::Result::Err(error) => {
                ::core::result::Result::Err(::colmena::__private::check::failure(error))
            }
        }
    }
}
const _: () = {
    ::colmena::__private::check::recordable::<f64>();
    ::colmena::__private::check::recordable::<::std::vec::Vec<f64>>();
};
fn compute_18(x: f64, weights: &[f64]) -> Result<f64> {
    Ok(x * weights.iter().sum::<f64>())
}
///The inputs of [`compute_18()`], as a task.
#[derive(
    ::colmena::__private::serde::Serialize,
    ::colmena::__private::serde::Deserialize
)]
#[serde(crate = ":: colmena :: __private :: serde")]
#[serde(
    bound = "for < '__colmena > f64 : :: colmena :: __private :: check :: Trusted < '__colmena >, for < '__colmena > :: std :: vec :: Vec < f64 > : :: colmena :: __private :: check :: Trusted < '__colmena >"
)]
#[must_use = "a task that is not sent never runs: `agent.submit(..)` or `agent.call(..)`"]
struct compute_18 {
    ///The parameter `x`.
    x: f64,
    ///The parameter `weights`.
    weights: ::std::vec::Vec<f64>,
}
#[automatically_derived]
impl ::colmena::__private::Method for compute_18
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{
    const NAME: &'static ::core::primitive::str = "compute_18";
    const TOPIC: &'static ::core::primitive::str = "kind_18";
    const PARAMETERS: &'static [&'static ::core::primitive::str] = &["x", "weights"];
    const CODEC: ::core::option::Option<::colmena::__private::Codec<Self>> = {
        use ::colmena::__private::check::NoCodec as _;
        ::colmena::__private::check::CodecOf::<Self>::CODEC
    };
    type Value = f64;
    type Emission = ();
}
#[automatically_derived]
impl ::colmena::__private::IntoTask for compute_18
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{
    type Method = Self;
    fn into_task(self) -> ::colmena::__private::Task<Self> {
        ::colmena::__private::Task::new(self)
    }
}
#[automatically_derived]
impl ::colmena::__private::Portable for compute_18
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{}
#[automatically_derived]
impl ::colmena::__private::Body for compute_18
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{
    fn run(
        &self,
        _: &::colmena::__private::TaskContext<Self::Emission>,
    ) -> ::core::result::Result<Self::Value, ::colmena::__private::BoxError> {
        match compute_18(
            ::colmena::__private::check::cloned::<f64>(&self.x),
            &self.weights,
        ) {
            ::core::result::Result::Ok(value) => ::core::result::Result::Ok(value),
            ::core::result::Result::Err(error) => {
                ::core::result::Result::Err(::colmena::__private::check::failure(error))
            }
        }
    }
}
const _: () = {
    ::colmena::__private::check::recordable::<f64>();
    ::colmena::__private::check::recordable::<::std::vec::Vec<f64>>();
};
fn compute_19(x: f64, weights: &[f64]) -> Result<f64> {
    Ok(x * weights.iter().sum::<f64>())
}
///The inputs of [`compute_19()`], as a task.
#[derive(
    ::colmena::__private::serde::Serialize,
    ::colmena::__private::serde::Deserialize
)]
#[serde(crate = ":: colmena :: __private :: serde")]
#[serde(
    bound = "for < '__colmena > f64 : :: colmena :: __private :: check :: Trusted < '__colmena >, for < '__colmena > :: std :: vec :: Vec < f64 > : :: colmena :: __private :: check :: Trusted < '__colmena >"
)]
#[must_use = "a task that is not sent never runs: `agent.submit(..)` or `agent.call(..)`"]
struct compute_19 {
    ///The parameter `x`.
    x: f64,
    ///The parameter `weights`.
    weights: ::std::vec::Vec<f64>,
}
#[automatically_derived]
impl ::colmena::__private::Method for compute_19
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{
    const NAME: &'static ::core::primitive::str = "compute_19";
    const TOPIC: &'static ::core::primitive::str = "kind_19";
    const PARAMETERS: &'static [&'static ::core::primitive::str] = &["x", "weights"];
    const CODEC: ::core::option::Option<::colmena::__private::Codec<Self>> = {
        use ::colmena::__private::check::NoCodec as _;
        ::colmena::__private::check::CodecOf::<Self>::CODEC
    };
    type Value = f64;
    type Emission = ();
}
#[automatically_derived]
impl ::colmena::__private::IntoTask for compute_19
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{
    type Method = Self;
    fn into_task(self) -> ::colmena::__private::Task<Self> {
        ::colmena::__private::Task::new(self)
    }
}
#[automatically_derived]
impl ::colmena::__private::Portable for compute_19
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{}
#[automatically_derived]
impl ::colmena::__private::Body for compute_19
where
    f64: ::colmena::__private::check::Input,
    ::std::vec::Vec<f64>: ::colmena::__private::check::Input,
    f64: ::colmena::__private::check::Output,
{
    fn run(
        &self,
        _: &::colmena::__private::TaskContext<Self::Emission>,
    ) -> ::core::result::Result<Self::Value, ::colmena::__private::BoxError> {
        match compute_19(
            ::colmena::__private::check::cloned::<f64>(&self.x),
            &self.weights,
        ) {
            ::core::result::Result::Ok(value) => ::core::result::Result::Ok(value),
            ::core::result::Result::Err(error) => {
                ::core::result::Result::Err(::colmena::__private::check::failure(error))
            }
        }
    }
}
const _: () = {
    ::colmena::__private::check::recordable::<f64>();
    ::colmena::__private::check::recordable::<::std::vec::Vec<f64>>();
};
enum Pool {
    Sim,
    Ml,
}
#[automatically_derived]
impl ::colmena::__private::ResourcePool for Pool {
    const NAMES: &'static [&'static ::core::primitive::str] = &["sim", "ml"];
    fn index(&self) -> ::core::primitive::usize {
        match self {
            Self::Sim => 0usize,
            Self::Ml => 1usize,
        }
    }
    fn from_index(index: ::core::primitive::usize) -> ::core::option::Option<Self> {
        match index {
            0usize => ::core::option::Option::Some(Self::Sim),
            1usize => ::core::option::Option::Some(Self::Ml),
            _ => ::core::option::Option::None,
        }
    }
}
struct Steering {
    width: usize,
    values: Mutex<Vec<f64>>,
    queue_0: WorkQueue<f64>,
    queue_2: WorkQueue<f64>,
    queue_4: WorkQueue<f64>,
    queue_6: WorkQueue<f64>,
    queue_8: WorkQueue<f64>,
    queue_10: WorkQueue<f64>,
    queue_12: WorkQueue<f64>,
    queue_14: WorkQueue<f64>,
    queue_16: WorkQueue<f64>,
    queue_18: WorkQueue<f64>,
    event_0: Event,
    event_1: Event,
    event_2: Event,
    event_3: Event,
    event_4: Event,
    event_5: Event,
    event_6: Event,
}
fn note(_: &str) {}
impl Steering {
    fn submit_0(&self, agent: &Agent<Self>, slots: Slots<Pool>, x: f64) -> Result<()> {
        agent
            .submit(
                compute_0 {
                    x: x,
                    weights: vec![1.0],
                }
                    .holding(slots),
            )?;
        Ok(())
    }
    fn store_0(&self, result: TaskResult<compute_0>) -> Result<()> {
        self.values.lock().push(result.into_value()?);
        Ok(())
    }
    fn submit_1(&self, agent: &Agent<Self>, slots: Slots<Pool>) -> Result<()> {
        agent
            .submit(
                compute_1 {
                    x: 0.5,
                    weights: vec![1.0],
                }
                    .holding(slots),
            )?;
        Ok(())
    }
    fn store_1(&self, result: TaskResult<compute_1>) -> Result<()> {
        self.values.lock().push(result.into_value()?);
        Ok(())
    }
    fn submit_2(&self, agent: &Agent<Self>, slots: Slots<Pool>, x: f64) -> Result<()> {
        agent
            .submit(
                compute_2 {
                    x: x,
                    weights: vec![1.0],
                }
                    .holding(slots),
            )?;
        Ok(())
    }
    fn store_2(&self, result: TaskResult<compute_2>) -> Result<()> {
        self.values.lock().push(result.into_value()?);
        Ok(())
    }
    fn submit_3(&self, agent: &Agent<Self>, slots: Slots<Pool>) -> Result<()> {
        agent
            .submit(
                compute_3 {
                    x: 0.5,
                    weights: vec![1.0],
                }
                    .holding(slots),
            )?;
        Ok(())
    }
    fn store_3(&self, result: TaskResult<compute_3>) -> Result<()> {
        self.values.lock().push(result.into_value()?);
        Ok(())
    }
    fn submit_4(&self, agent: &Agent<Self>, slots: Slots<Pool>, x: f64) -> Result<()> {
        agent
            .submit(
                compute_4 {
                    x: x,
                    weights: vec![1.0],
                }
                    .holding(slots),
            )?;
        Ok(())
    }
    fn store_4(&self, result: TaskResult<compute_4>) -> Result<()> {
        self.values.lock().push(result.into_value()?);
        Ok(())
    }
    fn submit_5(&self, agent: &Agent<Self>, slots: Slots<Pool>) -> Result<()> {
        agent
            .submit(
                compute_5 {
                    x: 0.5,
                    weights: vec![1.0],
                }
                    .holding(slots),
            )?;
        Ok(())
    }
    fn store_5(&self, result: TaskResult<compute_5>) -> Result<()> {
        self.values.lock().push(result.into_value()?);
        Ok(())
    }
    fn submit_6(&self, agent: &Agent<Self>, slots: Slots<Pool>, x: f64) -> Result<()> {
        agent
            .submit(
                compute_6 {
                    x: x,
                    weights: vec![1.0],
                }
                    .holding(slots),
            )?;
        Ok(())
    }
    fn store_6(&self, result: TaskResult<compute_6>) -> Result<()> {
        self.values.lock().push(result.into_value()?);
        Ok(())
    }
    fn submit_7(&self, agent: &Agent<Self>, slots: Slots<Pool>) -> Result<()> {
        agent
            .submit(
                compute_7 {
                    x: 0.5,
                    weights: vec![1.0],
                }
                    .holding(slots),
            )?;
        Ok(())
    }
    fn store_7(&self, result: TaskResult<compute_7>) -> Result<()> {
        self.values.lock().push(result.into_value()?);
        Ok(())
    }
    fn submit_8(&self, agent: &Agent<Self>, slots: Slots<Pool>, x: f64) -> Result<()> {
        agent
            .submit(
                compute_8 {
                    x: x,
                    weights: vec![1.0],
                }
                    .holding(slots),
            )?;
        Ok(())
    }
    fn store_8(&self, result: TaskResult<compute_8>) -> Result<()> {
        self.values.lock().push(result.into_value()?);
        Ok(())
    }
    fn submit_9(&self, agent: &Agent<Self>, slots: Slots<Pool>) -> Result<()> {
        agent
            .submit(
                compute_9 {
                    x: 0.5,
                    weights: vec![1.0],
                }
                    .holding(slots),
            )?;
        Ok(())
    }
    fn store_9(&self, result: TaskResult<compute_9>) -> Result<()> {
        self.values.lock().push(result.into_value()?);
        Ok(())
    }
    fn submit_10(&self, agent: &Agent<Self>, slots: Slots<Pool>, x: f64) -> Result<()> {
        agent
            .submit(
                compute_10 {
                    x: x,
                    weights: vec![1.0],
                }
                    .holding(slots),
            )?;
        Ok(())
    }
    fn store_10(&self, result: TaskResult<compute_10>) -> Result<()> {
        self.values.lock().push(result.into_value()?);
        Ok(())
    }
    fn submit_11(&self, agent: &Agent<Self>, slots: Slots<Pool>) -> Result<()> {
        agent
            .submit(
                compute_11 {
                    x: 0.5,
                    weights: vec![1.0],
                }
                    .holding(slots),
            )?;
        Ok(())
    }
    fn store_11(&self, result: TaskResult<compute_11>) -> Result<()> {
        self.values.lock().push(result.into_value()?);
        Ok(())
    }
    fn submit_12(&self, agent: &Agent<Self>, slots: Slots<Pool>, x: f64) -> Result<()> {
        agent
            .submit(
                compute_12 {
                    x: x,
                    weights: vec![1.0],
                }
                    .holding(slots),
            )?;
        Ok(())
    }
    fn store_12(&self, result: TaskResult<compute_12>) -> Result<()> {
        self.values.lock().push(result.into_value()?);
        Ok(())
    }
    fn submit_13(&self, agent: &Agent<Self>, slots: Slots<Pool>) -> Result<()> {
        agent
            .submit(
                compute_13 {
                    x: 0.5,
                    weights: vec![1.0],
                }
                    .holding(slots),
            )?;
        Ok(())
    }
    fn store_13(&self, result: TaskResult<compute_13>) -> Result<()> {
        self.values.lock().push(result.into_value()?);
        Ok(())
    }
    fn submit_14(&self, agent: &Agent<Self>, slots: Slots<Pool>, x: f64) -> Result<()> {
        agent
            .submit(
                compute_14 {
                    x: x,
                    weights: vec![1.0],
                }
                    .holding(slots),
            )?;
        Ok(())
    }
    fn store_14(&self, result: TaskResult<compute_14>) -> Result<()> {
        self.values.lock().push(result.into_value()?);
        Ok(())
    }
    fn submit_15(&self, agent: &Agent<Self>, slots: Slots<Pool>) -> Result<()> {
        agent
            .submit(
                compute_15 {
                    x: 0.5,
                    weights: vec![1.0],
                }
                    .holding(slots),
            )?;
        Ok(())
    }
    fn store_15(&self, result: TaskResult<compute_15>) -> Result<()> {
        self.values.lock().push(result.into_value()?);
        Ok(())
    }
    fn submit_16(&self, agent: &Agent<Self>, slots: Slots<Pool>, x: f64) -> Result<()> {
        agent
            .submit(
                compute_16 {
                    x: x,
                    weights: vec![1.0],
                }
                    .holding(slots),
            )?;
        Ok(())
    }
    fn store_16(&self, result: TaskResult<compute_16>) -> Result<()> {
        self.values.lock().push(result.into_value()?);
        Ok(())
    }
    fn submit_17(&self, agent: &Agent<Self>, slots: Slots<Pool>) -> Result<()> {
        agent
            .submit(
                compute_17 {
                    x: 0.5,
                    weights: vec![1.0],
                }
                    .holding(slots),
            )?;
        Ok(())
    }
    fn store_17(&self, result: TaskResult<compute_17>) -> Result<()> {
        self.values.lock().push(result.into_value()?);
        Ok(())
    }
    fn submit_18(&self, agent: &Agent<Self>, slots: Slots<Pool>, x: f64) -> Result<()> {
        agent
            .submit(
                compute_18 {
                    x: x,
                    weights: vec![1.0],
                }
                    .holding(slots),
            )?;
        Ok(())
    }
    fn store_18(&self, result: TaskResult<compute_18>) -> Result<()> {
        self.values.lock().push(result.into_value()?);
        Ok(())
    }
    fn submit_19(&self, agent: &Agent<Self>, slots: Slots<Pool>) -> Result<()> {
        agent
            .submit(
                compute_19 {
                    x: 0.5,
                    weights: vec![1.0],
                }
                    .holding(slots),
            )?;
        Ok(())
    }
    fn store_19(&self, result: TaskResult<compute_19>) -> Result<()> {
        self.values.lock().push(result.into_value()?);
        Ok(())
    }
    fn respond_0(&self, agent: &Agent<Self>) {
        agent.done().set();
    }
    fn respond_1(&self, agent: &Agent<Self>) {
        agent.done().set();
    }
    fn respond_2(&self, agent: &Agent<Self>) {
        agent.done().set();
    }
    fn respond_3(&self, agent: &Agent<Self>) {
        agent.done().set();
    }
    fn respond_4(&self, agent: &Agent<Self>) {
        agent.done().set();
    }
    fn respond_5(&self, agent: &Agent<Self>) {
        agent.done().set();
    }
    fn respond_6(&self, agent: &Agent<Self>) {
        agent.done().set();
    }
    fn plan_0(&self, agent: &Agent<Self>) {
        note(agent.name());
    }
    fn plan_1(&self, agent: &Agent<Self>) {
        note(agent.name());
    }
    fn plan_2(&self, agent: &Agent<Self>) {
        note(agent.name());
    }
}
#[automatically_derived]
impl ::colmena::__private::Thinker for Steering {
    type Pools = Pool;
    type Local = ();
    const NAME: &'static ::core::primitive::str = "Steering";
    const AGENTS: &'static [::colmena::__private::AgentInfo] = &[
        ::colmena::__private::AgentInfo::task_submitter("submit_0"),
        ::colmena::__private::AgentInfo::result_processor("store_0"),
        ::colmena::__private::AgentInfo::task_submitter("submit_1"),
        ::colmena::__private::AgentInfo::result_processor("store_1"),
        ::colmena::__private::AgentInfo::task_submitter("submit_2"),
        ::colmena::__private::AgentInfo::result_processor("store_2"),
        ::colmena::__private::AgentInfo::task_submitter("submit_3"),
        ::colmena::__private::AgentInfo::result_processor("store_3"),
        ::colmena::__private::AgentInfo::task_submitter("submit_4"),
        ::colmena::__private::AgentInfo::result_processor("store_4"),
        ::colmena::__private::AgentInfo::task_submitter("submit_5"),
        ::colmena::__private::AgentInfo::result_processor("store_5"),
        ::colmena::__private::AgentInfo::task_submitter("submit_6"),
        ::colmena::__private::AgentInfo::result_processor("store_6"),
        ::colmena::__private::AgentInfo::task_submitter("submit_7"),
        ::colmena::__private::AgentInfo::result_processor("store_7"),
        ::colmena::__private::AgentInfo::task_submitter("submit_8"),
        ::colmena::__private::AgentInfo::result_processor("store_8"),
        ::colmena::__private::AgentInfo::task_submitter("submit_9"),
        ::colmena::__private::AgentInfo::result_processor("store_9"),
        ::colmena::__private::AgentInfo::task_submitter("submit_10"),
        ::colmena::__private::AgentInfo::result_processor("store_10"),
        ::colmena::__private::AgentInfo::task_submitter("submit_11"),
        ::colmena::__private::AgentInfo::result_processor("store_11"),
        ::colmena::__private::AgentInfo::task_submitter("submit_12"),
        ::colmena::__private::AgentInfo::result_processor("store_12"),
        ::colmena::__private::AgentInfo::task_submitter("submit_13"),
        ::colmena::__private::AgentInfo::result_processor("store_13"),
        ::colmena::__private::AgentInfo::task_submitter("submit_14"),
        ::colmena::__private::AgentInfo::result_processor("store_14"),
        ::colmena::__private::AgentInfo::task_submitter("submit_15"),
        ::colmena::__private::AgentInfo::result_processor("store_15"),
        ::colmena::__private::AgentInfo::task_submitter("submit_16"),
        ::colmena::__private::AgentInfo::result_processor("store_16"),
        ::colmena::__private::AgentInfo::task_submitter("submit_17"),
        ::colmena::__private::AgentInfo::result_processor("store_17"),
        ::colmena::__private::AgentInfo::task_submitter("submit_18"),
        ::colmena::__private::AgentInfo::result_processor("store_18"),
        ::colmena::__private::AgentInfo::task_submitter("submit_19"),
        ::colmena::__private::AgentInfo::result_processor("store_19"),
        ::colmena::__private::AgentInfo::event_responder("respond_0"),
        ::colmena::__private::AgentInfo::event_responder("respond_1"),
        ::colmena::__private::AgentInfo::event_responder("respond_2"),
        ::colmena::__private::AgentInfo::event_responder("respond_3"),
        ::colmena::__private::AgentInfo::event_responder("respond_4"),
        ::colmena::__private::AgentInfo::event_responder("respond_5"),
        ::colmena::__private::AgentInfo::event_responder("respond_6"),
        ::colmena::__private::AgentInfo::agent("plan_0").startup(),
        ::colmena::__private::AgentInfo::agent("plan_1").startup(),
        ::colmena::__private::AgentInfo::agent("plan_2").startup(),
    ];
    fn describe(agents: &mut ::colmena::__private::Agents<Self>) {
        ::colmena::__private::QueueSubmitter::run(
            ::colmena::__private::Agents::task_submitter(agents, "submit_0")
                .task_type(
                    ::core::option::Option::Some::<Self::Pools>(<Self::Pools>::Sim),
                )
                .n_slots(Self::__colmena_submit_0_n_slots)
                .queue(|thinker: &Self| &thinker.queue_0),
            |thinker, agent, _, slots, item| <Result<
                (),
            > as ::colmena::__private::AgentReturn>::into_result(
                Self::submit_0(
                    thinker,
                    agent,
                    ::colmena::__private::check::slots::<Slots<Pool>, _>(slots),
                    ::colmena::__private::check::item::<f64, _>(item),
                ),
            ),
        );
        ::colmena::__private::Agents::result_processor(agents, "store_0")
            .run(|thinker, _, _, result| <Result<
                (),
            > as ::colmena::__private::AgentReturn>::into_result(
                Self::store_0(thinker, result),
            ));
        agents
            .task_submitter("submit_1")
            .task_type(::core::option::Option::Some::<Self::Pools>(<Self::Pools>::Sim))
            .n_slots(|_| 2)
            .run(|thinker, agent, _, slots| <Result<
                (),
            > as ::colmena::__private::AgentReturn>::into_result(
                Self::submit_1(
                    thinker,
                    agent,
                    ::colmena::__private::check::slots::<Slots<Pool>, _>(slots),
                ),
            ));
        ::colmena::__private::Agents::result_processor(agents, "store_1")
            .run(|thinker, _, _, result| <Result<
                (),
            > as ::colmena::__private::AgentReturn>::into_result(
                Self::store_1(thinker, result),
            ));
        ::colmena::__private::QueueSubmitter::run(
            ::colmena::__private::Agents::task_submitter(agents, "submit_2")
                .task_type(
                    ::core::option::Option::Some::<Self::Pools>(<Self::Pools>::Sim),
                )
                .n_slots(Self::__colmena_submit_2_n_slots)
                .queue(|thinker: &Self| &thinker.queue_2),
            |thinker, agent, _, slots, item| <Result<
                (),
            > as ::colmena::__private::AgentReturn>::into_result(
                Self::submit_2(
                    thinker,
                    agent,
                    ::colmena::__private::check::slots::<Slots<Pool>, _>(slots),
                    ::colmena::__private::check::item::<f64, _>(item),
                ),
            ),
        );
        ::colmena::__private::Agents::result_processor(agents, "store_2")
            .run(|thinker, _, _, result| <Result<
                (),
            > as ::colmena::__private::AgentReturn>::into_result(
                Self::store_2(thinker, result),
            ));
        agents
            .task_submitter("submit_3")
            .task_type(::core::option::Option::Some::<Self::Pools>(<Self::Pools>::Sim))
            .n_slots(|_| 2)
            .run(|thinker, agent, _, slots| <Result<
                (),
            > as ::colmena::__private::AgentReturn>::into_result(
                Self::submit_3(
                    thinker,
                    agent,
                    ::colmena::__private::check::slots::<Slots<Pool>, _>(slots),
                ),
            ));
        ::colmena::__private::Agents::result_processor(agents, "store_3")
            .run(|thinker, _, _, result| <Result<
                (),
            > as ::colmena::__private::AgentReturn>::into_result(
                Self::store_3(thinker, result),
            ));
        ::colmena::__private::QueueSubmitter::run(
            ::colmena::__private::Agents::task_submitter(agents, "submit_4")
                .task_type(
                    ::core::option::Option::Some::<Self::Pools>(<Self::Pools>::Sim),
                )
                .n_slots(Self::__colmena_submit_4_n_slots)
                .queue(|thinker: &Self| &thinker.queue_4),
            |thinker, agent, _, slots, item| <Result<
                (),
            > as ::colmena::__private::AgentReturn>::into_result(
                Self::submit_4(
                    thinker,
                    agent,
                    ::colmena::__private::check::slots::<Slots<Pool>, _>(slots),
                    ::colmena::__private::check::item::<f64, _>(item),
                ),
            ),
        );
        ::colmena::__private::Agents::result_processor(agents, "store_4")
            .run(|thinker, _, _, result| <Result<
                (),
            > as ::colmena::__private::AgentReturn>::into_result(
                Self::store_4(thinker, result),
            ));
        agents
            .task_submitter("submit_5")
            .task_type(::core::option::Option::Some::<Self::Pools>(<Self::Pools>::Sim))
            .n_slots(|_| 2)
            .run(|thinker, agent, _, slots| <Result<
                (),
            > as ::colmena::__private::AgentReturn>::into_result(
                Self::submit_5(
                    thinker,
                    agent,
                    ::colmena::__private::check::slots::<Slots<Pool>, _>(slots),
                ),
            ));
        ::colmena::__private::Agents::result_processor(agents, "store_5")
            .run(|thinker, _, _, result| <Result<
                (),
            > as ::colmena::__private::AgentReturn>::into_result(
                Self::store_5(thinker, result),
            ));
        ::colmena::__private::QueueSubmitter::run(
            ::colmena::__private::Agents::task_submitter(agents, "submit_6")
                .task_type(
                    ::core::option::Option::Some::<Self::Pools>(<Self::Pools>::Sim),
                )
                .n_slots(Self::__colmena_submit_6_n_slots)
                .queue(|thinker: &Self| &thinker.queue_6),
            |thinker, agent, _, slots, item| <Result<
                (),
            > as ::colmena::__private::AgentReturn>::into_result(
                Self::submit_6(
                    thinker,
                    agent,
                    ::colmena::__private::check::slots::<Slots<Pool>, _>(slots),
                    ::colmena::__private::check::item::<f64, _>(item),
                ),
            ),
        );
        ::colmena::__private::Agents::result_processor(agents, "store_6")
            .run(|thinker, _, _, result| <Result<
                (),
            > as ::colmena::__private::AgentReturn>::into_result(
                Self::store_6(thinker, result),
            ));
        agents
            .task_submitter("submit_7")
            .task_type(::core::option::Option::Some::<Self::Pools>(<Self::Pools>::Sim))
            .n_slots(|_| 2)
            .run(|thinker, agent, _, slots| <Result<
                (),
            > as ::colmena::__private::AgentReturn>::into_result(
                Self::submit_7(
                    thinker,
                    agent,
                    ::colmena::__private::check::slots::<Slots<Pool>, _>(slots),
                ),
            ));
        ::colmena::__private::Agents::result_processor(agents, "store_7")
            .run(|thinker, _, _, result| <Result<
                (),
            > as ::colmena::__private::AgentReturn>::into_result(
                Self::store_7(thinker, result),
            ));
        ::colmena::__private::QueueSubmitter::run(
            ::colmena::__private::Agents::task_submitter(agents, "submit_8")
                .task_type(
                    ::core::option::Option::Some::<Self::Pools>(<Self::Pools>::Sim),
                )
                .n_slots(Self::__colmena_submit_8_n_slots)
                .queue(|thinker: &Self| &thinker.queue_8),
            |thinker, agent, _, slots, item| <Result<
                (),
            > as ::colmena::__private::AgentReturn>::into_result(
                Self::submit_8(
                    thinker,
                    agent,
                    ::colmena::__private::check::slots::<Slots<Pool>, _>(slots),
                    ::colmena::__private::check::item::<f64, _>(item),
                ),
            ),
        );
        ::colmena::__private::Agents::result_processor(agents, "store_8")
            .run(|thinker, _, _, result| <Result<
                (),
            > as ::colmena::__private::AgentReturn>::into_result(
                Self::store_8(thinker, result),
            ));
        agents
            .task_submitter("submit_9")
            .task_type(::core::option::Option::Some::<Self::Pools>(<Self::Pools>::Sim))
            .n_slots(|_| 2)
            .run(|thinker, agent, _, slots| <Result<
                (),
            > as ::colmena::__private::AgentReturn>::into_result(
                Self::submit_9(
                    thinker,
                    agent,
                    ::colmena::__private::check::slots::<Slots<Pool>, _>(slots),
                ),
            ));
        ::colmena::__private::Agents::result_processor(agents, "store_9")
            .run(|thinker, _, _, result| <Result<
                (),
            > as ::colmena::__private::AgentReturn>::into_result(
                Self::store_9(thinker, result),
            ));
        ::colmena::__private::QueueSubmitter::run(
            ::colmena::__private::Agents::task_submitter(agents, "submit_10")
                .task_type(
                    ::core::option::Option::Some::<Self::Pools>(<Self::Pools>::Sim),
                )
                .n_slots(Self::__colmena_submit_10_n_slots)
                .queue(|thinker: &Self| &thinker.queue_10),
            |thinker, agent, _, slots, item| <Result<
                (),
            > as ::colmena::__private::AgentReturn>::into_result(
                Self::submit_10(
                    thinker,
                    agent,
                    ::colmena::__private::check::slots::<Slots<Pool>, _>(slots),
                    ::colmena::__private::check::item::<f64, _>(item),
                ),
            ),
        );
        ::colmena::__private::Agents::result_processor(agents, "store_10")
            .run(|thinker, _, _, result| <Result<
                (),
            > as ::colmena::__private::AgentReturn>::into_result(
                Self::store_10(thinker, result),
            ));
        agents
            .task_submitter("submit_11")
            .task_type(::core::option::Option::Some::<Self::Pools>(<Self::Pools>::Sim))
            .n_slots(|_| 2)
            .run(|thinker, agent, _, slots| <Result<
                (),
            > as ::colmena::__private::AgentReturn>::into_result(
                Self::submit_11(
                    thinker,
                    agent,
                    ::colmena::__private::check::slots::<Slots<Pool>, _>(slots),
                ),
            ));
        ::colmena::__private::Agents::result_processor(agents, "store_11")
            .run(|thinker, _, _, result| <Result<
                (),
            > as ::colmena::__private::AgentReturn>::into_result(
                Self::store_11(thinker, result),
            ));
        ::colmena::__private::QueueSubmitter::run(
            ::colmena::__private::Agents::task_submitter(agents, "submit_12")
                .task_type(
                    ::core::option::Option::Some::<Self::Pools>(<Self::Pools>::Sim),
                )
                .n_slots(Self::__colmena_submit_12_n_slots)
                .queue(|thinker: &Self| &thinker.queue_12),
            |thinker, agent, _, slots, item| <Result<
                (),
            > as ::colmena::__private::AgentReturn>::into_result(
                Self::submit_12(
                    thinker,
                    agent,
                    ::colmena::__private::check::slots::<Slots<Pool>, _>(slots),
                    ::colmena::__private::check::item::<f64, _>(item),
                ),
            ),
        );
        ::colmena::__private::Agents::result_processor(agents, "store_12")
            .run(|thinker, _, _, result| <Result<
                (),
            > as ::colmena::__private::AgentReturn>::into_result(
                Self::store_12(thinker, result),
            ));
        agents
            .task_submitter("submit_13")
            .task_type(::core::option::Option::Some::<Self::Pools>(<Self::Pools>::Sim))
            .n_slots(|_| 2)
            .run(|thinker, agent, _, slots| <Result<
                (),
            > as ::colmena::__private::AgentReturn>::into_result(
                Self::submit_13(
                    thinker,
                    agent,
                    ::colmena::__private::check::slots::<Slots<Pool>, _>(slots),
                ),
            ));
        ::colmena::__private::Agents::result_processor(agents, "store_13")
            .run(|thinker, _, _, result| <Result<
                (),
            > as ::colmena::__private::AgentReturn>::into_result(
                Self::store_13(thinker, result),
            ));
        ::colmena::__private::QueueSubmitter::run(
            ::colmena::__private::Agents::task_submitter(agents, "submit_14")
                .task_type(
                    ::core::option::Option::Some::<Self::Pools>(<Self::Pools>::Sim),
                )
                .n_slots(Self::__colmena_submit_14_n_slots)
                .queue(|thinker: &Self| &thinker.queue_14),
            |thinker, agent, _, slots, item| <Result<
                (),
            > as ::colmena::__private::AgentReturn>::into_result(
                Self::submit_14(
                    thinker,
                    agent,
                    ::colmena::__private::check::slots::<Slots<Pool>, _>(slots),
                    ::colmena::__private::check::item::<f64, _>(item),
                ),
            ),
        );
        ::colmena::__private::Agents::result_processor(agents, "store_14")
            .run(|thinker, _, _, result| <Result<
                (),
            > as ::colmena::__private::AgentReturn>::into_result(
                Self::store_14(thinker, result),
            ));
        agents
            .task_submitter("submit_15")
            .task_type(::core::option::Option::Some::<Self::Pools>(<Self::Pools>::Sim))
            .n_slots(|_| 2)
            .run(|thinker, agent, _, slots| <Result<
                (),
            > as ::colmena::__private::AgentReturn>::into_result(
                Self::submit_15(
                    thinker,
                    agent,
                    ::colmena::__private::check::slots::<Slots<Pool>, _>(slots),
                ),
            ));
        ::colmena::__private::Agents::result_processor(agents, "store_15")
            .run(|thinker, _, _, result| <Result<
                (),
            > as ::colmena::__private::AgentReturn>::into_result(
                Self::store_15(thinker, result),
            ));
        ::colmena::__private::QueueSubmitter::run(
            ::colmena::__private::Agents::task_submitter(agents, "submit_16")
                .task_type(
                    ::core::option::Option::Some::<Self::Pools>(<Self::Pools>::Sim),
                )
                .n_slots(Self::__colmena_submit_16_n_slots)
                .queue(|thinker: &Self| &thinker.queue_16),
            |thinker, agent, _, slots, item| <Result<
                (),
            > as ::colmena::__private::AgentReturn>::into_result(
                Self::submit_16(
                    thinker,
                    agent,
                    ::colmena::__private::check::slots::<Slots<Pool>, _>(slots),
                    ::colmena::__private::check::item::<f64, _>(item),
                ),
            ),
        );
        ::colmena::__private::Agents::result_processor(agents, "store_16")
            .run(|thinker, _, _, result| <Result<
                (),
            > as ::colmena::__private::AgentReturn>::into_result(
                Self::store_16(thinker, result),
            ));
        agents
            .task_submitter("submit_17")
            .task_type(::core::option::Option::Some::<Self::Pools>(<Self::Pools>::Sim))
            .n_slots(|_| 2)
            .run(|thinker, agent, _, slots| <Result<
                (),
            > as ::colmena::__private::AgentReturn>::into_result(
                Self::submit_17(
                    thinker,
                    agent,
                    ::colmena::__private::check::slots::<Slots<Pool>, _>(slots),
                ),
            ));
        ::colmena::__private::Agents::result_processor(agents, "store_17")
            .run(|thinker, _, _, result| <Result<
                (),
            > as ::colmena::__private::AgentReturn>::into_result(
                Self::store_17(thinker, result),
            ));
        ::colmena::__private::QueueSubmitter::run(
            ::colmena::__private::Agents::task_submitter(agents, "submit_18")
                .task_type(
                    ::core::option::Option::Some::<Self::Pools>(<Self::Pools>::Sim),
                )
                .n_slots(Self::__colmena_submit_18_n_slots)
                .queue(|thinker: &Self| &thinker.queue_18),
            |thinker, agent, _, slots, item| <Result<
                (),
            > as ::colmena::__private::AgentReturn>::into_result(
                Self::submit_18(
                    thinker,
                    agent,
                    ::colmena::__private::check::slots::<Slots<Pool>, _>(slots),
                    ::colmena::__private::check::item::<f64, _>(item),
                ),
            ),
        );
        ::colmena::__private::Agents::result_processor(agents, "store_18")
            .run(|thinker, _, _, result| <Result<
                (),
            > as ::colmena::__private::AgentReturn>::into_result(
                Self::store_18(thinker, result),
            ));
        agents
            .task_submitter("submit_19")
            .task_type(::core::option::Option::Some::<Self::Pools>(<Self::Pools>::Sim))
            .n_slots(|_| 2)
            .run(|thinker, agent, _, slots| <Result<
                (),
            > as ::colmena::__private::AgentReturn>::into_result(
                Self::submit_19(
                    thinker,
                    agent,
                    ::colmena::__private::check::slots::<Slots<Pool>, _>(slots),
                ),
            ));
        ::colmena::__private::Agents::result_processor(agents, "store_19")
            .run(|thinker, _, _, result| <Result<
                (),
            > as ::colmena::__private::AgentReturn>::into_result(
                Self::store_19(thinker, result),
            ));
        agents
            .event_responder("respond_0", |thinker: &Self| &thinker.event_0)
            .reallocate(
                ::colmena::__private::Reallocation::<
                    Self,
                >::new(
                        ::core::option::Option::Some::<Self::Pools>(<Self::Pools>::Sim),
                        ::core::option::Option::Some::<Self::Pools>(<Self::Pools>::Ml),
                    )
                    .max_slots(|_| 2),
            )
            .run(|thinker, agent, _| Self::respond_0(thinker, agent));
        agents
            .event_responder("respond_1", |thinker: &Self| &thinker.event_1)
            .reallocate(
                ::colmena::__private::Reallocation::<
                    Self,
                >::new(
                        ::core::option::Option::Some::<Self::Pools>(<Self::Pools>::Sim),
                        ::core::option::Option::Some::<Self::Pools>(<Self::Pools>::Ml),
                    )
                    .max_slots(|_| 2),
            )
            .run(|thinker, agent, _| Self::respond_1(thinker, agent));
        agents
            .event_responder("respond_2", |thinker: &Self| &thinker.event_2)
            .reallocate(
                ::colmena::__private::Reallocation::<
                    Self,
                >::new(
                        ::core::option::Option::Some::<Self::Pools>(<Self::Pools>::Sim),
                        ::core::option::Option::Some::<Self::Pools>(<Self::Pools>::Ml),
                    )
                    .max_slots(|_| 2),
            )
            .run(|thinker, agent, _| Self::respond_2(thinker, agent));
        agents
            .event_responder("respond_3", |thinker: &Self| &thinker.event_3)
            .reallocate(
                ::colmena::__private::Reallocation::<
                    Self,
                >::new(
                        ::core::option::Option::Some::<Self::Pools>(<Self::Pools>::Sim),
                        ::core::option::Option::Some::<Self::Pools>(<Self::Pools>::Ml),
                    )
                    .max_slots(|_| 2),
            )
            .run(|thinker, agent, _| Self::respond_3(thinker, agent));
        agents
            .event_responder("respond_4", |thinker: &Self| &thinker.event_4)
            .reallocate(
                ::colmena::__private::Reallocation::<
                    Self,
                >::new(
                        ::core::option::Option::Some::<Self::Pools>(<Self::Pools>::Sim),
                        ::core::option::Option::Some::<Self::Pools>(<Self::Pools>::Ml),
                    )
                    .max_slots(|_| 2),
            )
            .run(|thinker, agent, _| Self::respond_4(thinker, agent));
        agents
            .event_responder("respond_5", |thinker: &Self| &thinker.event_5)
            .reallocate(
                ::colmena::__private::Reallocation::<
                    Self,
                >::new(
                        ::core::option::Option::Some::<Self::Pools>(<Self::Pools>::Sim),
                        ::core::option::Option::Some::<Self::Pools>(<Self::Pools>::Ml),
                    )
                    .max_slots(|_| 2),
            )
            .run(|thinker, agent, _| Self::respond_5(thinker, agent));
        agents
            .event_responder("respond_6", |thinker: &Self| &thinker.event_6)
            .reallocate(
                ::colmena::__private::Reallocation::<
                    Self,
                >::new(
                        ::core::option::Option::Some::<Self::Pools>(<Self::Pools>::Sim),
                        ::core::option::Option::Some::<Self::Pools>(<Self::Pools>::Ml),
                    )
                    .max_slots(|_| 2),
            )
            .run(|thinker, agent, _| Self::respond_6(thinker, agent));
        agents
            .agent("plan_0")
            .startup()
            .run(|thinker, agent, _| Self::plan_0(thinker, agent));
        agents
            .agent("plan_1")
            .startup()
            .run(|thinker, agent, _| Self::plan_1(thinker, agent));
        agents
            .agent("plan_2")
            .startup()
            .run(|thinker, agent, _| Self::plan_2(thinker, agent));
    }
    fn prepare_agent(
        &self,
        agent: &::colmena::__private::Agent<Self>,
    ) -> ::core::result::Result<Self::Local, ::colmena::__private::BoxError> {
        ::core::result::Result::Ok(())
    }
}
const _: () = {
    type __ColmenaHandled = compute_0;
    #[automatically_derived]
    impl ::colmena::__private::Processes<__ColmenaHandled> for Steering {}
    const _TOPIC: () = ::colmena::__private::check::topic::<__ColmenaHandled>("kind_0");
    const _: () = ::colmena::__private::check::no_emissions::<__ColmenaHandled>();
};
const _: () = {
    type __ColmenaHandled = compute_1;
    #[automatically_derived]
    impl ::colmena::__private::Processes<__ColmenaHandled> for Steering {}
    const _TOPIC: () = ::colmena::__private::check::topic::<__ColmenaHandled>("kind_1");
    const _: () = ::colmena::__private::check::no_emissions::<__ColmenaHandled>();
};
const _: () = {
    type __ColmenaHandled = compute_2;
    #[automatically_derived]
    impl ::colmena::__private::Processes<__ColmenaHandled> for Steering {}
    const _TOPIC: () = ::colmena::__private::check::topic::<__ColmenaHandled>("kind_2");
    const _: () = ::colmena::__private::check::no_emissions::<__ColmenaHandled>();
};
const _: () = {
    type __ColmenaHandled = compute_3;
    #[automatically_derived]
    impl ::colmena::__private::Processes<__ColmenaHandled> for Steering {}
    const _TOPIC: () = ::colmena::__private::check::topic::<__ColmenaHandled>("kind_3");
    const _: () = ::colmena::__private::check::no_emissions::<__ColmenaHandled>();
};
const _: () = {
    type __ColmenaHandled = compute_4;
    #[automatically_derived]
    impl ::colmena::__private::Processes<__ColmenaHandled> for Steering {}
    const _TOPIC: () = ::colmena::__private::check::topic::<__ColmenaHandled>("kind_4");
    const _: () = ::colmena::__private::check::no_emissions::<__ColmenaHandled>();
};
const _: () = {
    type __ColmenaHandled = compute_5;
    #[automatically_derived]
    impl ::colmena::__private::Processes<__ColmenaHandled> for Steering {}
    const _TOPIC: () = ::colmena::__private::check::topic::<__ColmenaHandled>("kind_5");
    const _: () = ::colmena::__private::check::no_emissions::<__ColmenaHandled>();
};
const _: () = {
    type __ColmenaHandled = compute_6;
    #[automatically_derived]
    impl ::colmena::__private::Processes<__ColmenaHandled> for Steering {}
    const _TOPIC: () = ::colmena::__private::check::topic::<__ColmenaHandled>("kind_6");
    const _: () = ::colmena::__private::check::no_emissions::<__ColmenaHandled>();
};
const _: () = {
    type __ColmenaHandled = compute_7;
    #[automatically_derived]
    impl ::colmena::__private::Processes<__ColmenaHandled> for Steering {}
    const _TOPIC: () = ::colmena::__private::check::topic::<__ColmenaHandled>("kind_7");
    const _: () = ::colmena::__private::check::no_emissions::<__ColmenaHandled>();
};
const _: () = {
    type __ColmenaHandled = compute_8;
    #[automatically_derived]
    impl ::colmena::__private::Processes<__ColmenaHandled> for Steering {}
    const _TOPIC: () = ::colmena::__private::check::topic::<__ColmenaHandled>("kind_8");
    const _: () = ::colmena::__private::check::no_emissions::<__ColmenaHandled>();
};
const _: () = {
    type __ColmenaHandled = compute_9;
    #[automatically_derived]
    impl ::colmena::__private::Processes<__ColmenaHandled> for Steering {}
    const _TOPIC: () = ::colmena::__private::check::topic::<__ColmenaHandled>("kind_9");
    const _: () = ::colmena::__private::check::no_emissions::<__ColmenaHandled>();
};
const _: () = {
    type __ColmenaHandled = compute_10;
    #[automatically_derived]
    impl ::colmena::__private::Processes<__ColmenaHandled> for Steering {}
    const _TOPIC: () = ::colmena::__private::check::topic::<__ColmenaHandled>("kind_10");
    const _: () = ::colmena::__private::check::no_emissions::<__ColmenaHandled>();
};
const _: () = {
    type __ColmenaHandled = compute_11;
    #[automatically_derived]
    impl ::colmena::__private::Processes<__ColmenaHandled> for Steering {}
    const _TOPIC: () = ::colmena::__private::check::topic::<__ColmenaHandled>("kind_11");
    const _: () = ::colmena::__private::check::no_emissions::<__ColmenaHandled>();
};
const _: () = {
    type __ColmenaHandled = compute_12;
    #[automatically_derived]
    impl ::colmena::__private::Processes<__ColmenaHandled> for Steering {}
    const _TOPIC: () = ::colmena::__private::check::topic::<__ColmenaHandled>("kind_12");
    const _: () = ::colmena::__private::check::no_emissions::<__ColmenaHandled>();
};
const _: () = {
    type __ColmenaHandled = compute_13;
    #[automatically_derived]
    impl ::colmena::__private::Processes<__ColmenaHandled> for Steering {}
    const _TOPIC: () = ::colmena::__private::check::topic::<__ColmenaHandled>("kind_13");
    const _: () = ::colmena::__private::check::no_emissions::<__ColmenaHandled>();
};
const _: () = {
    type __ColmenaHandled = compute_14;
    #[automatically_derived]
    impl ::colmena::__private::Processes<__ColmenaHandled> for Steering {}
    const _TOPIC: () = ::colmena::__private::check::topic::<__ColmenaHandled>("kind_14");
    const _: () = ::colmena::__private::check::no_emissions::<__ColmenaHandled>();
};
const _: () = {
    type __ColmenaHandled = compute_15;
    #[automatically_derived]
    impl ::colmena::__private::Processes<__ColmenaHandled> for Steering {}
    const _TOPIC: () = ::colmena::__private::check::topic::<__ColmenaHandled>("kind_15");
    const _: () = ::colmena::__private::check::no_emissions::<__ColmenaHandled>();
};
const _: () = {
    type __ColmenaHandled = compute_16;
    #[automatically_derived]
    impl ::colmena::__private::Processes<__ColmenaHandled> for Steering {}
    const _TOPIC: () = ::colmena::__private::check::topic::<__ColmenaHandled>("kind_16");
    const _: () = ::colmena::__private::check::no_emissions::<__ColmenaHandled>();
};
const _: () = {
    type __ColmenaHandled = compute_17;
    #[automatically_derived]
    impl ::colmena::__private::Processes<__ColmenaHandled> for Steering {}
    const _TOPIC: () = ::colmena::__private::check::topic::<__ColmenaHandled>("kind_17");
    const _: () = ::colmena::__private::check::no_emissions::<__ColmenaHandled>();
};
const _: () = {
    type __ColmenaHandled = compute_18;
    #[automatically_derived]
    impl ::colmena::__private::Processes<__ColmenaHandled> for Steering {}
    const _TOPIC: () = ::colmena::__private::check::topic::<__ColmenaHandled>("kind_18");
    const _: () = ::colmena::__private::check::no_emissions::<__ColmenaHandled>();
};
const _: () = {
    type __ColmenaHandled = compute_19;
    #[automatically_derived]
    impl ::colmena::__private::Processes<__ColmenaHandled> for Steering {}
    const _TOPIC: () = ::colmena::__private::check::topic::<__ColmenaHandled>("kind_19");
    const _: () = ::colmena::__private::check::no_emissions::<__ColmenaHandled>();
};
#[automatically_derived]
impl Steering {
    #[doc(hidden)]
    fn __colmena_submit_0_n_slots(&self) -> ::core::primitive::usize {
        self.width
    }
    #[doc(hidden)]
    fn __colmena_submit_2_n_slots(&self) -> ::core::primitive::usize {
        self.width
    }
    #[doc(hidden)]
    fn __colmena_submit_4_n_slots(&self) -> ::core::primitive::usize {
        self.width
    }
    #[doc(hidden)]
    fn __colmena_submit_6_n_slots(&self) -> ::core::primitive::usize {
        self.width
    }
    #[doc(hidden)]
    fn __colmena_submit_8_n_slots(&self) -> ::core::primitive::usize {
        self.width
    }
    #[doc(hidden)]
    fn __colmena_submit_10_n_slots(&self) -> ::core::primitive::usize {
        self.width
    }
    #[doc(hidden)]
    fn __colmena_submit_12_n_slots(&self) -> ::core::primitive::usize {
        self.width
    }
    #[doc(hidden)]
    fn __colmena_submit_14_n_slots(&self) -> ::core::primitive::usize {
        self.width
    }
    #[doc(hidden)]
    fn __colmena_submit_16_n_slots(&self) -> ::core::primitive::usize {
        self.width
    }
    #[doc(hidden)]
    fn __colmena_submit_18_n_slots(&self) -> ::core::primitive::usize {
        self.width
    }
}
