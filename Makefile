# SPDX-License-Identifier: Apache-2.0
# The verbs. Each says what it does in a line and is quiet after that; Meson and ninja do the work.
.POSIX:
.SUFFIXES:
.PHONY: help run build test check fuzz torture bench where format install clean
MAKEFLAGS += --no-print-directory

only =
path =
DEMO = build/cardea serve --demo --quiet --kickstart docs/demo/kickstart.json

help:
	@echo 'make run      install what is missing, build, start with a demo tenant on http://localhost:9011'
	@echo 'make build    the hardened release: build/cardea'
	@echo 'make test     install what is missing, run every test    (only="unit e2e" for some: tools unit corpus e2e postgres release threads)'
	@echo 'make check    format, layers, names, limits, warnings ...  (only="layers limits" for some)'
	@echo 'make fuzz     fuzz each parser for a minute'
	@echo 'make torture  kill, race, fill, cut and starve the release for hours    (only="kill race" for some)'
	@echo 'make bench    measure against the budget in docs/performance.md'
	@echo 'make where path=/oauth2/token    all there is to know of an endpoint'
	@echo 'make format   let clang-format rewrite the sources'
	@echo 'make clean    delete what was built'

run:
	@tools/install build
	@$(MAKE) build
	@echo 'run: $(DEMO)'
	@exec $(DEMO)

build:
	@tools/install build
	@echo 'build: build/cardea'
	@tools/release

test:
	@echo 'test: every test, with sanitizers, then end to end on the release'
	@tools/install build test check
	@tools/test $(only)

check:
	@echo 'check: the house rules'
	@tools/install build test check
	@tools/check $(only)

fuzz:
	@echo 'fuzz: each parser for a minute'
	@tools/install build check
	@tools/fuzz run

torture:
	@echo 'torture: the release under fire (docs/durability.md)'
	@tools/install build test
	@tools/torture $(only)

bench:
	@echo 'bench: the release under load'
	@$(MAKE) build
	@bench/run $(only)

where:
	@tools/where '$(path)'

format:
	@echo 'format: clang-format rewrites the sources'
	@tools/sources src test bench | xargs clang-format -i

install:
	@echo 'install: what building, testing and checking needs'
	@tools/install build test check

clean:
	@echo 'clean: deletes build, build-test, build-check-*, build-fuzz and the installed modules'
	@rm -rf build build-* test/e2e/node_modules
