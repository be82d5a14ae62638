/** Each runs whatever command was typed, so that it works for every installation. Values hold no tab, no blank, no line break (`completion.ts`). */
export const scripts = {
  bash: `_forgehold() {
  local value about
  COMPREPLY=()
  while IFS=$'\\t' read -r value about; do
    COMPREPLY+=("$value")
  done < <("\${COMP_WORDS[0]}" __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _forgehold forgehold
`,
  zsh: `#compdef forgehold
_forgehold() {
  local line
  local -a found
  for line in "\${(@f)$("\${words[1]}" __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    [[ -n $line ]] && found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  if (( $#found )); then _describe forgehold found; else _files; fi
}
compdef _forgehold forgehold
`,
  fish: `function __forgehold_complete
  set -l words (commandline -opc) (commandline -ct)
  $words[1] __complete -- $words[2..-1] 2>/dev/null
end
complete -c forgehold -a '(__forgehold_complete)'
`,
} as const;
