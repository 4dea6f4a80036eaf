# The verbs of the project; `make help` lists them. All of them work in .venv, which
# webtalks/bootstrap.py builds from the hashed lock files.
.DEFAULT_GOAL := help
.PHONY: help run quick test test-all check lint bench handbook format lock sbom licences audit runtime development chromium readers
# One recipe after the other, also with -j: they share .venv.
.NOTPARALLEL:

PYTHON := .venv/bin/python
# Programs that tests/foreign and tests/load run, each with its Debian package.
READERS := khal:khal vdirsyncer:vdirsyncer node:nodejs npm:npm java:default-jre-headless \
	nginx:nginx-light openssl:openssl pkill:procps
# In several processes, some of which wait; a file's tests stay together: they share servers.
# In their order: what empties the database stands last.
AT_ONCE := --dist loadfile --no-loadscope-reorder -n
# The browser and the programs of others have commands of their own; the markers stand in
# pyproject.toml.
UNIT_TESTS := -m pytest --ignore=tests/e2e --ignore=tests/foreign
SHORT := not load and not slow
NEW_SECRET_KEY := $(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(50))'
UV_COMPILE = "$$uv" pip compile pyproject.toml --quiet --universal --generate-hashes \
	--no-header --python-version 3.12 $(LOCK_ARGS)

# `python3` may be too old, or a pyenv shim that leads nowhere: take the first that answers.
define bootstrap
@for python in python3 python3.14 python3.13 python3.12 python3.11 /usr/bin/python3; do \
	if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
		exec $$python webtalks/bootstrap.py $(1); \
	fi; \
done; \
echo 'Python 3.11 or newer is needed, and none is on the path: apt install python3' >&2; exit 1
endef

help: ## List the verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile

run: export PORT ?= 8000
run: export HOST ?= 127.0.0.1
run: export DATA_DIR ?= var
run: export SECRET_KEY_FILE ?= $(DATA_DIR)/secret-key
run: export SITE_URL ?= http://localhost:$(PORT)
run: export MAIL_TO_FILES ?= 1
run: runtime ## Start the site with the real talks (PORT, HOST, DATA_DIR, SITE_URL can be set)
	@test -s "$$SECRET_KEY_FILE" || test -n "$$SECRET_KEY" || \
		{ umask 077 && mkdir -p "$$DATA_DIR" && $(NEW_SECRET_KEY) > "$$SECRET_KEY_FILE"; }
	@exec $(PYTHON) manage.py start --demo

quick: development ## Look at what was changed: lint, types and its unit tests, in seconds
	@$(PYTHON) -m tests.quick

test: development chromium ## Run all tests: SQLite, PostgreSQL, browser
	@echo '== Unit tests on SQLite'
	@env -u DATABASE_URL $(PYTHON) $(UNIT_TESTS) $(AT_ONCE) 3 -m '$(SHORT)'
	@echo '== Unit tests on PostgreSQL'
	@$(PYTHON) -m tests.postgres $(PYTHON) $(UNIT_TESTS) $(AT_ONCE) 3 -m '$(SHORT) and not once'
	@echo '== Browser tests'
	@# One of them needs a database in the test's own process; `manage.py start` has its SQLite.
	@$(PYTHON) -m tests.postgres $(PYTHON) -m pytest $(AT_ONCE) 2 -m '$(SHORT)' tests/e2e

test-all: test readers ## Run make test, then the long tests and the tools of others
	@echo '== Long tests on SQLite'
	@env -u DATABASE_URL $(PYTHON) $(UNIT_TESTS) -m 'load or slow'
	@echo '== Long tests on PostgreSQL'
	@$(PYTHON) -m tests.postgres $(PYTHON) $(UNIT_TESTS) -m '(load or slow) and not once'
	@echo '== Long browser tests'
	@$(PYTHON) -m tests.postgres $(PYTHON) -m pytest -m slow tests/e2e
	@echo '== Tools of others'
	@$(PYTHON) -m pytest tests/foreign

check: lint test ## Run the whole gate: code, migrations, deployment settings, all tests

lint: development
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m reuse lint --lines
	@SECRET_KEY=types SITE_URL=http://localhost $(PYTHON) -m mypy
	@data=$$(mktemp -d) && trap 'rm -rf "$$data"' EXIT && unset DATABASE_URL && \
	export DATA_DIR="$$data" SITE_URL=https://example.org \
		SMTP_URL=smtp+starttls://mail.example.org:587 ADMIN_2FA=required \
		SECRET_KEY="$$($(NEW_SECRET_KEY))" && \
	$(PYTHON) manage.py makemigrations --check && \
	$(PYTHON) manage.py check --deploy --fail-level WARNING

bench: development ## Measure throughput, growth and mails; writes docs/benchmarks.md (needs wrk)
	@$(PYTHON) -m tests.bench

handbook: development chromium ## Take the pictures of docs/handbuch.md anew
	@SCREENSHOTS=1 $(PYTHON) -m tests.postgres $(PYTHON) -m pytest tests/e2e/test_organisers_month.py
	@cp var/screenshots/handbuch/*.png docs/handbuch/

format: development ## Tidy the code
	@$(PYTHON) -m ruff check --fix .
	@$(PYTHON) -m ruff format .

lock: runtime ## Write both lock files anew (LOCK_ARGS=--upgrade raises the versions)
	@tools=$$(mktemp -d) && trap 'rm -rf "$$tools"' EXIT && $(PYTHON) -m venv "$$tools" && \
	"$$tools/bin/pip" install --quiet uv && uv="$$tools/bin/uv" && \
	$(UV_COMPILE) --output-file requirements.txt && \
	$(UV_COMPILE) --constraints requirements.txt --group dev --group test --group e2e \
		--output-file requirements-dev.txt

sbom: runtime ## Write var/sbom.json: the packages of the running site as CycloneDX
	@tools=$$(mktemp -d) && trap 'rm -rf "$$tools"' EXIT && $(PYTHON) -m venv "$$tools" && \
	"$$tools/bin/pip" install --quiet cyclonedx-bom==7.5.0 && mkdir -p var && \
	"$$tools/bin/cyclonedx-py" requirements requirements.txt --pyproject pyproject.toml \
		--output-reproducible --output-format JSON --output-file var/sbom.json --validate

licences: runtime ## Write docs/licences.md
	@$(PYTHON) -m tests.packages.licences

audit: runtime ## Look the packages up among known vulnerabilities (Error 3: not all looked up)
	@tools=$$(mktemp -d) && trap 'rm -rf "$$tools"' EXIT && $(PYTHON) -m venv "$$tools" && \
	"$$tools/bin/pip" install --quiet pip-audit==2.10.1 && \
	$(PYTHON) -m tests.packages.audit "$$tools/bin/pip-audit"

runtime:
	$(call bootstrap)

development:
	$(call bootstrap,--dev)

chromium:
	@command -v chromium >/dev/null || { test "$$(id -u)" = 0 && apt-get update && \
		DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium; } || \
	{ echo 'The browser tests need chromium. As root: apt install chromium' >&2; exit 1; }

readers:
	@missing=$$(PATH="$$PATH:/usr/sbin"; for pair in $(READERS); do \
		command -v $${pair%:*} >/dev/null || echo $${pair#*:}; done); \
	test -z "$$missing" || { test "$$(id -u)" = 0 && apt-get update && \
		DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $$missing; } || \
	{ echo "tests/foreign and tests/load need more. As root: apt install" $$missing >&2; exit 1; }
