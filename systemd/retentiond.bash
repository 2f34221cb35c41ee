# Completion of retentiond for bash. Commands and options are asked of the program itself, so they cannot go stale.

_retentiond_options() {
    retentiond "$@" --help 2>/dev/null | sed -nE 's/^ +(-h \[ )?(--[a-z-]+).*/\2/p'
}

# Names only: as the daemon knows them, where it may be asked; otherwise none.
_retentiond_categories() {
    timeout 2 retentiond status --format json 2>/dev/null |
        grep -oE '"category": *"[A-Za-z0-9_-]+"' | sed -E 's/.*"([^"]*)"$/\1/' | sort -u
}

_retentiond() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} commands command=() formats="text json"
    COMPREPLY=()
    case $before in
    --config | --output | --socket)
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
        return
        ;;
    --directory)
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -d -- "$word")
        return
        ;;
    --format)
        [ "${COMP_WORDS[1]}" != report ] || formats="text json csv"
        mapfile -t COMPREPLY < <(compgen -W "$formats" -- "$word")
        return
        ;;
    --log-format) mapfile -t COMPREPLY < <(compgen -W "journal text json" -- "$word") && return ;;
    --category) mapfile -t COMPREPLY < <(compgen -W "$(_retentiond_categories)" -- "$word") && return ;;
    --as-of | --until) mapfile -t COMPREPLY < <(compgen -W "$(date +%F)" -- "$word") && return ;;
    --key | --limit | --last | --run | --event | --ground | --subject) return ;;
    esac
    commands=$(retentiond --help 2>/dev/null | sed -nE '/^Commands:/,/^$/s/^  ([a-z]+( [a-z]+)?)  .*/\1/p')
    if [ "$COMP_CWORD" -eq 1 ]; then
        mapfile -t COMPREPLY < <(compgen -W "$(cut -d' ' -f1 <<<"$commands" | sort -u) --help --version" -- "$word")
        return
    fi
    command=("${COMP_WORDS[1]}")
    if grep -q "^${COMP_WORDS[1]} " <<<"$commands"; then # audit verify, hold place
        if [ "$COMP_CWORD" -eq 2 ]; then
            mapfile -t COMPREPLY < <(compgen -W "$(sed -n "s/^${COMP_WORDS[1]} //p" <<<"$commands")" -- "$word")
            return
        fi
        command+=("${COMP_WORDS[2]}")
    fi
    if [[ $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$(_retentiond_options "${command[@]}")" -- "$word")
    elif [[ ${command[0]} == purge || ${command[0]} == approve ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$(_retentiond_categories)" -- "$word")
    fi
}
complete -F _retentiond retentiond
