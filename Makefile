# The only entry points. `make demo` and `make test` work on a fresh Debian 12 with Swift 6.3; both install what is missing.

SHELL := /bin/bash
.DEFAULT_GOAL := help
SWIFT ?= swift
# What Debian must give: the C libraries that Belay links, and the real peers that the tests talk to.
PACKAGES := libgit2-dev libyaml-dev libsqlite3-dev pkg-config git curl ca-certificates
TEST_PACKAGES := nginx-light fcgiwrap openssl openssh-server openssh-client etcd-server
DEBUG := .build/debug

.PHONY: help setup setup-test build test lint demo bench docs

help:
	@echo "make demo    the main job, on the embedded sandbox: a commit reaches the cluster, drift is seen and healed"
	@echo "make test    everything: format lint, build with warnings as errors, all tests"
	@echo "make build   debug build   |  make lint  format check   |  make bench  ratios against the peers"
	@echo "make docs    the command reference, from the program's own help"
	@echo "make setup   installs what Debian must give ($(PACKAGES))"

setup:
	@scripts/install $(PACKAGES)

setup-test: setup
	@scripts/install $(TEST_PACKAGES)

build: setup
	$(SWIFT) build --product belay
	$(SWIFT) build --product belay-git

lint:
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests

test: setup-test lint
	$(SWIFT) build --build-tests
	@scripts/test

demo: build
	@PATH="$(CURDIR)/$(DEBUG):$$PATH" examples/demo

bench: setup
	$(SWIFT) build -c release --product belay-dev
	$(SWIFT) build -c release --product belay
	$(SWIFT) build -c release --product belay-git
	@Benchmarks/run
	@Benchmarks/controller
	@Benchmarks/kustomize
	@Benchmarks/substitution

docs: build
	@scripts/reference
