#compdef slyflow
# Completion of slyflow in zsh. As a file _slyflow in a folder of $fpath, or in ~/.zshrc after compinit:
# eval "$(slyflow completion zsh)"
_slyflow() {
    local word text described
    local -a closed open
    while IFS=$'\t' read -r word text; do
        described="${word//:/\\:}${text:+:$text}"
        if [[ $word == *[/=] ]]; then open+=("$described"); else closed+=("$described"); fi
    done < <("${${(Q)words[1]}/#\~/$HOME}" __complete zsh "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)
    _describe -t open slyflow open -S ''
    _describe -t closed slyflow closed
}
if [[ ${funcstack[1]} == _slyflow ]]; then _slyflow "$@"; else compdef _slyflow slyflow; fi
