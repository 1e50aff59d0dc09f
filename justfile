# Recipes for daily work; `just` alone lists them.

# One target folder for everything, outside the checkout.
export CARGO_TARGET_DIR := env("CARGO_TARGET_DIR", env("HOME") / ".cache/zweck/target")

[private]
default:
    @just --list

# Shows a whole life of a network: import, build, objection, removal.
demo:
    cargo run -p zweck -- demo

# Runs every test.
test:
    cargo test --workspace

# Runs all that must pass before a change is merged.
check:
    .ci/run

# Runs the acceptance measurement of a topic.
accept TOPIC:
    bench/accept.sh {{TOPIC}}

# Kills the real binary a thousand times each, in the middle of choices and of builds.
kill-test:
    ZWECK_KILLS=1000 cargo test -p zweck --test it -- kill::

# Looks for an hour for inputs that break a reader; ZWECK_FUZZ_SECONDS=60 for a minute.
fuzz:
    ZWECK_FUZZ_SECONDS="${ZWECK_FUZZ_SECONDS:-3600}" \
        cargo test -p sources --test it -- fuzz --test-threads 8
    ZWECK_FUZZ_SECONDS="$(( ${ZWECK_FUZZ_SECONDS:-3600} / 30 ))" \
        cargo test -p zweck --bin zweck -- arbitrary_bytes

# Builds the API documentation; a warning fails.
doc:
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps
