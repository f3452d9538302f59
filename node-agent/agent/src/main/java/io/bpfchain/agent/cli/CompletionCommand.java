package io.bpfchain.agent.cli;

import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.PositionalParamSpec;

/** {@code bpfchain completion}. */
final class CompletionCommand {
    /** Shells; the script finds out itself which one reads it. */
    enum Shell {
        bash,
        zsh
    }

    /** What is behind the command's words is known to the machine only, which is asked when somebody wants it completed. */
    private static final String NAMES = """

            # Names of chains and maps: what is running is asked for, without a word where that is not permitted.
            _bpfchain_column() {
              bpfchain get "${@:2}" 2>/dev/null | awk -v column="$1" 'NR > 1 { print $column }'
            }

            _bpfchain_with_names() {
              _complete_bpfchain
              local current="${COMP_WORDS[COMP_CWORD]}" words=() word names=""
              for word in "${COMP_WORDS[@]:1:$((COMP_CWORD - 1))}"; do
                [[ $word == -* ]] || words+=("$word")
              done
              [[ $current == -* ]] && return
              case "${#words[@]} ${words[*]:0:2}" in
                "2 describe chain" | "2 history chain" | "2 rollback chain" | "2 get maps" | "2 dump map" \\
                  | *" delete chain" | *" get chains" | *" get chain") names=$(_bpfchain_column 1 chains) ;;
                "3 dump map") names=$(_bpfchain_column 2 maps "${words[@]:2:1}") ;;
              esac
              if [ -n "$names" ]; then
                COMPREPLY=($(compgen -W "$names" -- "$current"))
              fi
            }

            complete -F _bpfchain_with_names -o default bpfchain
            """;

    private CompletionCommand() {}

    static CommandLine line(Session session, Supplier<CommandLine> root) {
        // Checked by the parser; one script serves both.
        PositionalParamSpec shell = Described.parameter(0)
                .type(Shell.class)
                .paramLabel("SHELL")
                .description("bash or zsh.")
                .build();
        Callable<Integer> print = () -> {
            session.console().out().print(AutoComplete.bash("bpfchain", root.get()));
            session.console().out().print(NAMES);
            return ExitCode.DONE.number();
        };
        return new Described("completion", print, "Prints a script that completes commands and options in a shell.")
                .takes(shell)
                .examples(
                        "  bpfchain completion bash > /etc/bash_completion.d/bpfchain",
                        "  source <(bpfchain completion zsh)")
                .line();
    }
}
