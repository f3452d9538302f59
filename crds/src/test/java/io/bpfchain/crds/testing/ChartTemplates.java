package io.bpfchain.crds.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The project's chart, rendered by a real Helm. */
public final class ChartTemplates {
    private ChartTemplates() {}

    /** One template for an installation in a namespace, as YAML. */
    public static String render(String namespace, String template) {
        return run("""
                scripts/cluster-tools helm4 >&2
                exec "$(scripts/cluster-tools --where)/helm4" template bpfchain helm/bpfchain --namespace "$0" --show-only "$1"
                """, namespace, template);
    }

    private static String run(String script, String... arguments) {
        List<String> command = new ArrayList<>(List.of("bash", "-euc", script));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(ClusterScript.project().toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        try {
            Process process = builder.start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int status = process.waitFor();
            if (status != 0) {
                throw new IllegalStateException("helm template ended with " + status + "; what it said is above");
            }
            return output;
        } catch (IOException e) {
            throw new IllegalStateException("run helm", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while Helm ran", e);
        }
    }
}
