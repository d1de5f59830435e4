#include "cli/completion.hpp"

namespace hoist::cli {

std::string_view bash_completion() {
  return R"(# bash completion for hoist

_hoist() {
  local tab=$'\t' kind= line= word= current= prefix= i
  local -a words=()
  COMPREPLY=()
  # bash cuts words at '=' and ':'; what it cut is put together again.
  for ((i = 1; i <= COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    if ((${#words[@]} > 0)) && [[ $word == [=:] || ${COMP_WORDS[i-1]} == [=:] ]]; then
      words[${#words[@]}-1]+=$word
    else
      words+=("$word")
    fi
  done
  current=${words[${#words[@]}-1]}
  # An answer takes the place of what comes after the last cut.
  case ${COMP_WORDS[COMP_CWORD]} in
    [=:]) prefix=$current ;;
    *) prefix=${current%"${COMP_WORDS[COMP_CWORD]}"} ;;
  esac
  while IFS= read -r line; do
    if [[ -z $kind ]]; then
      kind=$line
    elif [[ $line == "$current"* ]]; then
      word=${line%%"$tab"*}
      COMPREPLY+=("${word#"$prefix"}")
    fi
  done < <("${COMP_WORDS[0]/#\~/$HOME}" __complete -- "${words[@]}" 2>/dev/null)
  case $kind in
    files) i=-f ;;
    directories) i=-d ;;
    *) return ;;
  esac
  while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen "$i" -- "${current#"$prefix"}")
  compopt -o filenames 2>/dev/null
}

complete -F _hoist hoist
)";
}

std::string_view zsh_completion() {
  return R"(#compdef hoist

_hoist() {
  local line
  local -a answer found
  answer=("${(@f)$(${(Q)~words[1]} __complete -- "${(@Q)words[2,CURRENT-1]}" "$IPREFIX$PREFIX" 2>/dev/null)}")
  case $answer[1] in
    files) compset -P '-*='; _files ;;
    directories) compset -P '-*='; _path_files -/ ;;
    words)
      for line in $answer[2,-1]; do
        # _describe reads "word:help".
        line=${line//:/\\:}
        found+=(${line/$'\t'/:})
      done
      _describe -V hoist found ;;
  esac
}

if [[ ${funcstack[1]} == _hoist ]]; then _hoist "$@"; else compdef _hoist hoist; fi
)";
}

std::string_view fish_completion() {
  return R"(# fish completion for hoist

function __hoist_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l program $words[1]
    set -e words[1]
    set -l answer ($program __complete -- $words "$current" 2>/dev/null)
    set -l prefix (string match -r -- '^-[^=]*=' "$current")
    switch "$answer[1]"
        case files
            __fish_complete_path (string replace -- "$prefix" '' "$current") | string replace -r -- '^' "$prefix"
        case directories
            __fish_complete_directories (string replace -- "$prefix" '' "$current") '' | string replace -r -- '^' "$prefix"
        case words
            set -e answer[1]
            string join \n -- $answer
    end
end

complete -c hoist -f -k -a '(__hoist_complete)'
)";
}

}  // namespace hoist::cli
