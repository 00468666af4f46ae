use super::{Component, Stage, start, start_late};
use crate::errno::{Errno, Result};
use crate::init;
use crate::kernel::{Configuration, Kernel};
use crate::sched;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;

fn works(_: &Arc<Kernel>) -> Result<()> {
    Ok(())
}

fn fails(_: &Arc<Kernel>) -> Result<()> {
    Err(Errno::ENXIO)
}

fn nothing() {}

static BASE: Component = Component::new("base", Stage::Faction, &[], nothing, works).with_stop(works);
static MIDDLE: Component =
    Component::new("fs_middle", Stage::Driver, &["base"], nothing, works).with_stop(works);
static TOP: Component = Component::new("top", Stage::Driver, &["fs_middle", "base"], nothing, works);
static BROKEN: Component = Component::new("broken", Stage::Driver, &["base"], nothing, fails);
static BASE_AGAIN: Component = Component::new("base", Stage::Faction, &[], nothing, fails);
static RING: Component = Component::new("ring", Stage::Driver, &["other_ring"], nothing, works);
static OTHER_RING: Component = Component::new("other_ring", Stage::Driver, &["ring"], nothing, works);

fn with_kernel(components: &[&'static Component], test: impl FnOnce(&Arc<Kernel>)) {
    let configuration = Configuration::small(1);
    let kernel = init::boot(configuration, components).unwrap();
    {
        let _inside = sched::enter(|| Some(&kernel)).unwrap();
        test(&kernel);
    }
    kernel.shut_down().unwrap();
}

/// The active modules, oldest first.
fn active(kernel: &Kernel) -> Vec<String> {
    let all = kernel.modules.all();
    all.iter().rev().filter(|one| one.references.is_some()).map(|one| one.description.name.clone()).collect()
}

#[test]
fn the_last_to_come_starts_all_that_wait() {
    with_kernel(&[], |kernel| {
        start_late(kernel, &TOP);
        start_late(kernel, &MIDDLE);
        assert!(kernel.slots.is_waiting(&TOP) && kernel.slots.is_waiting(&MIDDLE));
        assert!(active(kernel).is_empty());
        start_late(kernel, &BASE);
        assert_eq!(active(kernel), ["base", "middle", "top"].map(|name| name.to_string()));
        assert!(!kernel.slots.is_waiting(&TOP) && !kernel.slots.is_waiting(&MIDDLE));
        assert!(kernel.slots.has_started("fs_middle"));
    });
}

#[test]
fn what_waits_since_the_boot_starts_later() {
    with_kernel(&[&TOP, &MIDDLE], |kernel| {
        assert!(active(kernel).is_empty());
        start_late(kernel, &BASE);
        assert_eq!(active(kernel).len(), 3);
    });
}

#[test]
fn a_second_one_of_a_name_is_left_alone_whether_the_first_has_started_or_waits() {
    with_kernel(&[&BASE], |kernel| {
        start_late(kernel, &BASE_AGAIN);
        start_late(kernel, &BASE);
        assert_eq!(active(kernel), ["base"].map(|name| name.to_string()));
        start_late(kernel, &RING);
        start_late(kernel, &RING);
        assert!(kernel.slots.is_waiting(&RING));
    });
}

#[test]
fn one_that_fails_is_not_there_and_harms_nobody() {
    with_kernel(&[&BASE], |kernel| {
        start_late(kernel, &BROKEN);
        assert!(!kernel.slots.has_started("broken") && !kernel.slots.is_waiting(&BROKEN));
        start_late(kernel, &MIDDLE);
        assert_eq!(active(kernel).len(), 2);
        assert_eq!(start(kernel, &[&BROKEN]), Err(Errno::ENXIO));
    });
}

#[test]
fn components_in_a_circle_wait_for_ever() {
    with_kernel(&[&RING, &OTHER_RING], |kernel| {
        assert!(kernel.slots.is_waiting(&RING) && kernel.slots.is_waiting(&OTHER_RING));
        start_late(kernel, &BASE);
        assert_eq!(active(kernel).len(), 1);
    });
}

#[test]
fn components_end_and_start_as_modules() {
    with_kernel(&[&BASE, &MIDDLE, &TOP], |kernel| {
        let modules = &kernel.modules;
        assert_eq!(modules.unload(kernel, "base"), Err(Errno::EBUSY));
        assert_eq!(modules.unload(kernel, "middle"), Err(Errno::EBUSY));
        // It has no way to end.
        assert_eq!(modules.unload(kernel, "top"), Err(Errno::EBUSY));
        assert_eq!(active(kernel).len(), 3);
    });
    with_kernel(&[&BASE, &MIDDLE], |kernel| {
        let modules = &kernel.modules;
        modules.unload(kernel, "middle").unwrap();
        modules.unload(kernel, "base").unwrap();
        assert!(!kernel.slots.has_started("base") && !kernel.slots.has_started("fs_middle"));
        assert_eq!(modules.load(kernel, "middle", false), Err(Errno::EPERM));
        modules.load(kernel, "middle", true).unwrap();
        assert_eq!(active(kernel), ["base", "middle"].map(|name| name.to_string()));
        assert!(kernel.slots.has_started("base") && kernel.slots.has_started("fs_middle"));
    });
}
