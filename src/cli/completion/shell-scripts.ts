/** What makes a shell ask us at a press of Tab; where we know nothing, it offers files. */

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** Words are taken line by line as they are: no shell looks for a meaning in them. */
export const SCRIPTS: Record<Shell, string> = {
  bash: `# python-mcp completion bash > ~/.local/share/bash-completion/completions/python-mcp
_python_mcp() {
  local word
  COMPREPLY=()
  while IFS= read -r word; do COMPREPLY+=("$word"); done < <(
    python-mcp complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null
  )
}
complete -o default -F _python_mcp python-mcp
`,
  zsh: `#compdef python-mcp
# python-mcp completion zsh > a folder of your fpath, as _python-mcp
_python_mcp() {
  local -a found
  found=("\${(@f)$(python-mcp complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "$found[1]" ]]; then compadd -- "\${found[@]}"; else _files; fi
}
compdef _python_mcp python-mcp
`,
  fish: `# python-mcp completion fish > ~/.config/fish/completions/python-mcp.fish
complete -c python-mcp -a '(python-mcp complete -- (commandline -opc)[2..] (commandline -ct) 2>/dev/null)'
`,
};
