# fish completion for small-tool: small-tool completion fish | source
complete -c small-tool -f
complete -c small-tool -n __fish_use_subcommand -a show -d 'print what\'s there'
complete -c small-tool -n __fish_use_subcommand -a export -d 'export it'
complete -c small-tool -n __fish_use_subcommand -a check -d 'check files'
complete -c small-tool -n __fish_use_subcommand -a completion -d 'print a script'
complete -c small-tool -n '__fish_seen_subcommand_from show' -s o -l output -x -a 'yaml json' -d 'the format: one [of two]'
complete -c small-tool -n '__fish_seen_subcommand_from show' -s f -l file -r -F -d 'a file'
complete -c small-tool -n '__fish_seen_subcommand_from show' -l name -x -d 'a name'
complete -c small-tool -n '__fish_seen_subcommand_from show' -s q -d 'print nothing'
complete -c small-tool -n '__fish_seen_subcommand_from export; and not __fish_seen_subcommand_from helm manifests' -a helm -d 'as values'
complete -c small-tool -n '__fish_seen_subcommand_from export; and not __fish_seen_subcommand_from helm manifests' -a manifests -d 'as manifests'
complete -c small-tool -n '__fish_seen_subcommand_from export; and __fish_seen_subcommand_from helm' -l dir -r -F -d 'where to'
complete -c small-tool -n '__fish_seen_subcommand_from check' -F
complete -c small-tool -n '__fish_seen_subcommand_from check' -s a -d 'all'
complete -c small-tool -n '__fish_seen_subcommand_from completion' -a 'bash zsh fish'
