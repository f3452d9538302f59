package io.bpfchain.agent.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.concurrent.Callable;
import picocli.CommandLine;

/** {@code bpfchain version}. */
final class VersionCommand implements Callable<Integer> {
    private final Session session;

    private final OutputOption output = new OutputOption();

    VersionCommand(Session session) {
        this.session = session;
    }

    CommandLine line() {
        return new Described("version", this, "Shows the versions of bpfchain, its Java runtime and this kernel.")
                .takes(output.option())
                .examples("  bpfchain version", "  bpfchain version -o json")
                .line();
    }

    @Override
    public Integer call() {
        String java = Runtime.version().toString();
        String kernel = System.getProperty("os.version");
        String architecture = System.getProperty("os.arch");
        return session.show(
                        output,
                        () -> "bpfchain " + ProductVersion.text() + "\nJava " + java + "\nLinux " + kernel + " "
                                + architecture + "\n",
                        () -> JsonNodeFactory.instance
                                .objectNode()
                                .put("version", ProductVersion.text())
                                .put("apiVersion", "bpfchain.io/v1alpha1")
                                .put("java", java)
                                .put("kernel", kernel)
                                .put("architecture", architecture))
                .number();
    }
}
