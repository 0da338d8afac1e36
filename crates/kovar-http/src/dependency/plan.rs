//! The plan of one operation: which values it needs, in which order they are made.

use std::any::TypeId;
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use futures_util::future::try_join_all;
use kovar_contract::Catalog;

use super::provider::{Kind, Provider};
use super::{Outcome, Scope, Values};
use crate::context::{AnyArc, RequestContext};
use crate::describe::{Describer, Need, Signature};
use crate::error::StartError;
use crate::extract::{Phase, Rejection};
use crate::type_name::short;

/// All providers of an app, the last one of a type being the one that counts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Providers(HashMap<TypeId, Provider>);

impl Providers {
    pub(crate) fn insert(&mut self, provider: Provider) {
        self.0.insert(provider.type_id, provider);
    }

    fn get(&self, need: &Need, chain: &[&str]) -> Result<&Provider, StartError> {
        self.0.get(&need.type_id).ok_or_else(|| {
            let name = short(need.type_name);
            let namesake = self.0.values().map(|provider| provider.type_name).find(|other| short(other) == name);
            StartError::missing_provider(chain, need.type_name, need.remedy(), namesake)
        })
    }

    /// Checks all app-scoped values and makes them, each after those that it needs.
    pub(crate) async fn make_app_values(&self) -> Result<Values, StartError> {
        let mut values = Values::default();
        let mut providers: Vec<&Provider> = self.0.values().filter(|provider| provider.scope() == Scope::App).collect();
        providers.sort_by_key(|provider| provider.type_name);
        let mut order = Vec::new();
        for provider in providers {
            self.order_app(provider, &mut order, &mut Vec::new())?;
        }
        for provider in order {
            let value = match &provider.kind {
                Kind::Value(value) => Arc::clone(value),
                Kind::App { make, .. } => {
                    make(&values).await.map_err(|cause| StartError::provider_failed(provider.type_name, cause))?
                }
                Kind::Request { .. } => continue,
            };
            values.insert(provider.type_id, value);
        }
        Ok(values)
    }

    /// Runs a function of app-scoped values for what it does.
    pub(crate) async fn run(&self, task: &Provider, values: &Values) -> Result<(), StartError> {
        self.check_task(task)?;
        task.run_for_app(values).await.map_err(StartError::task_failed)
    }

    /// Says whether a task can have the values that it asks for.
    pub(crate) fn check_task(&self, task: &Provider) -> Result<(), StartError> {
        self.order_app(task, &mut Vec::new(), &mut Vec::new())
    }

    fn order_app<'p>(
        &'p self,
        provider: &'p Provider,
        order: &mut Vec<&'p Provider>,
        chain: &mut Vec<&'p str>,
    ) -> Result<(), StartError> {
        if order.iter().any(|known| known.type_id == provider.type_id) {
            return Ok(());
        }
        if chain.contains(&provider.type_name) {
            return Err(StartError::cycle(chain, provider.type_name));
        }
        chain.push(provider.type_name);
        if let Kind::App { needs, .. } = &provider.kind {
            for need in needs() {
                let needed = self.get(&need, chain)?;
                if needed.scope() == Scope::Request {
                    return Err(StartError::scope(chain, need.type_name));
                }
                self.order_app(needed, order, chain)?;
            }
        }
        chain.pop();
        order.push(provider);
        Ok(())
    }

    /// The request-scoped providers that a signature needs, each after those that it needs itself;
    /// what they take from the request is added to the signature.
    pub(crate) fn plan(
        &self,
        operation: &str,
        signature: &mut Signature,
        catalog: &mut Catalog,
    ) -> Result<Vec<Step>, StartError> {
        let mut steps = Vec::new();
        let mut chain = vec![operation];
        self.check_app_needs(signature, &chain)?;
        for need in signature.needs.clone() {
            self.add_step(&need, &mut steps, signature, catalog, &mut chain)?;
        }
        let finished = steps.iter().find(|step| step.provider.finish.is_some());
        if let Some(step) = finished.filter(|_| signature.channel.is_some()) {
            let name = short(step.provider.type_name);
            let mistake =
                format!("`{name}` ends when the channel begins: its function makes one whenever it needs one");
            return Err(StartError::mistake(operation, &mistake));
        }
        Ok(steps)
    }

    /// What security schemes need must be there before any value of the request is.
    fn check_app_needs(&self, signature: &Signature, chain: &[&str]) -> Result<(), StartError> {
        for need in &signature.app_needs {
            if self.get(need, chain)?.scope() == Scope::Request {
                return Err(StartError::too_early(chain, need.type_name));
            }
        }
        Ok(())
    }

    fn add_step<'p>(
        &'p self,
        need: &Need,
        steps: &mut Vec<Step>,
        signature: &mut Signature,
        catalog: &mut Catalog,
        chain: &mut Vec<&'p str>,
    ) -> Result<Option<usize>, StartError> {
        let provider = self.get(need, chain)?;
        let Kind::Request { describe, .. } = &provider.kind else {
            self.order_app(provider, &mut Vec::new(), chain)?;
            return Ok(None);
        };
        if let Some(slot) = steps.iter().position(|step| step.provider.type_id == need.type_id) {
            return Ok(Some(slot));
        }
        if chain.contains(&provider.type_name) {
            return Err(StartError::cycle(chain, provider.type_name));
        }
        chain.push(provider.type_name);
        let mut describer = Describer { catalog, signature: Signature::default() };
        describe(&mut describer);
        let own = describer.signature;
        if let Some(mistake) = own.mistakes.first() {
            let whose = format!("the provider of `{}`", short(provider.type_name));
            return Err(StartError::mistake(&whose, mistake));
        }
        self.check_app_needs(&own, chain)?;
        let mut level = 0;
        for need in &own.needs {
            if let Some(slot) = self.add_step(need, steps, signature, catalog, chain)? {
                level = level.max(steps[slot].level + 1);
            }
        }
        chain.pop();
        let checks = Checks { guard: !own.security.is_empty(), parameters: !own.parameters.is_empty() };
        merge(signature, own, catalog);
        steps.push(Step { provider: provider.clone(), level, checks });
        Ok(Some(steps.len() - 1))
    }
}

/// What a provider takes from the request is documented with the operation.
fn merge(signature: &mut Signature, own: Signature, catalog: &mut Catalog) {
    let mut describer = Describer { catalog, signature: std::mem::take(signature) };
    for parameter in own.parameters {
        describer.parameter(parameter);
    }
    for problem in own.problems {
        describer.declared_problem(problem);
    }
    for alternatives in own.security {
        if !describer.signature.security.contains(&alternatives) {
            describer.security(alternatives, own.schemes.clone());
        }
    }
    for need in own.needs {
        describer.need(need);
    }
    *signature = describer.signature;
}

/// One request-scoped value of a plan.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    provider: Provider,
    /// Values of one level need nothing of each other.
    level: usize,
    checks: Checks,
}

/// What a provider takes from the request itself.
#[derive(Clone, Copy, Debug)]
struct Checks {
    guard: bool,
    parameters: bool,
}

/// The plan of one operation.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    steps: Vec<Step>,
    levels: usize,
    pub(crate) values: Arc<Values>,
}

impl Plan {
    pub(crate) fn new(steps: Vec<Step>, values: Arc<Values>) -> Self {
        let levels = steps.iter().map(|step| step.level + 1).max().unwrap_or(0);
        Self { steps, levels, values }
    }

    pub(crate) fn slot_count(&self) -> usize {
        self.steps.len()
    }

    /// The value of a type: of this request, or of the app.
    pub(crate) fn value(&self, type_id: TypeId, slots: &[OnceLock<AnyArc>]) -> Option<AnyArc> {
        match self.steps.iter().position(|step| step.provider.type_id == type_id) {
            Some(slot) => slots.get(slot)?.get().cloned(),
            None => self.values.any(type_id),
        }
    }

    /// Lets the providers look at the request without making anything.
    pub(crate) async fn check(&self, context: &RequestContext, phase: Phase) -> Result<(), Rejection> {
        let mut issues = Vec::new();
        for step in &self.steps {
            let is_asked = match phase {
                Phase::Guard => step.checks.guard,
                Phase::Parameters => step.checks.parameters,
                _ => false,
            };
            let Kind::Request { check, .. } = &step.provider.kind else { continue };
            if is_asked {
                match check(context, phase).await {
                    Ok(()) => {}
                    Err(Rejection::Issues(more)) => issues.extend(more),
                    Err(rejection) => return Err(rejection),
                }
            }
        }
        if issues.is_empty() { Ok(()) } else { Err(Rejection::Issues(issues)) }
    }

    /// Makes the request-scoped values, level by level, those of one level at once.
    pub(crate) async fn make(&self, context: &RequestContext) -> Result<(), Rejection> {
        for level in 0..self.levels {
            let of_level = self.steps.iter().enumerate().filter(|(_, step)| step.level == level);
            let made = of_level.map(|(slot, step)| async move {
                let Kind::Request { make, .. } = &step.provider.kind else { return Ok(()) };
                let value = make(context).await?;
                let _ = context.slots[slot].set(value);
                Ok::<(), Rejection>(())
            });
            let mut made: Vec<_> = made.collect();
            match made.len() {
                1 => made.remove(0).await?,
                _ => {
                    try_join_all(made).await?;
                }
            }
        }
        Ok(())
    }

    /// Finishes what was made, last first. The first error is told; the rest finish with failure.
    pub(crate) async fn finish(&self, context: &RequestContext, mut outcome: Outcome) -> Result<(), Rejection> {
        let mut result = Ok(());
        for (step, slot) in self.steps.iter().zip(&context.slots).rev() {
            if let (Some(finish), Some(value)) = (&step.provider.finish, slot.get())
                && let Err(rejection) = finish(Arc::clone(value), outcome).await
            {
                outcome = Outcome::Failure;
                result = result.and(Err(rejection));
            }
        }
        result
    }
}
