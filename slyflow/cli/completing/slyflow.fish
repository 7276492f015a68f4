# Completion of slyflow in fish. In ~/.config/fish/config.fish: slyflow completion fish | source
function __slyflow_complete
    set -l before (commandline -opc)
    set -l current (commandline -ct)
    $before[1] __complete fish $before[2..-1] (string unescape -- "$current"; or string trim -lc '"\'' -- "$current") 2>/dev/null
end
complete -c slyflow -f -k -a '(__slyflow_complete)'
