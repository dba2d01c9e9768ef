#compdef small-tool
# zsh completion for small-tool: source <(small-tool completion zsh)
_small_tool() {
  local state line
  local -a commands
  commands=(
    'show:print what'\''s there'
    'export:export it'
    'check:check files'
    'completion:print a script'
  )
  _arguments -C '1: :->command' \
    '*:: :->arguments'
  case $state in
  command) _describe command commands ;;
  arguments)
    case $line[1] in
    show) _small_tool_show ;;
    export) _small_tool_export ;;
    check) _small_tool_check ;;
    completion) _small_tool_completion ;;
    esac
    ;;
  esac
}
_small_tool_show() {
  _arguments '*'{-o,--output}'[the format\: one \[of two\]]:value:(yaml json)' \
    '*'{-f,--file}'[a file]:path:_files' \
    '*'--name'[a name]:value: ' \
    '*'-q'[print nothing]'
}
_small_tool_export() {
  local state line
  local -a commands
  commands=(
    'helm:as values'
    'manifests:as manifests'
  )
  _arguments -C '1: :->command' \
    '*:: :->arguments'
  case $state in
  command) _describe command commands ;;
  arguments)
    case $line[1] in
    helm) _small_tool_export_helm ;;
    manifests) _small_tool_export_manifests ;;
    esac
    ;;
  esac
}
_small_tool_export_helm() {
  _arguments '*'--dir'[where to]:path:_files'
}
_small_tool_export_manifests() {
  :
}
_small_tool_check() {
  _arguments '*'-a'[all]' \
    '*:path:_files'
}
_small_tool_completion() {
  _arguments '1: :(bash zsh fish)'
}
compdef _small_tool small-tool
