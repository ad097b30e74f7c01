# The front door. `make demo` and `make test` need nothing but make and a Debian or Ubuntu system.
#
# JOBS=n limits the compilers that run at once (default: one per core), TESTS_AT_ONCE=n the tests (one more). `make asan` and
# `make tsan` take TARGETS='test_model test_nodes' to build less, and SELECT='--label-regex unit', or any other option of ctest,
# to run less.

JOBS ?= $(shell nproc)
# Tests wait as much as they work.
TESTS_AT_ONCE ?= $(shell expr $(JOBS) + 1)
PREFIX ?= /usr/local
SHELL := /bin/bash
checks := cmake/checks
# The last -D counts. What an earlier target has switched on would stay in the cache, and make all others compile benchmarks.
configure = cmake --preset $(1) -Wno-dev -DSLUICE_TESTS=$(or $(3),ON) -DSLUICE_BENCH=OFF $(2)
configure_product = $(call configure,release,,OFF)
compile = cmake --build build/$(1) --parallel $(JOBS) $(if $(2),--target $(2))
run_tests = ctest --test-dir build/$(1) --output-on-failure --no-tests=error --parallel $(TESTS_AT_ONCE) $(2)

.DEFAULT_GOAL := help
.PHONY: help demo build install package docs test check bench gate stress fuzz soak chaos monitoring mutants fresh nightly asan tsan coverage lint deps deps-test deps-check format format-check clean

help: ## lists what make can do
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: build ## installs what is missing, builds, and runs a real pipeline over real input
	@build/release/sluice demo

build: deps ## builds build/release/sluice
	@$(configure_product)
	@$(call compile,release,sluice)

install: deps ## installs the program, and the libraries with their headers, below PREFIX (default /usr/local)
	@$(configure_product)
	@$(call compile,release,sluice_package)
	@cmake --install build/release --prefix "$(PREFIX)"

package: deps ## makes Debian packages of the program, the libraries and their headers: build/release/packages/*.deb
	@$(checks)/dependencies.sh package
	@$(configure_product)
	@$(call compile,release,sluice_package)
	@cpack --config build/release/CPackConfig.cmake -B build/release/packages
	@packaging/check_packages.sh build/release/packages

docs: deps ## writes the reference of the C++ API: build/docs/html/index.html
	@$(checks)/dependencies.sh docs
	@cmake -D ROOT=. -D INTO=build/docs/include/sluice -P cmake/package/write_headers.cmake
	@doxygen docs/Doxyfile
	@awk 'BEGIN { print "INPUT =" } /^(flow|runs) +(documented|actors) / { print "INPUT += build/docs/include/sluice/" $$3 }' \
	  cmake/package/public_headers.txt > build/docs/documented
	@mkdir -p build/docs/documented_only && doxygen docs/Doxyfile.documented
	@echo "docs: build/docs/html/index.html"

test: deps-test ## builds everything in release mode and runs all tests
	@$(call configure,release)
	@$(call compile,release)
	@$(call run_tests,release)

check: lint ## does what CI does (format, house rules, sanitizers, all tests), and clang-tidy
	@.ci/run

bench: deps-test ## builds and runs the benchmarks (BENCH='throughput fan' for some, ROUNDS=n)
	@$(checks)/dependencies.sh bench
	@$(call configure,release,-DSLUICE_BENCH=ON)
	@$(call compile,release)
	@bench/run --rounds $(or $(ROUNDS),5) $(BENCH); status=$$?; \
	  bench/figures/figures.py --results build/release/bench/results; exit $$status

gate: deps-test ## fails when a hot path takes more instructions, or a rival has come nearer
	@$(checks)/dependencies.sh bench
	@$(call configure,release,-DSLUICE_BENCH=ON)
	@$(call compile,release,bench_gate bench_gate_ratios)
	@bench/gate/gate.py --programs build/release/bench

stress: deps-test ## runs random graphs under asan for SECONDS (default 60), from a random seed
	@$(call configure,asan)
	@$(call compile,asan,stress_random)
	@build/asan/tests/stress/stress_random --seconds $(or $(SECONDS),60)

fuzz: deps ## feeds every reader of strangers' input for SECONDS each (default 300), by libFuzzer (TARGETS='json jwt' for some)
	@$(checks)/dependencies.sh fuzz
	@cmake -S . -B build/fuzz -G Ninja -Wno-dev -DSLUICE_FUZZ=ON -DSLUICE_UNITY=ON -DCMAKE_BUILD_TYPE=Debug \
	  -DCMAKE_C_COMPILER=clang -DCMAKE_CXX_COMPILER=clang++
	@$(call compile,fuzz,$(TARGETS:%=fuzz_%))
	@tests/fuzz/run --build build/fuzz --seconds $(or $(SECONDS),300) $(TARGETS)

soak: deps-test ## runs a server under a mixed load for SECONDS (default 180) and judges it (SEED=n; PAGE=FILE.md: for readers)
	@$(call configure,release)
	@$(call compile,release,sluice)
	@soak/soak.py --program build/release/sluice --seconds $(or $(SECONDS),180) $(SEED:%=--seed %) $(PAGE:%=--page %)

chaos: deps-test ## the same load while the server is killed, frozen, without room, slow, cut off, for SECONDS (default 75), SEED=n
	@$(call configure,release)
	@$(call compile,release,sluice troubled_system)
	@soak/chaos.py --program build/release/sluice --shim build/release/soak/libtroubled_system.so \
	  --seconds $(or $(SECONDS),75) $(SEED:%=--seed %)

monitoring: deps-test ## tests the dashboard, rules and alerts with a real Prometheus, which it installs
	@$(checks)/dependencies.sh monitoring
	@$(call configure,release)
	@$(call compile,release,sluice)
	@$(call run_tests,release,-R serve_prometheus)

mutants: deps-test ## breaks COUNT lines of the core (default 25), SEED=n, and counts what the tests notice
	@tests/mutation/mutate.py --count $(or $(COUNT),25) --seed $(or $(SEED),1) --jobs $(JOBS)

fresh: ## does DO (default: demo) on a Debian 12 of its own that has nothing but make: needs root
	@$(checks)/dependencies.sh fresh
	@$(checks)/fresh_machine.sh $(or $(DO),demo)

nightly: ## what takes too long for CI: some hours
	@.ci/nightly

asan: deps-test ## runs the tests under AddressSanitizer and UndefinedBehaviorSanitizer
	@$(call configure,asan)
	@$(call compile,asan,$(TARGETS))
	@$(call run_tests,asan,$(SELECT))

tsan: deps-test ## runs the tests under ThreadSanitizer
	@$(call configure,tsan)
	@$(call compile,tsan,$(TARGETS))
	@$(call run_tests,tsan,$(SELECT))

coverage: deps-test ## runs all tests under asan while it counts lines, and fails when they reach too few
	@$(checks)/dependencies.sh coverage
	@$(call configure,coverage)
	@$(call compile,coverage,$(TARGETS))
	@find build/coverage -name '*.gcda' -delete
	@ninja -C build/coverage -t cleandead > /dev/null
	@find build/coverage -name '*.gcno' | while read -r lines; do [ -e "$${lines%.gcno}.o" ] || rm "$$lines"; done
	@$(call run_tests,coverage,$(SELECT))
	@$(checks)/coverage.py --build build/coverage --jobs $(JOBS) --worst $(or $(WORST),10)

lint: deps-test deps-check ## runs cppcheck, and clang-tidy over what changed since it was last quiet
	@$(checks)/cppcheck.sh $(JOBS)
	@$(call configure,dev)
	@$(checks)/tidy.py --build build/dev --jobs $(JOBS)

format-check: deps-check
	@$(checks)/format.sh

format: deps-check ## formats every source file
	@$(checks)/format.sh --fix

deps: ## installs what building needs (cmake/dependencies.txt)
	@$(checks)/dependencies.sh build

deps-test:
	@$(checks)/dependencies.sh build test

deps-check:
	@$(checks)/dependencies.sh check

clean: ## removes build/
	rm -rf build
