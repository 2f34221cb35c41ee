# A machine for the tests of this folder: a real systemd in a container (systemd-nspawn) that has this machine's /usr,
# with a layer of its own above it, and an empty /etc and /var. Nothing of this machine is written to, and it has no
# network. To be sourced. Every step reports on its own; the script goes on and ends with 1 where one failed.
#
#   events   what happens to the service, a line each, on descriptor 9: nothing here waits by looking again and again

failed=0
# What has failed before it stays a failure.
skip() {
    echo "skipped: $*"
    exit $((failed ? 1 : 77))
}

give_up() { # EXIT-CODE WHAT-WAS-SAID
    echo "$2"
    exit "$1"
}

# step NAME COMMAND…: the command is a function of the script; what it says is shown where it fails. What it skips and
# measures ("figure: …") is shown always.
step() {
    local name=$1 said outcome=0
    shift
    said=$(set +e; "$@" 2>&1) || outcome=$?
    if [ "$outcome" = 0 ]; then
        echo "ok      $name"
        grep -E '^(skipped|figure):' <<<"$said" || true
    else
        echo "FAILED  $name (exit code $outcome)"
        sed 's/^/        /' <<<"$said"
        failed=1
    fi
}

# expect WHAT WANTED GOT: says what is not as wanted.
expect() {
    [ "$2" = "$3" ] || { echo "$1: wanted \"$2\", got \"$3\"" && return 1; }
}
expect_match() {
    [[ $3 =~ $2 ]] || { echo "$1: wanted a match of \"$2\", got \"$3\"" && return 1; }
}

inside() {
    nsenter -t "$init" -m -u -i -n -p -C env -i PATH=/usr/sbin:/usr/bin LC_ALL=C.UTF-8 "$@"
}
# as USER COMMAND…: without PAM, which an empty /etc has no rules for.
as() {
    local user=$1 group=$1
    shift
    [ "$user" != nobody ] || group=nogroup
    inside setpriv --reuid "$user" --regid "$group" --init-groups "$@"
}

# event PATTERN [SECONDS]: waits for the next event that matches; those before it are passed over.
event() {
    local line
    while IFS= read -r -t "${2:-60}" -u 9 line; do
        if [[ $line =~ $1 ]]; then
            echo "$line"
            return 0
        fi
    done
    echo "no event like \"$1\" within ${2:-60} s"
    return 1
}
no_events_so_far() {
    while IFS= read -r -t 0.01 -u 9; do :; done
}

can_run() {
    [ "$(id -u)" = 0 ] || skip "a container with systemd needs root"
    local tool
    for tool in systemd-nspawn nsenter setpriv pgrep sqlite3 curl; do
        command -v "$tool" >/dev/null ||
            skip "a container with systemd needs $tool (apt install systemd-container procps sqlite3 curl)"
    done
}

# boot PACKAGE-FOLDER: /opt/packages there. Everything of it ends with the script.
boot() {
    local base=/dev/shm ready
    [ -w "$base" ] || base=${TMPDIR:-/tmp}
    home=$(mktemp -d "$base/retentiond.XXXXXX")
    trap 'shut_down' EXIT
    mkdir "$home/usr" "$home/room" "$home/units"
    mkfifo "$home/room/events"
    exec 9<>"$home/room/events"
    cat >"$home/units/room.target" <<-END
		[Unit]
		Requires=basic.target
		Wants=room.service systemd-journald.service dbus.service
		After=basic.target
		AllowIsolate=yes
	END
    cat >"$home/units/room.service" <<-END
		[Unit]
		After=basic.target dbus.socket
		[Service]
		Type=oneshot
		ExecStart=/bin/sh -c 'echo booted >/opt/room/events'
	END
    setsid timeout --signal=KILL 1200 systemd-nspawn --quiet --directory=/ --volatile=yes --register=no --keep-unit \
        --private-network --boot --console=pipe --machine="retentiond$$" --overlay="/usr:$home/usr:/usr" \
        --bind="$home/room:/opt/room" --bind-ro=/var/lib/dpkg:/opt/dpkg --bind-ro="$1:/opt/packages" \
        --bind-ro="$home/units/room.target:/etc/systemd/system/room.target" \
        --bind-ro="$home/units/room.service:/etc/systemd/system/room.service" \
        systemd.unit=room.target </dev/null >"$home/console" 2>&1 9<&- &
    machine=$!
    # The console's end is an event, too: a container that cannot start here ends at once.
    (tail --pid="$machine" -f /dev/null; echo ended >"$home/room/events") 9<&- 2>/dev/null &
    watcher=$!
    ready=$(event '^(booted|ended)$' 120) || true
    if [ "$ready" != booted ]; then
        tail -n 5 "$home/console"
        skip "no systemd in a container here"
    fi
    init=$(pgrep -P "$(pgrep -P "$machine")")
    [ -n "$init" ] || skip "the container's first process was not found"
    # The packages that this machine has are there as well, because its /usr is; rights of groups that are not, are not.
    inside sh -c 'mkdir -p /var/lib/dpkg && cp -a /opt/dpkg/. /var/lib/dpkg/ && : >/var/lib/dpkg/statoverride'
    inside systemctl --quiet mask systemd-networkd-wait-online.service # there is no network to wait for
    inside rm -f /usr/sbin/policy-rc.d # of machines that start no services at all
}

shut_down() {
    if [ -n "${init:-}" ]; then
        kill -s RTMIN+4 "$init" 2>/dev/null || true
        # Where the script was interrupted: a container that ends stops what came in from outside, and waits for it.
        pkill -CONT --full "^nsenter -t $init " || true
    fi
    [ -z "${machine:-}" ] || wait "$machine" 2>/dev/null || true
    [ -z "${watcher:-}" ] || wait "$watcher" || true # it still writes to the events
    exec 9<&-
    rm -rf "$home"
}

# What happens to UNIT goes to the events: "started retentiond.service", "ended retentiond.service success exited 0".
watch_unit() {
    inside mkdir -p "/etc/systemd/system/$1.d"
    inside tee "/etc/systemd/system/$1.d/room.conf" >/dev/null <<-END
		[Service]
		ExecStartPost=+/bin/sh -c 'echo started $1 >/opt/room/events'
		ExecStopPost=+/bin/sh -c 'echo ended $1 \$SERVICE_RESULT \$EXIT_CODE \$EXIT_STATUS >/opt/room/events'
		RestartSec=100ms
	END
}
# What is here for the tests alone; dpkg need not wait for the disk.
install_package() {
    inside dpkg --force-unsafe-io -i "/opt/packages/$(basename "$1")"
}
property() {
    inside systemctl show --value --property "$2" "$1"
}
