# bash completion for small-tool: source <(small-tool completion bash)
_small_tool() {
  local cur="${COMP_WORDS[COMP_CWORD]}" prev="${COMP_WORDS[COMP_CWORD-1]}" path="" words="" word
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$path $word" in
      " show") path=" show" ;;
      " export") path=" export" ;;
      " export helm") path=" export helm" ;;
      " export manifests") path=" export manifests" ;;
      " check") path=" check" ;;
      " completion") path=" completion" ;;
    esac
  done
  case "$path $prev" in
    " show -o"|" show --output") words="yaml json" ;;
    " show -f"|" show --file") words="" ;;
    " show --name") words="" ;;
    " export helm --dir") words="" ;;
    *)
      case "$path" in
        "") words="show export check completion" ;;
        " show") words="-o --output -f --file --name -q" ;;
        " export") words="helm manifests" ;;
        " export helm") words="--dir" ;;
        " export manifests") words="" ;;
        " check") words="-a" ;;
        " completion") words="bash zsh fish" ;;
      esac
      ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _small_tool small-tool
