//! Puts an app together: describes each operation, plans its values, writes the documents.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::iter;
use std::sync::Arc;

use kovar_contract::Catalog;
use kovar_contract::text::TextPlace;
use tower::util::BoxCloneSyncService;

use super::{App, AppService};
use crate::dependency::{Plan, Values};
use crate::describe::{Describer, Signature};
use crate::documents::pages::Pages;
use crate::documents::{DocumentParts, DocumentedOperation};
use crate::endpoint::{Endpoint, EndpointSettings};
use crate::error::StartError;
use crate::group::Mounted;
use crate::operation::Operation;
use crate::problem::builtin;
use crate::router::{EndpointService, NotMounted, PathEntry, RoutedOperation, Router, Run, Table};

/// An app that is described and checked, before its values are made.
pub(super) struct Described {
    pub(super) document: DocumentParts,
    operations: Vec<Planned>,
}

struct Planned {
    mounted: Mounted,
    steps: Vec<crate::dependency::Step>,
    path_parameters: Vec<String>,
    produces: Vec<String>,
}

impl App {
    /// Makes the app ready to serve: checks it, makes its app-scoped values, writes its documents.
    ///
    /// # Errors
    ///
    /// When the app is not sound, or a value cannot be made.
    pub async fn build(self) -> Result<AppService, StartError> {
        let described = self.described()?;
        self.tasks.run_on_this_runtime();
        let values = Arc::new(self.providers.make_app_values().await?);
        for function in &self.on_stop {
            self.providers.check_task(function)?;
        }
        #[cfg(feature = "data")]
        if let Some(db) = values.get::<kovar_data::Db>() {
            self.metrics.watch_database((*db).clone());
        }
        #[cfg(feature = "data")]
        Box::pin(self.prepare_idempotency(&values)).await?;
        for task in &self.on_start {
            self.providers.run(task, &values).await?;
        }
        self.values.begin(Arc::clone(&values));
        self.ending.begin(self.on_stop.clone(), Arc::clone(&values));
        self.health.begin(self.checks.clone(), &self.providers, &values)?;
        let (layers, format) = (self.layers.clone(), self.settings.error_format);
        let router = self.router(described, &values)?;
        match layers.is_empty() {
            true => Ok(AppService::plain(router)),
            false => layers.around(BoxCloneSyncService::new(router), format).map(AppService::layered),
        }
    }

    pub(super) fn described(&self) -> Result<Described, StartError> {
        let mut catalog = Catalog::new();
        let (mut documented, mut planned) = (Vec::new(), Vec::new());
        for mounted in self.root.mounted() {
            let (operation, steps) = self.describe_operation(&mounted.operation, &mut catalog)?;
            planned.push(Planned {
                mounted: mounted.clone(),
                steps,
                path_parameters: path_parameters(&mounted.operation.path).map(str::to_owned).collect(),
                produces: produces(&operation.signature),
            });
            documented.push(operation);
        }
        let webhooks = self.webhooks.iter().map(|webhook| describe_sent(webhook, &mut catalog));
        let webhooks = webhooks.collect::<Result<Vec<_>, _>>()?;
        if let Some(wrong) = catalog.wrong_defaults().first() {
            return Err(StartError::new(wrong));
        }
        check_ids(documented.iter().chain(&webhooks))?;
        let (info, of_layers) = (self.info.clone(), self.layers.problems());
        let document = DocumentParts { info, catalog, operations: documented, webhooks, of_layers };
        Ok(Described { document, operations: planned })
    }

    fn describe_operation(
        &self,
        operation: &Operation,
        catalog: &mut Catalog,
    ) -> Result<(DocumentedOperation, Vec<crate::dependency::Step>), StartError> {
        let mut signature = self.signature_of(operation, catalog)?;
        let name = format!("{} {}", operation.method, operation.path);
        let steps = self.providers.plan(&name, &mut signature, catalog)?;
        if signature.channel.is_some() && !signature.security.is_empty() {
            signature.problems.push(builtin::TOO_MANY_CHANNELS.declaration());
        }
        check_path(operation, &signature)?;
        let callbacks = operation.about.callbacks.iter();
        let callbacks = callbacks.map(|callback| {
            Ok::<_, StartError>((callback.name, callback.address, describe_sent(&callback.operation, catalog)?))
        });
        let documented = DocumentedOperation {
            method: operation.method.clone(),
            path: operation.path.clone().into_owned(),
            about: operation.about.clone(),
            callbacks: callbacks.collect::<Result<_, _>>()?,
            signature,
        };
        Ok((documented, steps))
    }

    /// Of an operation of the app, with what its settings add.
    fn signature_of(&self, operation: &Operation, catalog: &mut Catalog) -> Result<Signature, StartError> {
        let signature = signature_of(operation, catalog)?;
        #[cfg(feature = "data")]
        if operation.limits.is_idempotent {
            let mut describer = Describer { catalog, signature };
            crate::idempotency::describe(&mut describer, &self.idempotency);
            if !crate::idempotency::is_for(&operation.method) {
                describer.mistake("an operation that only reads is idempotent without a key");
            }
            return without_mistakes(operation, describer.signature);
        }
        Ok(signature)
    }

    /// Makes the place for keys, where an operation has them.
    #[cfg(feature = "data")]
    async fn prepare_idempotency(&self, values: &Values) -> Result<(), StartError> {
        if !self.root.mounted().iter().any(|mounted| mounted.operation.limits.is_idempotent) {
            return Ok(());
        }
        // That there is one is known from the plan.
        let Some(db) = values.get::<kovar_data::Db>() else { return Ok(()) };
        crate::idempotency::prepare(&db).await.map_err(|cause| StartError::task_failed(cause.into()))
    }

    fn router(self, described: Described, values: &Arc<Values>) -> Result<Router, StartError> {
        let mut entries: BTreeMap<String, PathEntry> = BTreeMap::new();
        for planned in described.operations {
            let (path, method) =
                (planned.mounted.operation.path.clone().into_owned(), planned.mounted.operation.method.clone());
            let entry = entries.entry(path.clone()).or_default();
            if entry.endpoints.iter().any(|known| known.method == method) {
                return Err(StartError::new(format!("two operations are mounted at {method} {path}")));
            }
            let id = planned.mounted.operation.about.id.clone().unwrap_or_default();
            let recorder = self.metrics.recorder(&id, &method, &path, self.request_log.clone());
            let run = self.run(planned, values);
            entry.endpoints.push(RoutedOperation { method, run, recorder });
        }
        let pages = self.pages(described.document);
        for path in pages.iter().flat_map(Pages::paths) {
            entries.entry(path.to_owned()).or_insert_with(|| PathEntry { is_page: true, ..PathEntry::default() });
        }
        let mut paths = matchit::Router::new();
        for (path, entry) in entries {
            paths
                .insert(path.clone(), entry)
                .map_err(|cause| StartError::new(format!("the path {path} cannot be mounted: {cause}")))?;
        }
        let table = Table {
            paths,
            pages,
            mounted: mounted_routers(self.mounted)?,
            limits: self.settings.head_limits(),
            error_format: self.settings.error_format,
            is_layered: !self.layers.is_empty(),
            tracer: self.tracer,
        };
        Ok(Router(Arc::new(table)))
    }

    /// A document is written when somebody first asks for it: of ten thousand operations that takes longer than all
    /// the rest of a start.
    fn pages(&self, document: DocumentParts) -> Option<Pages> {
        let mut config = self.pages.clone();
        config.title = self.info.title.clone().into_owned();
        let (has_channels, document) = (document.has_channels(), Arc::new(document));
        let channels = has_channels.then(|| Arc::clone(&document));
        let openapi = move || document.openapi().to_compact_string().into();
        let pages = match channels {
            Some(channels) => {
                Pages::with_channels(openapi, move || channels.asyncapi().to_compact_string().into(), &config)
            }
            None => Pages::written_later(openapi, &config),
        };
        let has_any = pages.paths().next().is_some();
        has_any.then_some(pages)
    }

    fn run(&self, planned: Planned, values: &Arc<Values>) -> Run {
        let Planned { mounted, steps, path_parameters, produces } = planned;
        let (operation, settings) = (mounted.operation, &self.settings);
        let endpoint = Arc::new(Endpoint {
            handler: operation.handler,
            arguments: operation.arguments,
            route: operation.path.as_ref().into(),
            path_parameters,
            checks: mounted.checks,
            plan: Plan::new(steps, Arc::clone(values)),
            own_body_limit_bytes: operation.limits.body_limit_bytes.flatten(),
            settings: EndpointSettings {
                body_limit_bytes: operation.limits.body_limit_bytes.unwrap_or(settings.body_limit_bytes),
                multipart_limit_bytes: operation.limits.body_limit_bytes.unwrap_or(settings.multipart_limit_bytes),
                deadline: operation.limits.deadline.unwrap_or(settings.deadline),
                is_detached: operation.limits.is_detached,
                #[cfg(feature = "data")]
                is_retried: operation.limits.is_retried,
                #[cfg(feature = "data")]
                isolation: operation.limits.isolation,
                error_format: settings.error_format,
            },
            tasks: self.tasks.clone(),
            produces,
            #[cfg(feature = "data")]
            operation: format!("{} {}", operation.method, operation.path),
            #[cfg(feature = "data")]
            metrics: self.metrics.clone(),
            #[cfg(feature = "data")]
            idempotency: operation.limits.is_idempotent.then(|| self.idempotency.clone()),
        });
        if mounted.layers.is_empty() {
            return Run::Bare(endpoint);
        }
        let innermost = BoxCloneSyncService::new(EndpointService(endpoint));
        Run::Layered(mounted.layers.iter().fold(innermost, |service, layer| layer(service)))
    }
}

fn signature_of(operation: &Operation, catalog: &mut Catalog) -> Result<Signature, StartError> {
    let mut describer = Describer { catalog, signature: Signature::default() };
    for guard in &operation.guards {
        guard(&mut describer);
    }
    (operation.describe)(&mut describer, operation.arguments);
    without_mistakes(operation, describer.signature)
}

fn without_mistakes(operation: &Operation, signature: Signature) -> Result<Signature, StartError> {
    match signature.mistakes.first() {
        Some(mistake) => Err(StartError::mistake(&format!("{} {}", operation.method, operation.path), mistake)),
        None => Ok(signature),
    }
}

/// A request that the app sends: its values are made by whoever receives it.
fn describe_sent(operation: &Operation, catalog: &mut Catalog) -> Result<DocumentedOperation, StartError> {
    Ok(DocumentedOperation {
        method: operation.method.clone(),
        path: operation.path.clone().into_owned(),
        about: operation.about.clone(),
        signature: signature_of(operation, catalog)?,
        callbacks: Vec::new(),
    })
}

/// The names in braces.
pub(crate) fn path_parameters(path: &str) -> impl Iterator<Item = &str> {
    let braced = path.split('{').skip(1).filter_map(|rest| rest.split('}').next());
    braced.map(|name| name.trim_start_matches('*'))
}

/// Each parameter in the path is taken, and each one taken is in the path.
fn check_path(operation: &Operation, signature: &Signature) -> Result<(), StartError> {
    if !operation.path.starts_with('/') {
        return Err(StartError::new(format!("the path `{}` does not start with a slash", operation.path)));
    }
    let in_path: HashSet<String> = path_parameters(&operation.path).map(str::to_owned).collect();
    let taken = signature.parameters.iter().filter(|parameter| parameter.place == TextPlace::Path);
    let taken: HashSet<String> = taken.map(|parameter| parameter.name.clone().into_owned()).collect();
    let name = format!("{} {}", operation.method, operation.path);
    if let Some(missing) = taken.difference(&in_path).next() {
        return Err(StartError::new(format!("{name} takes `{missing}` from its path, which does not have it")));
    }
    match in_path.difference(&taken).next() {
        Some(unread) if !signature.is_partly_undocumented => {
            Err(StartError::new(format!("{name} does not take `{unread}` from its path; take it with `Path`")))
        }
        _ => Ok(()),
    }
}

/// Clients have one method for each `operationId`.
fn check_ids<'o>(operations: impl Iterator<Item = &'o DocumentedOperation>) -> Result<(), StartError> {
    let mut seen: HashMap<&str, &str> = HashMap::new();
    let with_callbacks = |operation: &'o DocumentedOperation| {
        iter::once(operation).chain(operation.callbacks.iter().map(|(_, _, callback)| callback))
    };
    for operation in operations.flat_map(with_callbacks) {
        let Some(id) = &operation.about.id else { continue };
        if let Some(other) = seen.insert(id, &operation.path) {
            return Err(StartError::new(format!(
                "two operations have the id `{id}`: at {other} and at {}; give one of them another with `id = \"…\"`",
                operation.path
            )));
        }
    }
    Ok(())
}

/// The media types of an operation's answers; empty where something is not described.
fn produces(signature: &Signature) -> Vec<String> {
    if signature.is_partly_undocumented || signature.responses.values().any(|response| response.contents.is_empty()) {
        return Vec::new();
    }
    let contents = signature.responses.values().flat_map(|response| &response.contents);
    contents.map(|content| content.media_type.clone().into_owned()).collect()
}

fn mounted_routers(mounted: Vec<(String, axum::Router)>) -> Result<Option<axum::Router>, StartError> {
    if mounted.is_empty() {
        return Ok(None);
    }
    // axum would panic.
    let mut seen = HashSet::new();
    for (prefix, _) in &mounted {
        let prefix = prefix.trim_end_matches('/');
        if !(prefix.is_empty() || prefix.starts_with('/')) || prefix.contains(['{', '}', '*']) {
            return Err(StartError::new(format!("a router cannot be mounted at `{prefix}`: write it as `/prefix`")));
        }
        if !seen.insert(prefix) {
            return Err(StartError::new(format!("two routers are mounted at `{prefix}/`; merge them")));
        }
    }
    let not_mounted = async || {
        let mut response = axum::response::Response::new(axum::body::Body::empty());
        response.extensions_mut().insert(NotMounted);
        response
    };
    let nest = |all: axum::Router, (prefix, router): (String, axum::Router)| match prefix.trim_end_matches('/') {
        "" => all.merge(router),
        prefix => all.nest(prefix, router),
    };
    Ok(Some(mounted.into_iter().fold(axum::Router::new(), nest).fallback(not_mounted)))
}
