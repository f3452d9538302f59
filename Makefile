# bpfchain: `make demo` shows it, `make test` runs everything that can run on this machine. `make help` lists the rest.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MVN := scripts/mvn

.PHONY: help build images demo demo-cluster test cluster-up cluster-down bench bench-cluster soak format examples clean
.NOTPARALLEL:

help: ## What can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

build: ## dist/bpfchain: the self-contained command line (no JDK needed to run it)
	@scripts/setup build
	@scripts/dist

images: ## dist/images: OCI archives of the operator and the agent, built without a container engine
	@scripts/setup build test cluster images
	@scripts/dist bpfchain bpfchain-operator
	@scripts/images

demo: ## Upgrade a firewall chain under live traffic, next to the naive way (root, under two minutes after the build)
	@scripts/setup build test
	@[ -x dist/bpfchain/bin/bpfchain ] || scripts/dist
	@scripts/demo

demo-cluster: ## The product on a real Kubernetes node of this machine: Helm, kubectl, upgrades under traffic (root, two minutes after the build)
	@scripts/setup build test cluster images
	@[ -s dist/images/bpfchain-agent.tar ] || $(MAKE) -s images
	@scripts/demo-cluster

test: ## Every check and test that can run on this machine, and the kernel matrix (KERNELS="5.10 6.1 6.12 newest" chooses)
	@scripts/setup build test kernels cluster images
	@scripts/test

cluster-up: ## A real Kubernetes node on this machine, for trying things out (root; builds Kubernetes once, about ten minutes)
	@scripts/setup cluster
	@scripts/cluster up

cluster-down: ## Stop and remove it
	@scripts/cluster down

bench: ## Measure against a C baseline and write docs/benchmarks.md
	@scripts/setup build test
	@scripts/bench

bench-cluster: ## Measure footprint and latency on a real Kubernetes node of this machine, for the same page (root, five minutes)
	@scripts/setup build test cluster images
	@[ -s dist/images/bpfchain-agent.tar ] || $(MAKE) -s images
	@scripts/bench-cluster

soak: ## The long versions: 100,000 updates under traffic, 5,000 applies, 100,000 cgroups, 50 kills, 1,000 nodes (FaultsIT alone takes 17 minutes)
	@scripts/setup build test cluster
	@scripts/soak

format: ## Format the code and regenerate what is generated (CRD, docs)
	@scripts/setup build
	@scripts/format

examples: ## Compile the examples' BPF programs
	@scripts/setup build
	@$(MAKE) -s -C examples

clean: ## Remove what was built
	@$(MVN) -q clean
	@rm -rf dist
	@$(MAKE) -s -C examples clean
