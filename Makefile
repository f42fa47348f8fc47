# Every command makes what it needs: environment, requirements, system libraries (see innovation_week/bootstrap.py).
PYTHON ?= python3
PORT ?= 8000
DEMO ?= 1

PY := .venv/bin/python
# The suite runs on the settings of a fresh clone, whatever the shell it is typed in.
FRESH := env -u PORT -u SITE_URL -u THEME -u DEMO -u DEBUG
PRODUCTION := DEMO=0 DEBUG=0 SITE_URL=https://semaine.example.org \
	SECRET_KEY=only-for-this-check-fifty-characters-and-more-0123456789-abcdefgh

.PHONY: run test check format bench pictures messages requirements clean help

help: ## list the commands
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile

run: ## set everything up, then run site and worker on 127.0.0.1:$PORT
	@$(PYTHON) innovation_week/port.py $(PORT)
	@$(PYTHON) innovation_week/bootstrap.py
	@PORT=$(PORT) DEMO=$(DEMO) exec $(PY) manage.py serve --prepare

test: ## the whole suite on SQLite, then on PostgreSQL, browser included
	@$(PYTHON) innovation_week/bootstrap.py --dev
	@echo "== The suite on SQLite"; $(FRESH) -u DATABASE_URL $(PY) -m pytest; sqlite=$$?; \
	echo "== The suite on PostgreSQL"; $(FRESH) $(PY) -m tests.with_postgres; postgresql=$$?; \
	exit $$((sqlite + postgresql))

check: ## format, lint, types, templates, migrations, deployment, translations
	@$(PYTHON) innovation_week/bootstrap.py --dev
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	.venv/bin/djade --check --target-version 5.2 $$(git ls-files '*.html')
	$(PY) -m djlint --lint --quiet templates
	$(PY) -W "ignore:Got an error checking" manage.py makemigrations --check --dry-run  # needs no database
	$(PRODUCTION) $(PY) manage.py check --deploy --fail-level WARNING
	$(PY) -m pytest -q tests/project/test_translations.py
	$(PY) -m mypy .

format: ## put code and templates in the house's form
	@$(PYTHON) innovation_week/bootstrap.py --dev
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .
	.venv/bin/djade --target-version 5.2 $$(git ls-files '*.html')

bench: ## measure speed, as ratios against a trivial view
	@$(PYTHON) innovation_week/bootstrap.py --dev
	@$(PY) -m bench

pictures: ## take the pictures of docs/ again, from a demonstration that is running (make run)
	@$(PYTHON) innovation_week/bootstrap.py --dev
	@PORT=$(PORT) $(PY) docs/take_pictures.py

messages: ## bring locale/ up to date with the sources (needs gettext: apt-get install gettext)
	$(PY) manage.py makemessages --locale fr --no-wrap --no-location --no-obsolete \
		--ignore .venv --ignore var --ignore tests --ignore bench

COMPILE := $(PY) -m piptools compile --generate-hashes --strip-extras --allow-unsafe --quiet \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host
requirements: ## compile requirements*.in into pinned and hashed requirements*.txt
	@$(PYTHON) innovation_week/bootstrap.py --dev
	$(COMPILE) --output-file requirements.txt requirements.in
	$(COMPILE) --output-file requirements-dev.txt requirements-dev.in

clean: ## remove the environment and what the tools left; the data in var/ stays
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis
