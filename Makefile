# Every rule is one line of work; `make help` lists them. ARGS passes options on, LAB names one lab.
PYTHON := $(shell for p in python3.11 python3.12 python3.13 python3 python; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' >/dev/null 2>&1 && { echo $$p; break; }; done)
RUN := .venv/bin/python
BOOTSTRAP = $(or $(PYTHON),$(error Python 3.11, 3.12 or 3.13 is needed)) autograder/setup/environment.py
LAB ?=
EX ?=
ARGS ?=
.DEFAULT_GOAL := help

lab: env      ## open JupyterLab on the labs (ARGS="--no-browser --port 8890")
	@$(RUN) -m utils.lab $(ARGS)

release: env  ## write the learners' notebooks from solutions/ (LAB=03_softmax for one)
	@$(RUN) -m autograder release $(LAB) $(ARGS)

grade: env    ## mark a bundled cohort and print its scores (LAB=03_softmax)
	@$(RUN) -m autograder grade --demo $(or $(LAB),03_softmax) $(ARGS)

mine: env     ## mark the lab that you work on yourself (LAB=03_softmax)
	@$(RUN) -m autograder grade --mine $(LAB) $(ARGS)

new: env      ## write a skeleton: of a lab (LAB=09_name), of an exercise of one (EX=name too)
	@$(RUN) -m autograder new $(or $(LAB),$(error Name the lab: make new LAB=09_name)) $(EX)

private: env  ## write a course of your own, with other quizzes and networks (TO=../my-course SEED=7)
	@$(RUN) -m autograder private $(or $(TO),$(error Name a new folder: make private TO=../my-course)) $(if $(SEED),--seed $(SEED)) $(ARGS)

bundle: env   ## write dist/labs.zip, what learners receive
	@$(RUN) -m autograder release && $(RUN) -m autograder bundle $(ARGS)

check: dev    ## lint, format, releases up to date, pins in order
	@$(RUN) -m ruff check . && $(RUN) -m ruff format --check . && $(RUN) -m autograder release --check && $(RUN) -m pytest -q tests/house/test_pins.py

test: dev     ## run every test (ARGS="-k softmax")
	@$(RUN) -m pytest -n 3 --dist loadscope --no-loadscope-reorder $(ARGS)

pictures: dev ## take the pictures of the README and of docs/ again, in Chromium
	@PICTURES=1 $(RUN) -m pytest -q tests/browser/test_figures.py tests/browser/test_gallery.py tests/browser/test_walk.py

bench: dev    ## measure figures (first draw, slider to pixels, whole labs), instant check, and marking beside stock nbgrader
	@$(RUN) -m tests.bench $(ARGS)

lock:         ## resolve the locked requirements again from pyproject.toml
	@$(RUN) autograder/setup/lock.py $(ARGS)

clean:        ## remove the environment and build output (never the course folder)
	@rm -rf .venv dist .pytest_cache .ruff_cache && find . -name __pycache__ -prune -exec rm -rf {} +

env:
	@$(BOOTSTRAP) lab

dev:
	@$(BOOTSTRAP) dev

help:         ## list these rules
	@awk -F ' *: *[a-z]* *## ' '/^[a-z]+:.* ## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile

.PHONY: pictures lab release grade mine new private bundle check test bench lock clean env dev help
