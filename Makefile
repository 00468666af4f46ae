# The commands of the project. `make demo` shows what it does, `make test` runs everything that continuous integration runs.

PREFIX ?= /usr/local
DESTDIR ?=
CARGO ?= cargo

TARGET := $(or $(CARGO_TARGET_DIR),target)
VERSION := 0.0
LIBRARIES := librump librumpvfs librumpvfs_aio librumpfs_tmpfs librumpfs_ffs librumpdev librumpdev_disk librumpdev_md librumpdev_vnd \
	librumpdev_cgd librumpdev_rnd
# Libraries of the original whose work one of ours does, as NAME:OURS: programs that were linked with them find it.
ALIASES := librumpvfs_fifofs:librumpvfs librumpkern_crypto:librumpdev_cgd
WRAPPERS := $(LIBRARIES) librump_static
PACKAGES := $(LIBRARIES) rumpuser rump-fsck-ffs
TOOLS := rump-fsck-ffs
LIB := build/lib

.PHONY: all build static demo test unit-test c-test simulated-test debug-test static-test stress races soak lock-mutants abi bench fuzz install clean fmt-check clippy
.DEFAULT_GOAL := all

all: build

# All libraries, under the names that programs know, in build/lib; the tools in build/bin.
build:
	@scripts/setup build
	$(CARGO) build --release $(PACKAGES:%=-p %)
	@mkdir -p $(LIB) build/bin
	@for name in $(LIBRARIES); do scripts/place-library $(TARGET)/release/$${name}_so.so $(LIB) $$name $(VERSION); done
	@scripts/place-library $(TARGET)/release/librumpuser.so $(LIB) librumpuser $(VERSION)
	@for alias in $(ALIASES); do scripts/place-alias $(LIB) $${alias%%:*} $${alias##*:}; done
	@for name in $(TOOLS); do cp -f $(TARGET)/release/$$name build/bin/; done

# One archive with the components that COMPONENTS names, or with all, and one of the hypercalls, in build/static.
static:
	@scripts/setup build
	scripts/make-static build/static $(TARGET) $(COMPONENTS)

demo: build
	@scripts/setup build test
	@demo/run $(LIB) build/bin

test: build
	@scripts/setup build test
	$(MAKE) fmt-check clippy
	$(MAKE) abi
	$(CARGO) run --quiet -p gen_syscalls
	$(CARGO) run --quiet -p print_syscalls
	$(MAKE) unit-test
	$(MAKE) c-test
	$(MAKE) simulated-test SCHEDULES=$(or $(SCHEDULES),50) SIMULATED_TESTS="$(THREADED_TESTS)"
	$(MAKE) debug-test
	$(MAKE) static-test
	$(MAKE) stress SECONDS=3
	$(MAKE) fuzz SECONDS_PER_TARGET=20

fmt-check:
	$(CARGO) fmt --all --check

clippy:
	$(CARGO) clippy --workspace $(WRAPPERS:%=--exclude %) --all-targets --quiet -- -D warnings

# The wrappers of the shared libraries hold no tests, and cannot be linked with std.
unit-test:
	$(CARGO) test --workspace $(WRAPPERS:%=--exclude %)

c-test: build
	tests/c/run $(LIB)

# The same in simulated worlds: SCHEDULES seeds for each test, from FIRST_SEED on. A failure names the seed, which repeats it. In
# these libraries every lock is a moment at which another thread may go on. SIMULATED_TESTS: those to run, all if it is empty.
THREADED_TESTS := $(shell grep -lE 'pthread_create|start_thread' tests/c/*.c)
SIMULATED_LIB := build/simulated-lib
SIMULATOR := $(TARGET)/release/librump_simulator.so

simulated-test: build
	RUSTFLAGS="--cfg simulated" $(CARGO) build --release --target-dir $(TARGET)/simulated $(LIBRARIES:%=-p %) -p rumpuser
	$(CARGO) build --release -p rump-simulator-preload -p rump-simulator-schedules
	@mkdir -p $(SIMULATED_LIB)
	@for name in $(LIBRARIES); do \
		scripts/place-library $(TARGET)/simulated/release/$${name}_so.so $(SIMULATED_LIB) $$name $(VERSION); done
	@scripts/place-library $(TARGET)/simulated/release/librumpuser.so $(SIMULATED_LIB) librumpuser $(VERSION)
	@for alias in $(ALIASES); do scripts/place-alias $(SIMULATED_LIB) $${alias%%:*} $${alias##*:}; done
	CHECKER=$(CURDIR)/build/bin/rump-fsck-ffs tests/c/simulated $(SIMULATED_LIB) $(SIMULATOR) $(or $(SCHEDULES),1) \
		$(or $(FIRST_SEED),1) $(SIMULATED_TESTS)

# The operations on vnodes once more, on libraries that assert the rules of vnode_if.src.
DEBUG_LIBRARIES := librump librumpvfs librumpfs_tmpfs librumpfs_ffs
DEBUG_LIB := build/debug-lib
DEBUG_TESTS := vnode_*.c revoke_*.c fifo_*.c kqueue_vnode*.c debug/*.c

debug-test: build
	$(CARGO) build $(DEBUG_LIBRARIES:%=-p %) -p rumpuser
	@mkdir -p $(DEBUG_LIB)
	@for name in $(DEBUG_LIBRARIES); do scripts/place-library $(TARGET)/debug/$${name}_so.so $(DEBUG_LIB) $$name $(VERSION); done
	@scripts/place-library $(TARGET)/debug/librumpuser.so $(DEBUG_LIB) librumpuser $(VERSION)
	CHECKER=$(CURDIR)/build/bin/rump-fsck-ffs tests/c/run $(DEBUG_LIB) $(addprefix tests/c/,$(DEBUG_TESTS))

static-test: build
	tests/static/run $(TARGET) build/bin

# 64 threads with calls of all kinds: on 1, 2 and 8 virtual CPUs, and with little memory; SECONDS for each.
stress: build
	@scripts/setup build test
	stress/run $(LIB) $(or $(SECONDS),120) $(SEED)

# The same under the thread sanitizer. `stress/races/run --prove` shows that it finds a planted race.
races:
	@scripts/setup build test
	stress/races/run $(abspath $(TARGET))/races $(or $(SECONDS),20) $(SEED)

# The tests of the simulator under SCHEDULES schedules each, with a debug build's checks; the locks under ten times as many; the
# C tests under as many, which takes some forty minutes for 1000 on two CPUs.
soak:
	@scripts/setup build test
	SIMULATOR_SEEDS=$(or $(SCHEDULES),1000) $(CARGO) test --profile soak -p rump-simulator
	LOCK_MODEL_SCHEDULES=$$((10 * $(or $(SCHEDULES),1000))) $(CARGO) test --profile soak -p lock_model
	$(MAKE) simulated-test SCHEDULES=$(or $(SCHEDULES),1000)

# Plants bugs in a copy of the locks, and fails when the model misses one.
lock-mutants:
	tools/lock_model/mutants

abi: build
	scripts/check-abi $(LIB)

bench: build
	benches/run $(LIB) build/bin

fuzz:
	fuzz/run $(or $(SECONDS_PER_TARGET),600)

install: build
	scripts/install-files $(LIB) build/bin "$(DESTDIR)" "$(PREFIX)"

clean:
	rm -rf build
	$(CARGO) clean
