package io.bpfchain.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.agent.cli.render.Paint;
import io.bpfchain.agent.fleet.Fleet;
import io.bpfchain.agent.fleet.FleetNode;
import io.bpfchain.crds.CgroupProgramNodeSpec;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FleetDrainCommandTest {
    private final List<String> asked = new ArrayList<>();

    private static FleetNode node(int number) {
        return new FleetNode(
                "n" + number,
                "uid-" + number,
                new CgroupProgramNodeSpec("node-uid", true, List.of(), true),
                Optional.empty());
    }

    /** Nodes that are to be drained and never answer. */
    private Fleet fleet(int nodes) {
        List<FleetNode> all =
                IntStream.range(0, nodes).mapToObj(FleetDrainCommandTest::node).toList();
        return (Fleet) Proxy.newProxyInstance(
                Fleet.class.getClassLoader(), new Class<?>[] {Fleet.class}, (_, method, arguments) -> {
                    asked.add(method.getName());
                    return switch (method.getName()) {
                        case "nodes" -> all;
                        case "node" ->
                            all.stream()
                                    .filter(n -> n.name().equals(arguments[0]))
                                    .findFirst();
                        case "close" -> null;
                        default -> throw new UnsupportedOperationException(method.getName());
                    };
                });
    }

    private String drainAll(int nodes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream printed = new PrintStream(out, true, StandardCharsets.UTF_8);
        Console console = new Console(InputStream.nullInputStream(), printed, printed, Paint.PLAIN, Paint.PLAIN, false);
        List<String> line = List.of("kubectl", "drain", "--all", "--timeout", "1ms");
        new Main(new FakeMachine(new FakeHost(FakeHost.Mood.DOES), false), access -> fleet(nodes), Clock.systemUTC())
                .run(line, console, Commands.named(line));
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void fewNodesAreEachAskedForAndOfManyAllAreListed() {
        assertThat(drainAll(2)).contains("2 of 2 nodes did not say");
        assertThat(asked).filteredOn("node"::equals).hasSizeGreaterThanOrEqualTo(2);
        int lists = (int) asked.stream().filter("nodes"::equals).count();

        asked.clear();
        assertThat(drainAll(11)).contains("11 of 11 nodes did not say");
        assertThat(asked).doesNotContain("node");
        assertThat(asked).filteredOn("nodes"::equals).hasSizeGreaterThan(lists);
    }
}
