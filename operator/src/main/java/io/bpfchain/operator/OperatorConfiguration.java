package io.bpfchain.operator;

import io.bpfchain.operator.registry.RegistryAccess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.regex.Pattern;

/**
 * What the operator is told by its environment, read once.
 *
 * @param namespace where revisions, bytes, the Lease and the operator's own state are
 * @param lease the name of the Lease by which one of several operators leads
 * @param identity of this process, unique among them
 * @param httpPort for health, readiness and metrics; 0: any free one
 * @param threads how many objects are reconciled at a time, of all kinds together
 * @param nodeGone for how long a Node must be gone before its object is removed
 * @param registries how registries are reached
 */
public record OperatorConfiguration(
        String namespace,
        String lease,
        String identity,
        int httpPort,
        int threads,
        Duration nodeGone,
        RegistryAccess registries) {
    /** A configuration, or all that is wrong with it. */
    public sealed interface Result {
        record Valid(OperatorConfiguration configuration) implements Result {}

        record Invalid(List<String> problems) implements Result {}
    }

    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

    /** Reads the environment. */
    public static Result read(Map<String, String> environment) {
        Reader reader = new Reader(environment);
        OperatorConfiguration configuration = new OperatorConfiguration(
                reader.label("BPFCHAIN_NAMESPACE", Optional.empty()),
                reader.label("BPFCHAIN_LEASE", Optional.of("bpfchain-operator")),
                reader.text("BPFCHAIN_IDENTITY"),
                reader.number("BPFCHAIN_HTTP_PORT", 8080, n -> n >= 0 && n <= 65_535, "a port from 0 to 65535"),
                reader.number("BPFCHAIN_THREADS", 10, n -> n >= 1 && n <= 256, "a number from 1 to 256"),
                Duration.ofSeconds(
                        reader.number("BPFCHAIN_NODE_GONE_SECONDS", 600, n -> n >= 1, "a number of seconds")),
                new RegistryAccess(
                        reader.file("BPFCHAIN_REGISTRY_CREDENTIALS"),
                        reader.file("BPFCHAIN_REGISTRY_AUTHORITIES"),
                        reader.list("BPFCHAIN_PLAIN_HTTP_REGISTRIES")));
        return reader.problems.isEmpty() ? new Result.Valid(configuration) : new Result.Invalid(reader.problems);
    }

    private static final class Reader {
        private final Map<String, String> environment;
        private final List<String> problems = new ArrayList<>();

        Reader(Map<String, String> environment) {
            this.environment = environment;
        }

        private Optional<String> get(String name) {
            return Optional.ofNullable(environment.get(name)).filter(v -> !v.isBlank());
        }

        String text(String name) {
            return get(name).orElseGet(() -> missing(name));
        }

        String label(String name, Optional<String> otherwise) {
            String value = get(name).or(() -> otherwise).orElseGet(() -> missing(name));
            if (!value.isEmpty() && !LABEL.matcher(value).matches()) {
                problems.add(name + "=" + value + " is not a DNS label: a-z, 0-9 and -");
            }
            return value;
        }

        Optional<Path> file(String name) {
            Optional<Path> file = get(name).map(Path::of);
            file.filter(f -> !Files.isReadable(f))
                    .ifPresent(f -> problems.add(name + "=" + f + " is not a readable file"));
            return file;
        }

        Set<String> list(String name) {
            return get(name).map(v -> Set.of(v.strip().split("\\s*,\\s*"))).orElse(Set.of());
        }

        int number(String name, int otherwise, IntPredicate valid, String what) {
            Optional<String> value = get(name);
            if (value.isEmpty()) {
                return otherwise;
            }
            try {
                int number = Integer.parseInt(value.get());
                if (valid.test(number)) {
                    return number;
                }
            } catch (NumberFormatException e) {
                // Told below, like any other value that is not what it must be.
            }
            problems.add(name + "=" + value.get() + " is not " + what);
            return otherwise;
        }

        private String missing(String name) {
            problems.add(name + " is not set");
            return "";
        }
    }
}
