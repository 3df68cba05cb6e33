# An image for grading, and nothing of a course in it: that is mounted at /course when it runs. docs/instructor.md,
# "Containers", has the command. Binder does not use this file: it looks in .binder/ alone.
#   docker build -t bptt .

# Debian 12, whose bubblewrap is the one that the tests have run with.
FROM python:3.13-slim-bookworm

# What helpers/setup/sandbox.sh sees to.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends bubblewrap libseccomp2 \
    && rm -rf /var/lib/apt/lists/*

# The locked versions first: they stay when only the course's own code changes.
WORKDIR /build
COPY requirements.lock ./
RUN python -m pip install --no-cache-dir --no-deps --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY helpers ./helpers
RUN python -m pip install --no-cache-dir --no-deps --no-index --no-build-isolation . && rm -rf /build

# Never as root: then bubblewrap makes no user namespace, and needs rights that a container does not have. Any user will
# do, best the one whose course it is (--user), with or without an entry in /etc/passwd and so without a home.
USER 1000:1000
ENV HOME=/tmp
WORKDIR /course
ENTRYPOINT ["bptt"]
