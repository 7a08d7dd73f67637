#!/bin/sh
# Usage: fleet.sh start | stop
# The simulated fleet of the scenarios as a process of its own; what it leaves is below build/molecule.
# PYTHON names the interpreter (python3 if unset). A run that was interrupted leaves a fleet behind: the next start or stop ends it.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
out=$root/build/molecule
limit=3600 # seconds; nobody's fleet runs for ever

fleet_process() {
    pid=$(cat "$out/pid" 2>/dev/null) && grep -qs tests.simulator "/proc/$pid/cmdline" && echo "$pid"
}

stop() {
    pid=$(fleet_process) || return 0
    kill "$pid"
    while fleet_process >/dev/null; do sleep 0.1; done
}

start() {
    stop
    mkdir -p "$out"
    rm -f "$out/ready" "$out/ended" "$out/requests.jsonl"
    cd "$root"
    # Until its program is loaded, a new process looks like this script: whether the fleet ended is known from a file.
    (
        timeout "$limit" "${PYTHON:-python3}" -m tests.simulator --fleet "$here/fleet.yml" --certificates "$out/tls" \
            --record "$out/requests.jsonl" --ready "$out/ready" &
        echo $! >"$out/pid"
        wait $! || :
        : >"$out/ended"
    ) </dev/null >"$out/simulator.log" 2>&1 &
    until [ -e "$out/ready" ]; do
        [ ! -e "$out/ended" ] || {
            tail -n 3 "$out/simulator.log" >&2
            exit 1
        }
        sleep 0.1
    done
}

"$1"
