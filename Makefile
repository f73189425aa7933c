# A thin front over the CMake presets. `make` alone lists what there is.

PREFIX ?= /usr/local
# Seconds for each fuzz target in `make check`.
FUZZ_SECONDS ?= 10
REPORT := out/april-2025
PROGRAM := build/release/redline

# Compiler jobs at once; fewer where memory is short: `make JOBS=1 test`.
JOBS ?= $(shell nproc)

.DEFAULT_GOAL := help
.PHONY: help deps deps-check run build test check bench lint format generate ui install clean
.NOTPARALLEL:

help:  ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

deps:
	@tools/install_deps.sh build

deps-check:
	@tools/install_deps.sh check

run: build  ## Build, then work out the situation of April 2025 into out/april-2025
	@$(PROGRAM) report april-2025 -o $(REPORT)

build: deps  ## The program, at build/release/redline
	@cmake --preset release --log-level=WARNING
	@cmake --build --preset release --parallel $(JOBS) --target redline

test: deps  ## Build everything and run the tests (minutes)
	@cmake --preset release --log-level=WARNING
	@cmake --build --preset release --parallel $(JOBS)
	@ctest --preset release --parallel $(JOBS) --label-exclude slow

check: deps-check  ## Format, lint, sanitizers, fuzzing, packaging (longer)
	@JOBS=$(JOBS) FUZZ_SECONDS=$(FUZZ_SECONDS) tools/check.sh

bench: deps  ## Benchmarks
	@cmake --preset release --log-level=WARNING
	@cmake --build --preset release --parallel $(JOBS) --target classify_bench kernel_bench step_bench search_bench sim_bench store_bench exposure_bench server_bench
	@build/release/bench/classify_bench --benchmark_min_time=0.2
	@build/release/bench/kernel_bench --benchmark_min_time=0.2
	@build/release/bench/step_bench --benchmark_min_time=0.2
	@build/release/bench/search_bench --benchmark_min_time=0.2
	@build/release/bench/sim_bench --benchmark_min_time=0.2
	@build/release/bench/store_bench --benchmark_min_time=0.2
	@build/release/bench/exposure_bench --benchmark_min_time=0.2
	@build/release/bench/server_bench $(PROGRAM)

lint: deps-check  ## clang-format and clang-tidy, reporting only
	@JOBS=$(JOBS) tools/lint.sh

format: deps-check  ## Rewrite the sources in the house format
	@tools/lint.sh --fix-format

generate: build  ## Rewrite data/schema, docs/reference and docs/errors from the program's tables
	@python3 tools/generate.py $(PROGRAM)
	@cmake --build --preset release --parallel $(JOBS) --target redline

ui:  ## Build the pages of web/ into web/dist, which is part of the program (Node 20, npm 11)
	@tools/ui.sh build

install: build  ## Install to PREFIX (default /usr/local; DESTDIR is honoured): program, data, manual, completions
	@cmake --install build/release --prefix $(PREFIX)

clean:  ## Remove what was built and written
	@rm -rf build out
