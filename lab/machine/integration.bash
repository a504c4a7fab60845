# SPDX-License-Identifier: Apache-2.0
# Shell integration: how the harness knows, without guessing, that a command
# has ended, in which shell, and how. The same idea as in the terminals of
# editors (OSC 133): each prompt is preceded by an escape sequence that a
# screen does not show. It changes no command and no option that a reader's
# shell would not have, but for `pipefail`, line editing and the echo. The secret
# of the run is in a file on the lab's machines; DOCLAB_NONCE is for a shell
# outside of a lab.
__doclab_nonce=${DOCLAB_NONCE-}
if [[ -z $__doclab_nonce && -r /etc/doclab/nonce ]]; then
  read -r __doclab_nonce < /etc/doclab/nonce
fi
if [[ $- == *i* && -t 1 && -n $__doclab_nonce ]]; then
  set +o emacs +o vi            # commands arrive whole: no line editor needed
  set -o pipefail               # a pipeline counts as failed if any part fails
  set -o history; unset HISTFILE  # so that `!` means what it means to a reader
  stty -echo

  # Before each prompt: exit status of the last command, and of each part if it
  # was a pipeline; user and host, process, home, directory, jobs that still run.
  __doclab_prompt() {
    local status=("$?" "${PIPESTATUS[@]}") IFS=' '  # not that of the page
    local who='\u@\h' ready=$'\e]133;B;'"$__doclab_nonce"$'\a'
    # The first prompt of a shell has no command before it.
    [[ -n ${__doclab_ready-} ]] || status=()
    __doclab_ready=1
    # A page that does away with PROMPT_COMMAND is reported from within PS1.
    # No line is edited here, so none is wrapped.
    # shellcheck disable=SC2025
    PS1='${PROMPT_COMMAND[8]-$(__doclab_prompt)'"$ready}"
    PS2=$'\e]133;C;'"$__doclab_nonce"$'\a'
    # Armed only now: what start-up files do is not the page's business.
    trap '{ __doclab_error "$?" "${PIPESTATUS[@]}"; } 2> /dev/null' ERR
    local end=$'\a'"$ready" jobs='' home=${HOME-}
    # What bash says about jobs, and what commands of the page for the prompt print, comes
    # between this report and the end of PS1. Where there are none, one write will do.
    if [[ -n ${!-} || ${#PROMPT_COMMAND[@]} != 2 ]]; then
      PS1='${PROMPT_COMMAND[8]-$(__doclab_prompt)}'"$ready"
      end='' jobs=1
    fi
    printf '\e]133;D;%s;%s;%s;%s;%s;%s;%s' "$__doclab_nonce" "${status[*]}" "${who@P}" "$$" \
      "${home//[[:cntrl:];]/?}" "${PWD//[[:cntrl:]]/?}" "$end"
    [[ -z $jobs ]] || { jobs -pr; printf '\a'; }
  }
  # A command that fails in the middle of a list, where no prompt sees it.
  # 141 is a writer whose reader had enough, as in `… | head -1`.
  __doclab_error() {
    # What a shell does at logout is not the page's business.
    [[ ${BASH_SOURCE[*]} != *bash_logout* ]] || return 0
    local part failed='' IFS=' ' process='' group='' foreground=''
    # Nor is it a part of what is typed if a job in the background fails: its group of
    # processes is not the one to which the terminal belongs.
    { read -r process < "/proc/$BASHPID/stat"; } 2> /dev/null || true
    read -r _ _ group _ _ foreground _ <<< "${process##*) }" || true
    [[ $group == "$foreground" ]] || return 0
    # After `[[` and `((`, the parts are those of an earlier command.
    [[ " ${*:2} " == *" $1 "* ]] || set -- "$1" "$1"
    for part in "$@"; do [[ $part == 0 || $part == 141 ]] || failed=1; done
    [[ -z $failed ]] || printf '\e]133;E;%s;%s;%s\a' \
      "$__doclab_nonce" "${*:2}" "${BASH_COMMAND:0:1000}" > /dev/tty
  }
  set -o errtrace
  # Not the first element, which `PROMPT_COMMAND=…` on a page replaces. What
  # `set -x` says of this goes to standard error.
  PROMPT_COMMAND=([8]='' [9]='{ __doclab_prompt; } 2> /dev/null')
fi
