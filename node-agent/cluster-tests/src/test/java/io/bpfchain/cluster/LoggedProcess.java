package io.bpfchain.cluster;

import java.nio.file.Path;
import java.util.List;

/** Processes of ours that write their log into a file. */
final class LoggedProcess {
    private static final String OPERATORS = "ch.qos.logback.classic.spi.LogbackServiceProvider";
    private static final String AGENTS = "io.bpfchain.agent.log.LineLogging";

    private LoggedProcess() {}

    /** One of the operator's. */
    static ProcessBuilder operator(Path log, List<String> command) {
        return of(log, OPERATORS, command);
    }

    /** One of the agent's. */
    static ProcessBuilder agent(Path log, List<String> command) {
        return of(log, AGENTS, command);
    }

    private static ProcessBuilder of(Path log, String provider, List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().put("JDK_JAVA_OPTIONS", "-Dslf4j.provider=" + provider);
        return builder;
    }
}
