use super::{Class, Command, Control, Description, Modules, NewModule, VERSION};
use crate::errno::{Errno, Result};
use crate::init;
use crate::kernel::{Configuration, Kernel};
use crate::sched;
use crate::sync::SpinMutex;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;
use std::format;

/// What the modules of a test were told, in order.
type Journal = Arc<SpinMutex<Vec<String>>>;

struct Recorder {
    name: String,
    journal: Journal,
    refuses: Option<(Command, Errno)>,
    starts: Option<NewModule>,
}

impl Control for Recorder {
    fn command(&self, kernel: &Arc<Kernel>, command: Command) -> Result<()> {
        if let Some((refused, error)) = self.refuses
            && refused == command
        {
            return Err(error);
        }
        if let (Command::Initialise, Some(other)) = (command, &self.starts) {
            kernel.modules.add_and_start(kernel, core::slice::from_ref(other))?;
        }
        let sign = if command == Command::Initialise { '+' } else { '-' };
        self.journal.lock().push(format!("{sign}{}", self.name));
        Ok(())
    }

    fn identity(&self) -> usize {
        core::ptr::from_ref(self).addr()
    }
}

fn description(name: &str, required: &str) -> Description {
    Description {
        name: name.into(),
        class: Class::MISCELLANEOUS,
        version: VERSION,
        required: Description::split_required(required),
    }
}

fn module(journal: &Journal, name: &str, required: &str) -> NewModule {
    refusing(journal, name, required, None)
}

fn refusing(journal: &Journal, name: &str, required: &str, refuses: Option<(Command, Errno)>) -> NewModule {
    let journal = Arc::clone(journal);
    let control = Recorder { name: name.into(), journal, refuses, starts: None };
    NewModule { description: Arc::new(description(name, required)), control: Arc::new(control) }
}

fn in_kernel(test: impl FnOnce(&Arc<Kernel>, &Modules, &Journal)) {
    let configuration = Configuration::small(1);
    let kernel = init::boot(configuration, &[]).unwrap();
    {
        let _inside = sched::enter(|| Some(&kernel)).unwrap();
        test(&kernel, &kernel.modules, &Journal::default());
    }
    kernel.shut_down().unwrap();
}

fn took_place(journal: &Journal) -> String {
    core::mem::take(&mut *journal.lock()).join(" ")
}

#[test]
fn a_set_is_started_in_the_order_of_its_requirements() {
    in_kernel(|kernel, modules, journal| {
        let set = [module(journal, "c", "b"), module(journal, "b", "a"), module(journal, "a", "")];
        modules.add_and_start(kernel, &set).unwrap();
        assert_eq!(took_place(journal), "+a +b +c");
        let references: Vec<_> =
            modules.all().iter().map(|status| (status.description.name.clone(), status.references)).collect();
        let expected = [("c", Some(0)), ("b", Some(1)), ("a", Some(1))];
        assert_eq!(references, expected.map(|(name, count)| (name.to_string(), count)));
    });
}

#[test]
fn a_module_is_busy_while_others_require_it() {
    in_kernel(|kernel, modules, journal| {
        modules.add_and_start(kernel, &[module(journal, "a", ""), module(journal, "b", "a")]).unwrap();
        assert_eq!(modules.remove(kernel, "a"), Err(Errno::EBUSY));
        modules.remove(kernel, "b").unwrap();
        modules.remove(kernel, "a").unwrap();
        assert_eq!(took_place(journal), "+a +b -b -a");
        assert_eq!(modules.remove(kernel, "a"), Err(Errno::ENOENT));
        assert!(modules.all().is_empty());
    });
}

#[test]
fn names_come_once() {
    in_kernel(|kernel, modules, journal| {
        modules.add_and_start(kernel, &[module(journal, "a", "")]).unwrap();
        let set = [module(journal, "b", ""), module(journal, "a", "")];
        assert_eq!(modules.add_and_start(kernel, &set), Err(Errno::EEXIST));
        let set = [module(journal, "b", ""), module(journal, "b", "")];
        assert_eq!(modules.add_and_start(kernel, &set), Err(Errno::EEXIST));
        modules.add_and_start(kernel, &[module(journal, "b", "")]).unwrap();
        assert_eq!(took_place(journal), "+a +b");
    });
}

#[test]
fn a_set_is_started_whole_or_not_at_all() {
    in_kernel(|kernel, modules, journal| {
        let refuses = Some((Command::Initialise, Errno::ENXIO));
        let set = [
            module(journal, "a", ""),
            module(journal, "b", "a"),
            refusing(journal, "c", "b", refuses),
            module(journal, "d", ""),
        ];
        assert_eq!(modules.add_and_start(kernel, &set), Err(Errno::ENXIO));
        assert_eq!(took_place(journal), "+a +b -b -a");
        assert!(modules.all().is_empty());
        assert_eq!(modules.add_and_start(kernel, &[module(journal, "e", "f")]), Err(Errno::ENOENT));
        assert!(modules.all().is_empty());
    });
}

#[test]
fn circles_are_refused() {
    in_kernel(|kernel, modules, journal| {
        let set = [module(journal, "a", "b"), module(journal, "b", "c"), module(journal, "c", "a")];
        assert_eq!(modules.add_and_start(kernel, &set), Err(Errno::EDEADLK));
        assert_eq!(modules.add_and_start(kernel, &[module(journal, "s", "s")]), Err(Errno::EDEADLK));
        assert!(took_place(journal).is_empty() && modules.all().is_empty());
    });
}

#[test]
fn too_many_requirements_long_names_and_other_versions_are_refused() {
    in_kernel(|kernel, modules, journal| {
        let mut set: Vec<_> = (0..10).map(|n| module(journal, &format!("m{n}"), "")).collect();
        let required: Vec<_> = (0..10).map(|n| format!("m{n}")).collect();
        set.push(module(journal, "many", &required.join(",")));
        assert_eq!(modules.add_and_start(kernel, &set), Err(Errno::EINVAL));
        set.pop();
        set.push(module(journal, "many", &required[..9].join(",")));
        modules.add_and_start(kernel, &set).unwrap();
        for name in ["", "a-name-of-thirty-two-characters.."] {
            assert_eq!(modules.add(&[module(journal, name, "")]), Err(Errno::EINVAL));
        }
        let mut stale = description("stale", "");
        stale.version -= 100;
        let stale = NewModule { description: Arc::new(stale), ..module(journal, "stale", "") };
        assert_eq!(modules.add(&[stale]), Err(Errno::EPROGMISMATCH));
    });
}

#[test]
fn an_unloaded_module_comes_back_by_force_only() {
    in_kernel(|kernel, modules, journal| {
        modules.add(&[module(journal, "a", "")]).unwrap();
        modules.load(kernel, "a", false).unwrap();
        assert_eq!(modules.load(kernel, "a", false), Err(Errno::EEXIST));
        modules.unload(kernel, "a").unwrap();
        assert_eq!(modules.unload(kernel, "a"), Err(Errno::ENOENT));
        assert_eq!(modules.load(kernel, "a", false), Err(Errno::EPERM));
        modules.load(kernel, "a", true).unwrap();
        assert_eq!(modules.load(kernel, "nobody", true), Err(Errno::EOPNOTSUPP));
        assert_eq!(took_place(journal), "+a -a +a");
    });
}

#[test]
fn a_refused_end_changes_nothing() {
    in_kernel(|kernel, modules, journal| {
        let refuses = Some((Command::Finish, Errno::EBUSY));
        modules.add_and_start(kernel, &[refusing(journal, "a", "", refuses)]).unwrap();
        assert_eq!(modules.remove(kernel, "a"), Err(Errno::EBUSY));
        assert_eq!(modules.all().len(), 1);
        assert_eq!(modules.all()[0].references, Some(0));
    });
}

#[test]
fn a_module_may_start_another_from_within() {
    in_kernel(|kernel, modules, journal| {
        let inner = module(journal, "inner", "");
        let control = Recorder {
            name: "outer".into(),
            journal: Arc::clone(journal),
            refuses: None,
            starts: Some(inner),
        };
        let outer = NewModule { description: Arc::new(description("outer", "")), control: Arc::new(control) };
        modules.add_and_start(kernel, &[outer]).unwrap();
        assert_eq!(took_place(journal), "+inner +outer");
    });
}

#[test]
fn lists_of_requirements_end_at_an_empty_name() {
    for (list, expected) in
        [("", &[][..]), ("a", &["a"]), ("a,b", &["a", "b"]), ("a,,b", &["a"]), (",a,", &["a"]), (",", &[])]
    {
        assert_eq!(Description::split_required(list), expected, "{list}");
    }
}
