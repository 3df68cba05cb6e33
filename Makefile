# Everything starts here: "make" alone lists what there is.
.DEFAULT_GOAL := help
.PHONY: help lab demo release build test clean lock environment environments browser sandbox postgresql

# nbgrader and Jupyter call their own programs by name.
in_venv := env PATH="$(CURDIR)/.venv/bin:$$PATH"

help:
	@echo "make lab      open the course in JupyterLab, at lesson 00 (PORT=8888 chooses the port)"
	@echo "make demo     make a sample class, grade it, and write a report on it"
	@echo "make release  write what students get (ARGS=--single-file: notebooks for Google Colab, and anywhere)"
	@echo "make build    build notebooks/ from solutions/, for authors: it replaces what is in them"
	@echo "make test     run every check and every test (ARGS=\"-k cell\" goes to pytest)"
	@echo "make lock     bring the lock files up to date with pyproject.toml (ARGS=--upgrade for newer versions)"
	@echo "make clean    remove .venv, build/ and the caches of the checks; learners' and grading files stay"
	@echo
	@echo "Each sets up what it needs first, in .venv. PYTHON=/path/to/python3.12 chooses the Python for it."

# Not "build": that would put blank notebooks in the place of a learner's work.
lab:
	@PYTHON="$(PYTHON)" sh helpers/setup/environment.sh requirements-lab.lock
	@$(in_venv) bptt lab $(if $(PORT),--port=$(PORT)) $(ARGS)

demo: sandbox
	@$(in_venv) PYTHONPATH=tests python -m submissions build/demo
	@$(in_venv) bptt grade 01_cell_backward --course build/demo $(ARGS)
	@echo
	@$(in_venv) bptt report --course build/demo

release: environment
	@$(in_venv) bptt release $(ARGS)

build: environment
	@$(in_venv) bptt build

test: browser sandbox postgresql environments
	@$(in_venv) ruff check
	@$(in_venv) ruff format --check
	@$(in_venv) mypy
	@$(in_venv) bptt build --check
	@$(in_venv) pytest -n auto --dist loadfile --no-loadscope-reorder $(ARGS)

# The first lock file has everything; the second has what learners need, in the same versions. The others are for tests:
# the least that learners need, in the same versions again and in the lowest ones; and what Google Colab has.
compile := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate
for_tests := $(compile) --excludes tests/environments/left_out.in

lock: environment
	@$(in_venv) $(compile) --all-extras --group test --group build --output-file requirements.lock $(ARGS) pyproject.toml
	@$(in_venv) $(compile) --extra lab --group build --constraint requirements.lock --output-file requirements-lab.lock pyproject.toml
	@$(in_venv) $(for_tests) --constraint requirements.lock --output-file tests/environments/slim.lock pyproject.toml tests/environments/slim.in
	@$(in_venv) $(for_tests) --resolution lowest-direct --output-file tests/environments/floors.lock pyproject.toml tests/environments/floors.in
	@$(in_venv) $(for_tests) --output-file tests/environments/colab.lock tests/environments/colab.in

environment:
	@PYTHON="$(PYTHON)" sh helpers/setup/environment.sh

sandbox: environment
	@sh helpers/setup/sandbox.sh

postgresql:
	@sh helpers/setup/postgresql.sh

environments: environment
	@sh helpers/setup/test_environments.sh

browser: environment
	@sh helpers/setup/browser.sh

clean:
	rm -rf .venv build .mypy_cache .pytest_cache .ruff_cache
