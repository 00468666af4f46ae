//! Modules: what a kernel is made of beside its core, by name (module(9), modctl(2)).
//!
//! A module is a C one (`struct modinfo`) or a component of ours; both are code that the host's linker has brought in, so
//! that all are "builtin". A module is active, or known but not active: not started yet, or unloaded. An operation on a
//! set of modules happens for all of them or for none.

mod configuration_lock;
mod description;

pub use description::{Class, Description, MOST_REQUIRED, NAME_SIZE, VERSION};

use crate::errno::{Errno, Result};
use crate::host::console;
use crate::kernel::Kernel;
use crate::sync::Mutex;
use alloc::collections::VecDeque;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use configuration_lock::ConfigurationLock;

/// What a module is told (`modcmd_t`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum Command {
    /// Start.
    Initialise = 0,
    /// End, or refuse to.
    Finish = 1,
}

/// The code of a module.
pub trait Control: Send + Sync {
    /// Obeys. Errors: the module's own; what it refuses has not happened.
    fn command(&self, kernel: &Arc<Kernel>, command: Command) -> Result<()>;

    /// Something that only one module has: the address of its description or component.
    fn identity(&self) -> usize;
}

/// A module that a kernel is to know.
#[derive(Clone)]
pub struct NewModule {
    pub description: Arc<Description>,
    pub control: Arc<dyn Control>,
}

/// A module that a kernel knows.
struct Module {
    new: NewModule,
    /// How many active modules require it.
    references: u32,
    /// Unloaded on request: comes back on a forced request only.
    must_force: bool,
    /// It started by itself when its library was loaded; who loaded the library may still say so.
    unannounced: bool,
}

impl Module {
    fn name(&self) -> &str {
        &self.new.description.name
    }
}

/// One module, as modctl(2) tells it.
#[derive(Clone, Debug)]
pub struct Status {
    pub description: Arc<Description>,
    /// Active modules that require it; `None` for one that is not active itself.
    pub references: Option<u32>,
    pub must_force: bool,
}

#[derive(Default)]
struct Lists {
    /// Newest first.
    active: VecDeque<Module>,
    inactive: Vec<Module>,
}

impl Lists {
    fn active(&mut self, name: &str) -> Option<&mut Module> {
        self.active.iter_mut().find(|module| module.name() == name)
    }

    fn inactive(&self, name: &str) -> Option<&Module> {
        self.inactive.iter().find(|module| module.name() == name)
    }

    fn take_inactive(&mut self, name: &str) -> Option<Module> {
        let index = self.inactive.iter().position(|module| module.name() == name)?;
        Some(self.inactive.remove(index))
    }

    fn knows(&mut self, name: &str) -> bool {
        self.inactive(name).is_some() || self.active(name).is_some()
    }
}

/// All modules of one kernel.
///
/// Lock order: the configuration lock (one operation at a time, and a module may start another from within its own start),
/// then the lists, which are never locked while a module's code runs.
#[derive(Default)]
pub struct Modules {
    configuration: ConfigurationLock,
    lists: Mutex<Lists>,
}

impl Modules {
    /// Makes modules known, all or none. They are started by [`start`](Self::start).
    ///
    /// # Errors
    /// `EEXIST` for a name that is known or comes twice; `EINVAL` for a bad name; `EPROGMISMATCH` for another version.
    pub fn add(&self, set: &[NewModule]) -> Result<()> {
        let _one = self.configuration.enter();
        let mut lists = self.lists.lock();
        for (index, new) in set.iter().enumerate() {
            new.description.check()?;
            let name = &new.description.name;
            if lists.knows(name) || set.iter().take(index).any(|other| other.description.name == *name) {
                return Err(Errno::EEXIST);
            }
        }
        for new in set {
            lists.inactive.push(Module {
                new: new.clone(),
                references: 0,
                must_force: false,
                unannounced: false,
            });
        }
        Ok(())
    }

    /// Makes modules known and starts them, each after those that it requires, all or none (`rump_module_init`). Those that
    /// started by themselves when their library was loaded are announced hereby, once.
    ///
    /// # Errors
    /// As [`add`](Self::add) and [`start`](Self::start).
    pub fn add_and_start(&self, kernel: &Arc<Kernel>, set: &[NewModule]) -> Result<()> {
        let _one = self.configuration.enter();
        let announced: Vec<usize> = set.iter().map(|new| new.control.identity()).collect();
        let is_new = |new: &&NewModule| {
            let mut lists = self.lists.lock();
            !lists.active(&new.description.name).is_some_and(|known| {
                known.unannounced && known.new.control.identity() == new.control.identity()
            })
        };
        let set: Vec<NewModule> = set.iter().filter(is_new).cloned().collect();
        self.add(&set)?;
        for new in &set {
            if let Err(error) = self.start(kernel, &new.description.name) {
                for new in set.iter().rev() {
                    // What did not start has nothing to end.
                    let _ = self.unload(kernel, &new.description.name);
                    self.lists.lock().take_inactive(&new.description.name);
                }
                return Err(error);
            }
        }
        for module in &mut self.lists.lock().active {
            if announced.contains(&module.new.control.identity()) {
                module.unannounced = false;
            }
        }
        Ok(())
    }

    /// Notes a component that has started.
    pub(crate) fn note_started(&self, new: NewModule, by_itself: bool) {
        let mut lists = self.lists.lock();
        lists.take_inactive(&new.description.name);
        for name in &new.description.required {
            if let Some(required) = lists.active(name) {
                required.references += 1;
            }
        }
        lists.active.push_front(Module { new, references: 0, must_force: false, unannounced: by_itself });
    }

    /// Starts a module that is known, and before it those that it requires. One that is active stays so.
    ///
    /// # Errors
    /// `ENOENT` when it or what it requires is not known; `EINVAL` when it requires too many; `EDEADLK` when it requires
    /// itself, directly or by others; the module's own.
    pub fn start(&self, kernel: &Arc<Kernel>, name: &str) -> Result<()> {
        let _one = self.configuration.enter();
        self.start_after(kernel, name, &mut Vec::new())
    }

    fn start_after(&self, kernel: &Arc<Kernel>, name: &str, dependents: &mut Vec<String>) -> Result<()> {
        let new = {
            let mut lists = self.lists.lock();
            if lists.active(name).is_some() {
                return Ok(());
            }
            lists.inactive(name).map(|module| module.new.clone())
        };
        let Some(new) = new else {
            match dependents.last() {
                Some(dependent) => {
                    complain(format_args!("`{dependent}' requires `{name}', which is not there"))
                }
                None => complain(format_args!("there is no `{name}'")),
            }
            return Err(Errno::ENOENT);
        };
        if dependents.iter().any(|dependent| dependent == name) {
            complain(format_args!("`{name}' requires itself"));
            return Err(Errno::EDEADLK);
        }
        if new.description.required.len() >= MOST_REQUIRED {
            complain(format_args!("`{name}' requires too many others"));
            return Err(Errno::EINVAL);
        }
        dependents.push(name.into());
        for required in &new.description.required {
            self.start_after(kernel, required, dependents)?;
        }
        dependents.pop();
        if let Err(error) = new.control.command(kernel, Command::Initialise) {
            complain(format_args!("`{name}' did not start: {error}"));
            return Err(error);
        }
        // A component notes its start itself.
        if self.lists.lock().active(name).is_none() {
            self.note_started(new, false);
        }
        Ok(())
    }

    /// Starts all that are known and not active; those that fail stay known.
    pub fn start_all(&self, kernel: &Arc<Kernel>) {
        let _one = self.configuration.enter();
        let names: Vec<String> =
            self.lists.lock().inactive.iter().map(|module| module.name().into()).collect();
        for name in names {
            // It has been said on the console; a kernel boots without the module.
            let _ = self.start(kernel, &name);
        }
    }

    /// Ends a module; it stays known (modctl(2), `MODCTL_UNLOAD`).
    ///
    /// # Errors
    /// `ENOENT` when it is not active; `EBUSY` while others require it; `EPERM` for a security model; the module's own.
    pub fn unload(&self, kernel: &Arc<Kernel>, name: &str) -> Result<()> {
        let _one = self.configuration.enter();
        let control = {
            let mut lists = self.lists.lock();
            let module = lists.active(name).ok_or(Errno::ENOENT)?;
            if module.references != 0 {
                return Err(Errno::EBUSY);
            }
            if module.new.description.class == Class::SECURITY_MODEL {
                return Err(Errno::EPERM);
            }
            Arc::clone(&module.new.control)
        };
        control.command(kernel, Command::Finish)?;
        let mut lists = self.lists.lock();
        let index = lists.active.iter().position(|module| module.name() == name);
        let Some(mut module) = index.and_then(|index| lists.active.remove(index)) else { return Ok(()) };
        for required in &module.new.description.required {
            if let Some(required) = lists.active(required) {
                required.references = required.references.saturating_sub(1);
            }
        }
        module.must_force = true;
        lists.inactive.push(module);
        Ok(())
    }

    /// Ends a module and forgets it (`rump_module_fini`).
    ///
    /// # Errors
    /// As [`unload`](Self::unload).
    pub fn remove(&self, kernel: &Arc<Kernel>, name: &str) -> Result<()> {
        let _one = self.configuration.enter();
        self.unload(kernel, name)?;
        self.lists.lock().take_inactive(name);
        Ok(())
    }

    /// Starts a module on request (modctl(2), `MODCTL_LOAD`). Only what the host's linker has brought in can be started.
    ///
    /// # Errors
    /// `EEXIST` when it is active; `EPERM` when it was unloaded and `force` is not given; `EOPNOTSUPP` for a name that is not
    /// known: kernel objects in files are not supported; as [`start`](Self::start).
    pub fn load(&self, kernel: &Arc<Kernel>, name: &str, force: bool) -> Result<()> {
        let _one = self.configuration.enter();
        let must_force = {
            let mut lists = self.lists.lock();
            if lists.active(name).is_some() {
                return Err(Errno::EEXIST);
            }
            lists.inactive(name).map(|module| module.must_force).ok_or(Errno::EOPNOTSUPP)?
        };
        if must_force && !force {
            return Err(Errno::EPERM);
        }
        self.start(kernel, name)
    }

    /// All modules: the active ones, newest first, then the others.
    #[must_use]
    pub fn all(&self) -> Vec<Status> {
        let lists = self.lists.lock();
        let status = |module: &Module, references| Status {
            description: Arc::clone(&module.new.description),
            references,
            must_force: module.must_force,
        };
        let active = lists.active.iter().map(|module| status(module, Some(module.references)));
        active.chain(lists.inactive.iter().map(|module| status(module, None))).collect()
    }

    /// Whether the very module is known, rather than one of the same name.
    pub(crate) fn has_identity(&self, identity: usize) -> bool {
        let lists = self.lists.lock();
        lists.active.iter().chain(&lists.inactive).any(|module| module.new.control.identity() == identity)
    }

    /// Runs `operation` while no module starts or ends.
    pub(crate) fn configure<R>(&self, operation: impl FnOnce() -> R) -> R {
        let _one = self.configuration.enter();
        operation()
    }

    /// Forgets all modules, for the end of the kernel.
    pub(crate) fn clear(&self) {
        let lists = core::mem::take(&mut *self.lists.lock());
        drop(lists);
    }
}

fn complain(message: core::fmt::Arguments<'_>) {
    console::print(format_args!("rump: module {message}\n"));
}

#[cfg(test)]
mod tests;
