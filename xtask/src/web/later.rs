//! The core's module in two files: what every start and all talk need, and what is wanted later.
//!
//! What is wanted later is said in `later.txt` by names of functions; what only those reach goes with them. In the first
//! file a function of the later one is a few instructions: they have the script bring the later file, which waits for it
//! if it has not come yet (a worker may), and call the function by its place in the table. So nothing that calls has to
//! know where a function lies, and a wrong list costs time, never sense. Data stays in the first file.

use anyhow::{Context, Result, bail};
use std::collections::{HashMap, HashSet};
use walrus::ir::{self, Visitor, VisitorMut};
use walrus::{
    ConstExpr, ElementItems, ElementKind, ExportItem, FunctionBuilder, FunctionId, FunctionKind,
    GlobalKind, MemoryId, Module, ModuleConfig, TableId, ValType,
};

/// What the later file calls the first one, and the first one its loader.
const FIRST: &str = "first";
const LOADER: &str = "later";

/// A module in its two files.
pub struct Two {
    /// Asks for a function `bring` of a module `later`.
    pub first: Vec<u8>,
    /// Asks for what the first exports, as a module `first`.
    pub later: Vec<u8>,
}

/// Names of functions.
struct Names<'a> {
    /// Anywhere in a name.
    paths: Vec<&'a str>,
    /// At the beginning of a name that is no path, as those of C are.
    beginnings: Vec<&'a str>,
    /// Anywhere in a name that is none of these after all.
    but: Vec<&'a str>,
}

impl<'a> Names<'a> {
    fn read(list: &'a str) -> Self {
        let (mut paths, mut beginnings, mut but) = (Vec::new(), Vec::new(), Vec::new());
        for line in list.lines().map(str::trim).filter(|line| !line.is_empty()) {
            match line.split_at_checked(1) {
                Some(("#", _)) => {}
                Some(("^", name)) => beginnings.push(name),
                Some(("!", name)) => but.push(name),
                _ => paths.push(line),
            }
        }
        Self { paths, beginnings, but }
    }

    fn has(&self, name: &str) -> bool {
        let within = |parts: &[&str]| parts.iter().any(|part| name.contains(part));
        let begins = || self.beginnings.iter().any(|beginning| name.starts_with(beginning));
        (within(&self.paths) || (!name.contains("::") && begins())) && !within(&self.but)
    }
}

/// Takes a module apart whose functions still have their names.
pub fn split(bytes: &[u8], list: &str) -> Result<Two> {
    let mut config = ModuleConfig::new();
    config.generate_name_section(false).generate_producers_section(false);
    // Twice the same, so that a function has one place in both.
    let mut first = config.parse(bytes).context("a module cannot be read")?;
    let mut later = config.parse(bytes)?;
    let plan = Plan::of(&first, &Names::read(list))?;
    let twins: HashMap<_, _> = ids(&first).into_iter().zip(ids(&later)).collect();
    let shared = share(&mut first, &plan)?;
    bring_when_called(&mut first, &plan);
    keep_far(&mut later, &plan, &twins, &shared)?;
    walrus::passes::gc::run(&mut first);
    walrus::passes::gc::run(&mut later);
    Ok(Two { first: first.emit_wasm(), later: later.emit_wasm() })
}

fn ids(module: &Module) -> Vec<FunctionId> {
    module.funcs.iter().map(|function| function.id()).collect()
}

/// What goes where.
struct Plan {
    /// What the later file has.
    far: HashSet<FunctionId>,
    /// Of that, what the first file calls, in its order: each gets a place behind those of the table.
    edge: Vec<FunctionId>,
    /// What the later file calls of the first one, in its order.
    called: Vec<FunctionId>,
    table: TableId,
    memory: MemoryId,
    /// The table's first new place.
    place: u64,
}

impl Plan {
    fn of(module: &Module, names: &Names<'_>) -> Result<Self> {
        let calls: HashMap<_, _> =
            module.funcs.iter_local().map(|(id, function)| (id, calls(function))).collect();
        let (exported, listed) = (exported(module), listed(module));
        let is_named = |id: &FunctionId| {
            let name = module.funcs.get(*id).name.as_deref();
            !exported.contains(id) && name.is_some_and(|name| names.has(name))
        };
        let named: HashSet<_> = calls.keys().copied().filter(is_named).collect();
        let mut near = HashSet::new();
        let mut todo: Vec<_> = exported.iter().chain(&listed).copied().collect();
        while let Some(id) = todo.pop() {
            if !named.contains(&id) && near.insert(id) {
                todo.extend(calls.get(&id).into_iter().flatten());
            }
        }
        let (mut from_near, mut from_far) = (listed, HashSet::new());
        for (id, called) in &calls {
            let from = if near.contains(id) { &mut from_near } else { &mut from_far };
            from.extend(called);
        }
        let all = ids(module);
        let is_far = |id: &FunctionId| calls.contains_key(id) && !near.contains(id);
        let far: HashSet<_> = all.iter().copied().filter(is_far).collect();
        let both = |these: &HashSet<FunctionId>, are_far: bool| {
            let fits = |id: &FunctionId| these.contains(id) && far.contains(id) == are_far;
            all.iter().copied().filter(fits).collect::<Vec<_>>()
        };
        let (edge, called) = (both(&from_near, true), both(&from_far, false));
        if edge.is_empty() {
            bail!("nothing of the module is wanted later");
        }
        let (table, memory) = places(module)?;
        let place = module.tables.get(table).initial;
        Ok(Self { far, edge, called, table, memory, place })
    }
}

/// The table of functions and the memory.
fn places(module: &Module) -> Result<(TableId, MemoryId)> {
    let table = module.tables.main_function_table()?.context("there is no table")?;
    let memory = module.memories.iter().next().context("there is no memory")?.id();
    Ok((table, memory))
}

/// What a function names.
fn calls(function: &walrus::LocalFunction) -> HashSet<FunctionId> {
    struct Named(HashSet<FunctionId>);
    impl Visitor<'_> for Named {
        fn visit_function_id(&mut self, id: &FunctionId) {
            self.0.insert(*id);
        }
    }
    let mut named = Named(HashSet::new());
    ir::dfs_in_order(&mut named, function, function.entry_block());
    named.0
}

/// What a script can call.
fn exported(module: &Module) -> HashSet<FunctionId> {
    let function = |item| if let ExportItem::Function(id) = item { Some(id) } else { None };
    module.exports.iter().filter_map(|export| function(export.item)).chain(module.start).collect()
}

/// What is in a table.
fn listed(module: &Module) -> HashSet<FunctionId> {
    let mut listed = HashSet::new();
    for element in module.elements.iter() {
        match &element.items {
            ElementItems::Functions(ids) => listed.extend(ids),
            ElementItems::Expressions(_, values) => {
                let function =
                    |value: &_| if let ConstExpr::RefFunc(id) = value { Some(*id) } else { None };
                listed.extend(values.iter().filter_map(function));
            }
        }
    }
    listed
}

/// Exports what the later file needs, under the shortest names; the names of the functions, in their order.
fn share(first: &mut Module, plan: &Plan) -> Result<Vec<String>> {
    let globals: Vec<_> = first.globals.iter().map(|global| global.id()).collect();
    for (number, id) in globals.into_iter().enumerate() {
        first.exports.add(&format!("g{number}"), id);
    }
    // Of functions, and of what belongs to scripts.
    let tables: Vec<_> = first.tables.iter().map(|table| table.id()).collect();
    for (number, id) in tables.into_iter().enumerate() {
        first.exports.add(&format!("t{number}"), id);
    }
    first.exports.add("m", plan.memory);
    let names: Vec<_> = (0..plan.called.len()).map(|number| format!("f{number:x}")).collect();
    for (name, id) in names.iter().zip(&plan.called) {
        if first.exports.iter().any(|export| export.name == *name) {
            bail!("two things would be exported as {name}");
        }
        first.exports.add(name, *id);
    }
    Ok(names)
}

/// Puts in the place of what is far what brings it and calls it.
fn bring_when_called(first: &mut Module, plan: &Plan) {
    let places = first.tables.get_mut(plan.table);
    places.initial += plan.edge.len() as u64;
    places.maximum = places.maximum.map(|most| most.max(places.initial));
    let nothing = first.types.add(&[], &[]);
    let (bring, _) = first.add_import_func(LOADER, "bring", nothing);
    let is_there =
        first.globals.add_local(ValType::I32, true, false, ConstExpr::Value(ir::Value::I32(0)));
    let mut ready = FunctionBuilder::new(&mut first.types, &[], &[]);
    ready.func_body().global_get(is_there).if_else(
        None,
        |_| {},
        |absent| {
            absent.call(bring).i32_const(1).global_set(is_there);
        },
    );
    let ready = ready.finish(Vec::new(), &mut first.funcs);
    for (place, id) in (plan.place..).zip(&plan.edge) {
        let kind = first.funcs.get(*id).ty();
        let (takes, gives) = {
            let kind = first.types.get(kind);
            (kind.params().to_vec(), kind.results().to_vec())
        };
        let args: Vec<_> = takes.iter().map(|kind| first.locals.add(*kind)).collect();
        let mut caller = FunctionBuilder::new(&mut first.types, &takes, &gives);
        let mut body = caller.func_body();
        body.call(ready);
        for arg in &args {
            body.local_get(*arg);
        }
        // A table has fewer places than there are numbers of 31 bits.
        body.i32_const(place as i32).call_indirect(kind, plan.table);
        first.funcs.get_mut(*id).kind = FunctionKind::Local(caller.local_func(args));
    }
}

/// Leaves of a module what is far, which asks the first file for all else, and lists itself in its table.
fn keep_far(
    later: &mut Module,
    plan: &Plan,
    twins: &HashMap<FunctionId, FunctionId>,
    shared: &[String],
) -> Result<()> {
    let own = |id: &FunctionId| twins.get(id).copied().context("the module was read in two ways");
    later.start = None;
    for id in later.exports.iter().map(|export| export.id()).collect::<Vec<_>>() {
        later.exports.delete(id);
    }
    for id in later.elements.iter().map(|element| element.id()).collect::<Vec<_>>() {
        later.elements.delete(id);
    }
    for id in later.data.iter().map(|data| data.id()).collect::<Vec<_>>() {
        later.data.delete(id);
    }
    let mut imported = HashMap::new();
    for (name, id) in shared.iter().zip(&plan.called) {
        let id = own(id)?;
        let kind = later.funcs.get(id).ty();
        imported.insert(id, later.add_import_func(FIRST, name, kind).0);
    }
    struct Redirected<'a>(&'a HashMap<FunctionId, FunctionId>);
    impl VisitorMut for Redirected<'_> {
        fn visit_function_id_mut(&mut self, id: &mut FunctionId) {
            *id = self.0.get(id).copied().unwrap_or(*id);
        }
    }
    for id in &plan.far {
        if let FunctionKind::Local(function) = &mut later.funcs.get_mut(own(id)?).kind {
            let entry = function.entry_block();
            ir::dfs_pre_order_mut(&mut Redirected(&imported), function, entry);
        }
    }
    for (number, id) in
        later.globals.iter().map(|global| global.id()).collect::<Vec<_>>().into_iter().enumerate()
    {
        let import = later.imports.add(FIRST, &format!("g{number}"), id);
        later.globals.get_mut(id).kind = GlobalKind::Import(import);
    }
    let (table, memory) = places(later)?;
    let import = later.imports.add(FIRST, "m", memory);
    let memory = later.memories.get_mut(memory);
    memory.import = Some(import);
    memory.data_segments.clear();
    let tables: Vec<_> = later.tables.iter().map(|table| table.id()).collect();
    for (number, id) in tables.into_iter().enumerate() {
        let import = later.imports.add(FIRST, &format!("t{number}"), id);
        let places = later.tables.get_mut(id);
        (places.import, places.maximum) = (Some(import), None);
        places.elem_segments.clear();
    }
    let (offset, items) =
        (ConstExpr::Value(ir::Value::I32(plan.place as i32)), plan.edge.iter().map(own));
    let items = ElementItems::Functions(items.collect::<Result<_>>()?);
    let listed = later.elements.add(ElementKind::Active { table, offset }, items);
    later.tables.get_mut(table).elem_segments.insert(listed);
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// A module with a table of one, a memory and these functions, each of which calls some of the others.
    fn module(functions: &[(&str, &[usize])], exported: &[usize], listed: &[usize]) -> Vec<u8> {
        let mut module = Module::default();
        let mut ids = Vec::new();
        for (name, _) in functions {
            let mut function = FunctionBuilder::new(&mut module.types, &[ValType::I32], &[]);
            function.name((*name).to_owned());
            let arg = module.locals.add(ValType::I32);
            ids.push(function.finish(vec![arg], &mut module.funcs));
        }
        for ((_, calls), id) in functions.iter().zip(&ids) {
            let function = module.funcs.get_mut(*id).kind.unwrap_local_mut();
            for call in *calls {
                function.builder_mut().func_body().i32_const(0).call(ids[*call]);
            }
        }
        let memory = module.memories.add_local(false, false, 1, None, None);
        module.exports.add("memory", memory);
        let table = module.tables.add_local(false, 1, Some(1), walrus::RefType::FUNCREF);
        let items = ElementItems::Functions(listed.iter().map(|at| ids[*at]).collect());
        let offset = ConstExpr::Value(ir::Value::I32(0));
        let element = module.elements.add(ElementKind::Active { table, offset }, items);
        module.tables.get_mut(table).elem_segments.insert(element);
        for at in exported {
            module.exports.add(functions[*at].0, ids[*at]);
        }
        module.emit_wasm()
    }

    fn local(bytes: &[u8]) -> usize {
        Module::from_buffer(bytes).unwrap().funcs.iter_local().count()
    }

    fn imported(bytes: &[u8]) -> Vec<(String, String)> {
        let module = Module::from_buffer(bytes).unwrap();
        let functions = module
            .imports
            .iter()
            .filter(|import| matches!(import.kind, walrus::ImportKind::Function(_)));
        functions.map(|import| (import.module.clone(), import.name.clone())).collect()
    }

    #[test]
    fn what_only_the_later_reach_goes_with_them() {
        // start calls talk and backup; backup calls segment, and talk's helper.
        let functions: [(&str, &[usize]); 5] = [
            ("app::start", &[1, 2]),
            ("app::talk", &[4]),
            ("app::backup::write", &[3, 4]),
            ("app::segment", &[]),
            ("app::helper", &[]),
        ];
        let two = split(&module(&functions, &[0], &[1]), "# Backups\napp::backup").unwrap();
        // start, talk, helper; what calls backup, and what sees to it that it is there.
        assert_eq!((local(&two.first), local(&two.later)), (5, 2));
        assert_eq!(imported(&two.first), [(LOADER.to_owned(), "bring".to_owned())]);
        assert_eq!(imported(&two.later), [(FIRST.to_owned(), "f0".to_owned())]);
    }

    #[test]
    fn a_listed_or_exported_function_is_never_lost() {
        let functions: [(&str, &[usize]); 3] =
            [("app::start", &[]), ("windowStep", &[]), ("app::late", &[])];
        let two = split(&module(&functions, &[0, 2], &[1]), "^window\napp::late").unwrap();
        // The listed one is called by its old place; the exported one stays.
        assert_eq!((local(&two.first), local(&two.later)), (4, 1));
    }

    #[test]
    fn names_are_read_as_they_are_written() {
        let names = Names::read("# a word\napp::backup\n^window\n!::is_due\n");
        assert!(names.has("<app::backup::Write as Drop>::drop"));
        assert!(names.has("windowStep") && !names.has("app::windowStep"));
        assert!(!names.has("app::backup::is_due") && !names.has("app::talk"));
    }

    #[test]
    fn a_list_that_names_nothing_is_an_error() {
        let functions: [(&str, &[usize]); 1] = [("app::start", &[])];
        assert!(split(&module(&functions, &[0], &[]), "app::backup").is_err());
    }
}
