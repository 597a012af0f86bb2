/**
 * The completion scripts. Each calls `feedrate complete -- WORDS…`, which prints a candidate and its description per line,
 * and a last line with a directive: `:2` no space, `:4` no files, `:16` directories, `:0` files. For `--option=value`,
 * candidates begin after the last `=`. The scripts need no other package, such as bash-completion.
 */
import type { Shell } from './arguments.js';

// A `@{` below is the shell's `$` and `{`.

/** Bash splits words at `=` and `:`. The script joins them again, and returns only what follows the last of them. */
const BASH = String.raw`# bash completion for feedrate
__feedrate_complete() {
    local rest="@{COMP_LINE:0:COMP_POINT}" current='' word gap i
    local -a words=()
    for ((i = 0; i <= COMP_CWORD; i++)); do
        gap="@{rest%%[![:space:]]*}"
        rest="@{rest#"$gap"}"
        word="@{COMP_WORDS[i]}"
        ((i == COMP_CWORD)) && word="$rest"
        rest="@{rest#"$word"}"
        if [[ -n $gap || $i -eq 0 ]]; then words+=("$word"); else words[@{#words[@]} - 1]+="$word"; fi
    done
    words=("@{words[@]//[\"\'\\]/}")
    current="@{words[@{#words[@]} - 1]}"

    local -a lines=()
    mapfile -t lines < <(feedrate complete -- "@{words[@]:1}" 2>/dev/null)
    ((@{#lines[@]} > 0)) || return 0
    local directive="@{lines[@{#lines[@]} - 1]#:}" flag='' hidden=''
    unset "lines[@{#lines[@]} - 1]"
    if ((directive & 16)); then
        mapfile -t COMPREPLY < <(compgen -d -- "@{current##*=}")
        compopt -o filenames 2>/dev/null
        return 0
    fi
    if ((directive == 0)); then
        mapfile -t COMPREPLY < <(compgen -f -- "@{current##*=}")
        compopt -o filenames 2>/dev/null
        return 0
    fi
    [[ $current == -*=* ]] && flag="@{current%=*}="
    for i in = :; do
        if [[ $COMP_WORDBREAKS == *"$i"* && $current == *"$i"* ]]; then
            word="@{current%"$i"*}$i"
            ((@{#word} > @{#hidden})) && hidden="$word"
        fi
    done
    COMPREPLY=()
    for word in "@{lines[@]}"; do
        word="$flag@{word%%$'\t'*}"
        [[ $word == "$current"* ]] || continue
        word="@{word#"$hidden"}"
        [[ $word == *[!A-Za-z0-9_./=:,@%+~-]* ]] && printf -v word %q "$word"
        COMPREPLY+=("$word")
    done
    ((directive & 2)) && compopt -o nospace 2>/dev/null
    compopt -o nosort 2>/dev/null
    return 0
}
complete -F __feedrate_complete feedrate`;

const ZSH = String.raw`#compdef feedrate
_feedrate() {
    local -a lines values descriptions options
    local line directive
    lines=("@{(@f)$(feedrate complete -- "@{(@Q)words[2,CURRENT]}" 2>/dev/null)}")
    directive="@{lines[-1]#:}"
    [[ "@{words[CURRENT]}" == -*=* ]] && compset -P '*='
    if (( directive & 16 )); then _files -/; return; fi
    if (( directive == 0 )); then _files; return; fi
    for line in "@{(@)lines[1,-2]}"; do
        [[ -n $line ]] || continue
        values+=("@{line%%$'\t'*}")
        descriptions+=("@{line/$'\t'/  -- }")
    done
    (( directive & 2 )) && options+=(-S '')
    compadd -V feedrate -l -d descriptions "@{options[@]}" -a values
}
if [[ "@{funcstack[1]}" == _feedrate ]]; then
    _feedrate "$@"
else
    (( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
    compdef _feedrate feedrate
fi`;

const FISH = String.raw`# fish completion for feedrate
function __feedrate_complete
    set -l words (commandline -opc)
    set -l current (string unescape -- (commandline -ct))
    set -l lines (feedrate complete -- $words[2..-1] "$current" 2>/dev/null)
    switch "$lines[-1]"
        case :16
            __fish_complete_directories (string replace -r -- '^-.*=' '' "$current")
        case :0
            __fish_complete_path (string replace -r -- '^-.*=' '' "$current")
        case '*'
            set -l flag (string match -r -- '^-.*=' "$current")
            for line in $lines[1..-2]
                printf '%s%s\n' "$flag" $line
            end
    end
end
complete -c feedrate -e
complete -c feedrate -f -k -a '(__feedrate_complete)'`;

/** Returns the script for a shell. */
export function completionScript(shell: Shell): string {
  // In a template of JavaScript, the shell's own braces would be substituted.
  return { bash: BASH, zsh: ZSH, fish: FISH }[shell].replaceAll('@{', `${'$'}{`);
}
