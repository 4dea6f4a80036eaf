# The verbs of the project. All of them work in .venv, which webtalks/bootstrap.py builds.
.DEFAULT_GOAL := help
.PHONY: help run quick test test-all check lint bench handbook format lock sbom licences audit runtime development chromium pango pdftotext readers containers wrk
# One recipe after the other, also with -j: they share .venv.
.NOTPARALLEL:

# What Python compiles is kept: without, each of the many processes compiles all of it again.
unexport PYTHONDONTWRITEBYTECODE

PYTHON := .venv/bin/python
ON_SQLITE := env -u DATABASE_URL $(PYTHON) -m pytest
ON_POSTGRESQL := $(PYTHON) -m tests.postgres $(PYTHON) -m pytest
# In several processes; a file's tests stay together, for they share servers, and in their order:
# what empties the database stands last. The markers stand in pyproject.toml.
AT_ONCE := --dist loadfile --no-loadscope-reorder -n 2
SHORT := not (load or slow or browser or foreign or deployment)
LONG := (load or slow) and not (browser or foreign or deployment)

# The wanted Python, wherever it is, else the first that will do; a pyenv shim may lead nowhere.
define bootstrap
@wanted=$$(cat .python-version); pyenv="$${PYENV_ROOT:-$$HOME/.pyenv}/versions"; \
for python in python$$wanted "$$pyenv/$$wanted"*/bin/python python3 python3.14 python3.13 python3.12 "$$pyenv"/3.1[2-9]*/bin/python; do \
	"$$python" -Ic 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 12))' 2>/dev/null && exec "$$python" -I webtalks/bootstrap.py $(1); \
done; echo "Kein Python ab 3.12 mit venv und ensurepip gefunden: apt install python3-venv, oder pyenv install $$wanted" >&2; exit 1
endef

# Install what is `needed`: NAME:PACKAGE …, with the Debian package of each; a file's path will do too.
define programs
@missing=$$(PATH="$$PATH:/usr/sbin"; for pair in $(needed); do command -v $${pair%:*} >/dev/null || test -e $${pair%:*} || echo $${pair#*:}; done); \
test -z "$$missing" || { test "$$(id -u)" = 0 && apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $$missing; } || \
{ echo "Es fehlt noch etwas. Als root: apt install" $$missing >&2; exit 1; }
endef

help: ## List the verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile

run: runtime ## Start the site with the real talks (PORT, HOST, DATA_DIR, SITE_URL can be set)
	@export DATA_DIR="$${DATA_DIR:-var}" MAIL_TO_FILES="$${MAIL_TO_FILES:-1}"; \
	export SITE_URL="$${SITE_URL:-http://localhost:$${PORT:-8000}}" SECRET_KEY_FILE="$${SECRET_KEY_FILE:-$$DATA_DIR/secret-key}"; \
	export CERTIFICATE_KEY_FILE="$${CERTIFICATE_KEY_FILE:-$$DATA_DIR/certificate-key}"; \
	made() { test -s "$$1" || test -n "$$2" || { umask 077 && mkdir -p "$$DATA_DIR" && \
		$(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(50))' > "$$1"; }; }; \
	made "$$SECRET_KEY_FILE" "$$SECRET_KEY" && made "$$CERTIFICATE_KEY_FILE" "$$CERTIFICATE_KEY" && \
	exec $(PYTHON) manage.py start --demo

quick: development pango pdftotext ## Look at what was changed: lint, types and its unit tests, in seconds
	@$(PYTHON) -m tests.quick

test: development chromium pango pdftotext ## Run all tests: SQLite, PostgreSQL, browser
	$(ON_SQLITE) $(AT_ONCE) -m '$(SHORT) and not pages'
	$(ON_POSTGRESQL) $(AT_ONCE) -m '$(SHORT) and not once'
	@# One of them needs a database in the test's own process; `manage.py start` has its SQLite.
	$(ON_POSTGRESQL) $(AT_ONCE) -m 'not slow' tests/e2e

test-all: test readers containers ## Run make test, then the long tests and the tools of others
	$(ON_SQLITE) $(AT_ONCE) -m '$(SHORT) and pages'
	$(ON_SQLITE) -m '$(LONG)'
	$(ON_POSTGRESQL) -m '$(LONG) and not once'
	@# What the gate tries in the browser without its windows, and the rest, in the whole one.
	WEBTALKS_BROWSER=chromium $(ON_POSTGRESQL) $(AT_ONCE) tests/e2e
	$(ON_SQLITE) tests/foreign
	@# What several processes make of one mailbox depends on the database.
	$(ON_POSTGRESQL) tests/foreign/test_bounce_kills.py tests/foreign/test_bounce_workers.py
	$(ON_SQLITE) -x tests/deployment

check: lint test ## Run the whole gate: code, migrations, deployment settings, all tests

lint: development
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m reuse lint --lines
	@SECRET_KEY=types SITE_URL=http://localhost $(PYTHON) -m mypy

bench: development wrk ## Measure CPU, growth and mails; writes docs/benchmarks.md (AGAINST=COMMIT: beside that one)
	@$(PYTHON) -m tests.bench $(AGAINST)

handbook: development chromium pango pdftotext ## Take the pictures of docs/handbuch.md anew
	@SCREENSHOTS=1 $(ON_POSTGRESQL) tests/e2e/test_organisers_month.py
	@cp var/screenshots/handbuch/*.png docs/handbuch/

format: development ## Tidy the code
	@$(PYTHON) -m ruff check --fix .
	@$(PYTHON) -m ruff format .

lock: ## Write both lock files anew (LOCK_ARGS=--upgrade raises the versions)
sbom: ## Write var/sbom.json: the packages of the running site as CycloneDX
licences: ## Write docs/licences.md
audit: ## Look the packages up among known vulnerabilities (Error 3: not all looked up)
lock sbom licences audit: runtime
	@$(PYTHON) -m tests.packages.$@ $(LOCK_ARGS)

runtime:
	$(call bootstrap,requirements.txt)
development:
	$(call bootstrap,requirements-dev.txt)

# Arial's double: what stands there until the site's own fonts arrive has its measures.
chromium: needed := chromium:chromium chromium-headless-shell:chromium-headless-shell /usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf:fonts-liberation
# What writes PDFs; without it the site itself has pages to print alone.
pango: needed := /usr/lib/*/libpangoft2-1.0.so.0:libpangoft2-1.0-0 /usr/lib/*/libharfbuzz-subset.so.0:libharfbuzz-subset0
# What reads in tests what stands in our PDFs.
pdftotext: needed := pdftotext:poppler-utils
readers: needed := khal:khal vdirsyncer:vdirsyncer node:nodejs npm:npm java:default-jre-headless nginx:nginx-light openssl:openssl pkill:procps zbarimg:zbar-tools spamassassin:spamassassin
containers: needed := dockerd:docker.io containerd:containerd docker-registry:docker-registry debootstrap:debootstrap ip:iproute2 iptables-save:iptables openssl:openssl
wrk: needed := wrk:wrk nginx:nginx-light openssl:openssl
chromium pango pdftotext readers containers wrk:
	$(programs)
