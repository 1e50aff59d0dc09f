//! The functions of the gate inside a plan. They take the identity of a prepared evaluation as a
//! literal, so that a plan can travel and be evaluated where that evaluation is loaded.

use std::{
    collections::HashMap,
    hash::{Hash, Hasher},
    sync::{Arc, PoisonError, RwLock},
};

use arrow::{
    array::{
        Array, ArrayBuilder, ArrayRef, AsArray, BooleanArray, Int64Array, StringViewArray,
        StringViewBuilder, UInt32Array,
    },
    compute::{cast, interleave},
    datatypes::{DataType, Int64Type},
};
use datafusion::{
    common::{Result, ScalarValue, exec_datafusion_err},
    logical_expr::{
        ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
        lit,
    },
};
use lake::Table;
use policy::{ItemId, MemberNumber};

use crate::{
    evaluator::Evaluator,
    kernel::{self, RowArrays},
    redactor::Redactor,
};

/// What the functions need, by identity.
#[derive(Debug, Default)]
pub(crate) struct Evaluations {
    by_identity: RwLock<HashMap<String, Arc<Evaluation>>>,
}

/// One prepared evaluation: who may be used, and who must not be named.
#[derive(Debug)]
pub(crate) struct Evaluation {
    pub(crate) evaluator: Evaluator,
    pub(crate) redactor: Redactor,
}

impl Evaluations {
    pub(crate) fn insert(&self, identity: String, evaluation: Arc<Evaluation>) {
        let mut map = self.by_identity.write().unwrap_or_else(PoisonError::into_inner);
        map.insert(identity, evaluation);
    }

    pub(crate) fn remove(&self, identity: &str) {
        self.by_identity.write().unwrap_or_else(PoisonError::into_inner).remove(identity);
    }

    fn get(&self, identity: &str) -> Result<Arc<Evaluation>> {
        let map = self.by_identity.read().unwrap_or_else(PoisonError::into_inner);
        map.get(identity)
            .cloned()
            .ok_or_else(|| exec_datafusion_err!("evaluation `{identity}` is not loaded here"))
    }
}

/// The three functions over one set of evaluations.
#[derive(Debug, Clone)]
pub(crate) struct Functions {
    reasons: Arc<ScalarUDF>,
    redact: Arc<ScalarUDF>,
    needs_review: Arc<ScalarUDF>,
}

impl Functions {
    pub(crate) fn over(evaluations: &Arc<Evaluations>) -> Self {
        let function = |kind, volatility| {
            Arc::new(ScalarUDF::from(Function {
                kind,
                evaluations: Arc::clone(evaluations),
                signature: Signature::variadic_any(volatility),
            }))
        };
        Self {
            reasons: function(Kind::Reasons, Volatility::Immutable),
            redact: function(Kind::Redact, Volatility::Immutable),
            needs_review: function(Kind::NeedsReview, Volatility::Immutable),
        }
    }

    /// The reasons against each row, as [`policy::ReasonSet::bits`]: `UInt32`.
    pub(crate) fn reasons(&self, identity: &str, table: Table, columns: RowColumns) -> Expr {
        let RowColumns {
            member,
            item,
            kind,
            visibility,
            created,
            content_usage,
            sensitive,
            names_objector,
        } = columns;
        self.reasons.call(vec![
            lit(identity),
            lit(table.name()),
            member,
            item,
            kind,
            visibility,
            created,
            content_usage,
            sensitive,
            names_objector,
        ])
    }

    /// A text column without objectors' names: `Utf8View`.
    pub(crate) fn redact(&self, identity: &str, field: &str, row: [Expr; 2], text: Expr) -> Expr {
        let [member, item] = row;
        self.redact.call(vec![lit(identity), lit(field), member, item, text])
    }

    /// Whether a text column names somebody in a way that a person has to look at: `Boolean`.
    pub(crate) fn needs_review(&self, identity: &str, text: Expr) -> Expr {
        self.needs_review.call(vec![lit(identity), text])
    }
}

/// The columns that the decision reads; a literal null where a table has none.
#[derive(Debug, Clone)]
pub(crate) struct RowColumns {
    pub(crate) member: Expr,
    pub(crate) item: Expr,
    pub(crate) kind: Expr,
    pub(crate) visibility: Expr,
    pub(crate) created: Expr,
    pub(crate) content_usage: Expr,
    pub(crate) sensitive: Expr,
    pub(crate) names_objector: Expr,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Reasons,
    Redact,
    NeedsReview,
}

#[derive(Debug)]
struct Function {
    kind: Kind,
    evaluations: Arc<Evaluations>,
    signature: Signature,
}

impl PartialEq for Function {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind && Arc::ptr_eq(&self.evaluations, &other.evaluations)
    }
}

impl Eq for Function {}

impl Hash for Function {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.kind.hash(state);
        Arc::as_ptr(&self.evaluations).hash(state);
    }
}

impl ScalarUDFImpl for Function {
    fn name(&self) -> &str {
        match self.kind {
            Kind::Reasons => "zweck_reasons",
            Kind::Redact => "zweck_redact",
            Kind::NeedsReview => "zweck_needs_review",
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(match self.kind {
            Kind::Reasons => DataType::UInt32,
            Kind::Redact => DataType::Utf8View,
            Kind::NeedsReview => DataType::Boolean,
        })
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let rows = args.number_rows;
        let mut arguments = Arguments { values: args.args.into_iter(), rows };
        let evaluation = self.evaluations.get(&arguments.word()?)?;
        let result: ArrayRef = match self.kind {
            Kind::Reasons => Arc::new(reasons(&evaluation.evaluator, &mut arguments)?),
            Kind::Redact => redact(&evaluation.redactor, &mut arguments)?,
            Kind::NeedsReview => Arc::new(needs_review(&evaluation.redactor, &mut arguments)?),
        };
        Ok(ColumnarValue::Array(result))
    }
}

fn reasons(evaluator: &Evaluator, arguments: &mut Arguments) -> Result<UInt32Array> {
    let table = arguments.word()?.parse().map_err(|error| exec_datafusion_err!("{error}"))?;
    let rows = RowArrays {
        table,
        member: arguments.longs()?,
        item: arguments.longs()?,
        kind: arguments.words()?,
        visibility: arguments.words()?,
        created: arguments.longs()?,
        content_usage: arguments.words()?,
        sensitive: arguments.flags()?,
        names_objector: arguments.flags()?,
    };
    Ok(UInt32Array::from(kernel::reasons(evaluator, &rows)))
}

fn redact(redactor: &Redactor, arguments: &mut Arguments) -> Result<ArrayRef> {
    let field = arguments.word()?;
    let member = arguments.longs()?;
    let item = arguments.longs()?;
    let text = arguments.words()?;
    let mut masked = StringViewBuilder::new();
    // most texts name nobody and are passed on as they are
    let mut from: Vec<_> = (0..text.len()).map(|at| (0, at)).collect();
    for (at, from) in from.iter_mut().enumerate() {
        let Some(value) = word(&text, at) else { continue };
        let member = MemberNumber::from_i64(member.value(at));
        let item = ItemId::from_i64(item.value(at));
        if let Some(without_names) = redactor.redact(member, item, &field, value) {
            *from = (1, masked.len());
            masked.append_value(without_names);
        }
    }
    if masked.is_empty() {
        return Ok(Arc::new(text));
    }
    Ok(interleave(&[&text, &masked.finish()], &from)?)
}

fn needs_review(redactor: &Redactor, arguments: &mut Arguments) -> Result<BooleanArray> {
    let text = arguments.words()?;
    let result = (0..text.len())
        .map(|at| Some(word(&text, at).is_some_and(|value| redactor.needs_review(value))));
    Ok(result.collect())
}

#[inline]
fn word(words: &StringViewArray, at: usize) -> Option<&str> {
    words.is_valid(at).then(|| words.value(at))
}

/// The arguments of a call, taken one by one.
struct Arguments {
    values: std::vec::IntoIter<ColumnarValue>,
    rows: usize,
}

impl Arguments {
    fn next(&mut self) -> Result<ColumnarValue> {
        self.values.next().ok_or_else(|| exec_datafusion_err!("an argument is missing"))
    }

    fn word(&mut self) -> Result<String> {
        match self.next()? {
            ColumnarValue::Scalar(
                ScalarValue::Utf8(Some(word))
                | ScalarValue::Utf8View(Some(word))
                | ScalarValue::LargeUtf8(Some(word)),
            ) => Ok(word),
            other => {
                Err(exec_datafusion_err!("expected a literal word, got {}", other.data_type()))
            }
        }
    }

    fn array(&mut self, kind: &DataType) -> Result<ArrayRef> {
        let array = self.next()?.into_array(self.rows)?;
        if array.data_type() == kind { Ok(array) } else { Ok(cast(&array, kind)?) }
    }

    fn longs(&mut self) -> Result<Int64Array> {
        Ok(self.array(&DataType::Int64)?.as_primitive::<Int64Type>().clone())
    }

    fn words(&mut self) -> Result<StringViewArray> {
        Ok(self.array(&DataType::Utf8View)?.as_string_view().clone())
    }

    fn flags(&mut self) -> Result<BooleanArray> {
        Ok(self.array(&DataType::Boolean)?.as_boolean().clone())
    }
}
