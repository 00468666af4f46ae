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

.PHONY: all build static demo test unit-test c-test static-test abi bench fuzz install clean fmt-check clippy
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
	$(MAKE) static-test
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

static-test: build
	tests/static/run $(TARGET) build/bin

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
