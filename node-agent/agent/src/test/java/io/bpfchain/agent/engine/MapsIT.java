package io.bpfchain.agent.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.bpfchain.agent.ApplyOutcome;
import io.bpfchain.agent.ChainStatus;
import io.bpfchain.agent.KeptRevision;
import io.bpfchain.agent.MapDump;
import io.bpfchain.agent.cli.render.MapDumpText;
import io.bpfchain.agent.cli.render.Markup;
import io.bpfchain.agent.state.Digests;
import io.bpfchain.crds.MapSpec;
import io.bpfchain.kernel.MapHandle;
import io.bpfchain.kernel.testing.Commands;
import io.bpfchain.planner.AttachType;
import io.bpfchain.planner.EntryId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Maps over versions, between chains, and with declared contents. */
class MapsIT extends OneHost {
    @Test
    void carriesTheCountersOverToTheNewVersion() {
        host.apply(Chains.yaml("fw", host, Chains.object(1), "first"));
        int before = host.host().chain("fw").orElseThrow().maps().getFirst().id();

        host.apply(Chains.yaml("fw", host, Chains.object(2), "first"));

        assertThat(host.host().chain("fw").orElseThrow().maps().getFirst().id()).isEqualTo(before);
        assertThat(host.host().chain("fw").orElseThrow().state()).isEqualTo("Running");
    }

    @Test
    void plansWhichMapsAreKeptAndWhichStartAnew() {
        host.apply(Chains.yaml("fw", host, Chains.object(1), "first"));

        assertThat(planned(Chains.yaml("fw", host, Chains.object(2), "first")))
                .containsExactly("map counters: kept with its contents");
        assertThat(planned(Chains.withMap("fw", host, Chains.object(2), "first", "{name: counters, onUpdate: Fresh}")))
                .containsExactly("map counters: starts anew");
    }

    /** Only the author knows what the bytes of a map without types mean, so only an explicit choice carries it over. */
    @Test
    void keepsAMapThatCannotBeComparedOnlyWhereTheChainSaysKeep() {
        host.apply(Chains.withMap("fw", host, Chains.untyped(1, 4), "first", "{name: counters, pin: true}"));
        int before = host.host().chain("fw").orElseThrow().maps().getFirst().id();

        ApplyOutcome.Problem unasked = refusal(host.tryApply(
                Chains.withMap("fw", host, Chains.untyped(2, 4), "first", "{name: counters, pin: true}")));
        host.apply(Chains.withMap("fw", host, Chains.untyped(2, 4), "first", "{name: counters, onUpdate: Keep}"));

        assertThat(unasked.reason()).isEqualTo("MapCannotBeKept");
        assertThat(unasked.remedy())
                .isEqualTo(
                        "Say onUpdate: Keep for this map if the new version may use the live one as it is, or onUpdate:"
                                + " Fresh if its contents may be lost.");
        assertThat(host.host().chain("fw").orElseThrow().maps().getFirst().id()).isEqualTo(before);
    }

    @Test
    void refusesKeepWhereTheDefinitionChangedAndNamesTheChoice() {
        host.apply(Chains.withMap("fw", host, Chains.untyped(1, 4), "first", "{name: counters}"));

        ApplyOutcome.Problem asked = refusal(host.tryApply(
                Chains.withMap("fw", host, Chains.untyped(1, 8), "first", "{name: counters, onUpdate: Keep}")));
        ApplyOutcome.Problem unasked =
                refusal(host.tryApply(Chains.withMap("fw", host, Chains.untyped(1, 8), "first", "{name: counters}")));

        assertThat(asked.text())
                .startsWith(
                        "chain.yaml:11: chain fw: spec.objects[0].maps[0]: carry map counters of object main of chain fw over")
                .contains("max_entries");
        assertThat(asked.remedy()).startsWith("The chain says onUpdate: Keep for this map, which cannot be done; ");
        assertThat(unasked.remedy()).isEqualTo("Say onUpdate: Fresh for this map if its contents may be lost.");
    }

    private List<String> planned(String yaml) {
        ApplyOutcome.Done done = (ApplyOutcome.Done) host.plan(yaml);
        return done.chains().getFirst().maps().stream()
                .map(ApplyOutcome.MapChange::text)
                .toList();
    }

    /** A new version over a kept map whose entries change too: one line about the map, which says both. */
    @Test
    void saysOnceWhatBecomesOfAMap(@TempDir Path folder) throws IOException {
        String first = Chains.withEntries(host, "{key: 10.0.0.0/8, value: 1}");
        host.apply(first);
        String object = first.replaceAll("(?s).*file: \\{path: ([^}]*)\\}.*", "$1");
        Path next = folder.resolve("next.o");
        Files.copy(Path.of(object), next);
        Files.write(next, new byte[1], StandardOpenOption.APPEND);

        assertThat(planned(first.replace(object, next.toString())))
                .containsExactly("map blocked: kept with its contents");
        assertThat(planned(
                        Chains.withEntries(host, "{key: 10.0.0.0/8, value: 2}").replace(object, next.toString())))
                .containsExactly("map blocked: 1 entry changes");
    }

    /** Too long to stand in a chain file, so the file refers to what the machine keeps, in the format in which it was. */
    @Test
    void printsARevisionWithItsOwnCopyOfALongList(@TempDir Path folder) throws IOException {
        for (String name : List.of("list.txt", "list.yaml")) {
            Path list = folder.resolve(name);
            Files.writeString(
                    list,
                    IntStream.rangeClosed(0, 1000)
                            .mapToObj(i -> name.endsWith(".txt") ? i + " 1\n" : "- {key: " + i + ", value: 1}\n")
                            .collect(Collectors.joining()));
            String map = "{name: listed, entriesFrom: {file: {path: " + list + "}}}";
            host.apply(Chains.withMap("fw", host, Chains.listed(), "filter", map));
            Files.delete(list);

            KeptRevision revision = host.host()
                    .revision("fw", host.host().chain("fw").orElseThrow().revision())
                    .orElseThrow();
            MapSpec.EntriesFrom from = Objects.requireNonNull(
                    revision.spec().objects().getFirst().maps().getFirst().entriesFrom());
            assertThat(host.plan(Chains.withMap(
                            "fw", host, Chains.listed(), "filter", map.replace(list.toString(), from.place()))))
                    .as(name)
                    .isInstanceOfSatisfying(
                            ApplyOutcome.Done.class,
                            d -> assertThat(d.chains().getFirst().maps()).isEmpty());
        }
    }

    @Test
    void changesDeclaredEntriesInPlaceAndLeavesTheProgram() {
        host.apply(Chains.withEntries(host, "{key: 10.0.0.0/8, value: 1}"));
        List<EntryId> before = host.list(EGRESS);

        ApplyOutcome.Done done =
                host.apply(Chains.withEntries(host, "{key: 10.0.0.0/8, value: 1}, {key: 192.168.0.0/16, value: 1}"));

        assertThat(changed(done)).containsExactly("+ \"192.168.0.0/16\" = 1");
        assertThat(host.list(EGRESS)).isEqualTo(before);
        MapDump dump = host.host().dump("fw", "blocked");
        assertThat(dump).isInstanceOf(MapDump.Contents.class);
        assertThat(((MapDump.Contents) dump).items())
                .extracting(i -> i.key().asText())
                .containsExactlyInAnyOrder("10.0.0.0/8", "192.168.0.0/16");
    }

    @Test
    void swapsDeclaredEntriesInWithTheProgramWhenAskedTo() {
        host.apply(Chains.withEntries(host, "{key: 10.0.0.0/8, value: 1}", "onEntriesChange: WithProgram"));
        List<EntryId> before = host.list(EGRESS);
        int map = host.host().chain("fw").orElseThrow().maps().getFirst().id();

        host.apply(Chains.withEntries(host, "{key: 10.1.0.0/16, value: 1}", "onEntriesChange: WithProgram"));

        assertThat(host.list(EGRESS)).hasSize(1).isNotEqualTo(before);
        assertThat(host.host().chain("fw").orElseThrow().maps().getFirst().id()).isNotEqualTo(map);
    }

    @Test
    void sharesAMapBetweenChainsByName() {
        host.apply(Chains.sharing("a", host, "first"));
        host.apply(Chains.sharing("b", host, "second"));

        assertThat(host.host().chain("a").orElseThrow().maps().getFirst().id())
                .isEqualTo(
                        host.host().chain("b").orElseThrow().maps().getFirst().id());
    }

    /** Contents that change in place need no load; another user's contents are not rewritten behind its back all the same. */
    @Test
    void changesTheEntriesOfASharedMapOnlyForAllOfItsUsers() {
        String first = "{key: 10.0.0.0/8, value: 1}";
        String second = "{key: 192.168.0.0/16, value: 2}";
        host.apply(sharing("a", first) + "---\n" + sharing("b", first));

        ApplyOutcome alone = host.tryApply(sharing("a", second));
        ApplyOutcome planned = host.plan(sharing("a", second));

        for (ApplyOutcome outcome : List.of(alone, planned)) {
            assertThat(outcome)
                    .isInstanceOfSatisfying(
                            ApplyOutcome.Refused.class,
                            r -> assertThat(r.problems()).singleElement().satisfies(p -> {
                                assertThat(p.reason()).isEqualTo("SharedMapDiffers");
                                assertThat(p.text()).contains("chain a: spec.objects[0].maps[0]", "of chain b");
                                assertThat(p.remedy()).contains("apply them together");
                            }));
        }
        assertThat(keys("b")).containsExactly("10.0.0.0/8");
        assertThat(host.apply(sharing("a", first)).chains().getFirst().verb()).isEqualTo("unchanged");

        host.apply(sharing("a", second) + "---\n" + sharing("b", second));
        assertThat(keys("b")).containsExactly("192.168.0.0/16");
        host.host().delete(List.of("b"), TestHost.ANYHOW, TestHost.SILENT);
        host.apply(sharing("a", first));
        assertThat(keys("a")).containsExactly("10.0.0.0/8");
    }

    private String sharing(String chain, String entries) {
        return Chains.withMap(
                chain, host, Chains.trie(), "filter", "{name: blocked, sharedAs: blocked, entries: [" + entries + "]}");
    }

    private List<String> keys(String chain) {
        return ((MapDump.Contents) host.host().dump(chain, "blocked"))
                .items().stream().map(i -> i.key().asText()).toList();
    }

    @Test
    void refusesSwappedEntriesThatMoreThanOneHookUses() {
        host.cgroup().child("a");
        host.cgroup().child("b");

        ApplyOutcome outcome =
                host.tryApply(Chains.withEntries(host, "{key: 10.0.0.0/8, value: 1}", "onEntriesChange: WithProgram")
                        .replace(host.cgroup().path(), host.cgroup().path() + "/*"));

        assertThat(outcome)
                .isInstanceOfSatisfying(
                        ApplyOutcome.Refused.class,
                        r -> assertThat(r.problems().getFirst().reason()).isEqualTo("MapUsedMoreThanOnce"));
        assertThat(host.instances()).isEmpty();
    }

    @Test
    void sharesAMapBetweenAnEgressAndAnIngressChain() {
        host.apply(Chains.sharing("out", host, "first"));
        host.apply(ingress(4));

        ChainStatus out = host.host().chain("out").orElseThrow();
        ChainStatus in = host.host().chain("in").orElseThrow();
        assertThat(in.maps().getFirst().id()).isEqualTo(out.maps().getFirst().id());
        host.host().delete(List.of("out"), TestHost.ANYHOW, TestHost.SILENT);
        host.apply(Chains.sharing("out", host, "first"));

        assertThat(host.host().chain("out").orElseThrow().maps().getFirst().id())
                .as("the other chain kept the map alive")
                .isEqualTo(in.maps().getFirst().id());
    }

    @Test
    void refusesToShareAMapThatIsDefinedOtherwiseAndNamesBoth() {
        host.apply(Chains.sharing("out", host, "first"));

        ApplyOutcome outcome = host.tryApply(ingress(8));

        assertThat(refusal(outcome).reason()).isEqualTo("SharedMapDiffers");
        assertThat(refusal(outcome).message())
                .startsWith("share map counters of object main of chain in with map counters of chain out: ")
                .contains("max_entries");
        assertThat(host.list(AttachType.CGROUP_INET_INGRESS)).isEmpty();
    }

    private String ingress(int capacity) {
        return Chains.withMap("in", host, Chains.ingress(capacity), "entering", "{name: counters, sharedAs: totals}")
                .replace("cgroup_inet_egress", "cgroup_inet_ingress");
    }

    @Test
    void givesAMapAStablePathThatFollowsTheVersionsAndGoesWithTheChain() {
        Path stable = host.bpffs().resolve("bpfchain/by-chain/fw/counters");
        String pinned = "{name: counters, onUpdate: Fresh, pin: true}";
        host.apply(Chains.withMap("fw", host, Chains.object(1), "first", pinned));
        int before = idOf(stable);
        assertThat(before)
                .isEqualTo(
                        host.host().chain("fw").orElseThrow().maps().getFirst().id());

        host.apply(Chains.withMap("fw", host, Chains.object(2), "first", pinned));
        int after = idOf(stable);
        host.host().delete(List.of("fw"), TestHost.ANYHOW, TestHost.SILENT);

        assertThat(after).isNotEqualTo(before);
        assertThat(stable).doesNotExist();
    }

    private static int idOf(Path pin) {
        try (MapHandle map = MapHandle.open(pin)) {
            return map.info().id();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void readsEntriesFromAFileAndChangesWhatDiffers(@TempDir Path directory) throws IOException {
        Path list = directory.resolve("blocked.txt");
        String yaml = Chains.withEntries(host, "").replace("entries: []", "entriesFrom: {file: {path: " + list + "}}");
        Files.writeString(list, "# two networks\n10.0.0.0/8 1\n192.168.0.0/16 1\n");
        host.apply(yaml);
        List<EntryId> before = host.list(EGRESS);
        Files.writeString(list, "10.0.0.0/8 1\n172.16.0.0/12 1\n");

        ApplyOutcome.Done done = host.apply(yaml);

        assertThat(changed(done)).containsExactly("+ \"172.16.0.0/12\" = 1", "- \"192.168.0.0/16\" = 1");
        assertThat(host.list(EGRESS)).isEqualTo(before);
        assertThat(((MapDump.Contents) host.host().dump("fw", "blocked")).items())
                .extracting(i -> i.key().asText())
                .containsExactlyInAnyOrder("10.0.0.0/8", "172.16.0.0/12");
    }

    /** To read what never ends, or never begins, would hold the writer lock for ever. */
    @ParameterizedTest
    @ValueSource(strings = {"pipe", "/dev/zero"})
    @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void refusesEntriesFromWhatIsNoFile(String name, @TempDir Path directory) {
        Path list = directory.resolve(name);
        if (!Files.exists(list)) {
            Commands.run("mkfifo", list.toString());
        }

        ApplyOutcome outcome = host.tryApply(
                Chains.withEntries(host, "").replace("entries: []", "entriesFrom: {file: {path: " + list + "}}"));

        assertThat(outcome)
                .isInstanceOfSatisfying(
                        ApplyOutcome.Refused.class,
                        r -> assertThat(r.problems()).singleElement().satisfies(p -> {
                            assertThat(p.kind()).isEqualTo(ApplyOutcome.Problem.Kind.INVALID);
                            assertThat(p.text()).endsWith("read entries from " + list + ": not a regular file");
                        }));
    }

    /** What dump prints is a file of entries as it is: per-CPU values, numbers beyond 63 bits and words like on included. */
    @Test
    void dumpsAMapSoThatItCanBeUsedAsAFileOfEntries(@TempDir Path directory) throws IOException {
        String yaml = Chains.withMap(
                "fw",
                host,
                Chains.settings(),
                "first",
                "{name: settings, entries: [{key: 1, value: {limit: \"18446744073709551615\", \"on\": true, label: \"yes\"}},"
                        + " {key: 2, value: {label: \"010\"}}]}");
        host.apply(yaml);
        MapDump.Contents contents = (MapDump.Contents) host.host().dump("fw", "settings");
        List<EntryId> before = host.list(EGRESS);
        for (String name : List.of("settings.yaml", "settings.json")) {
            Path file = directory.resolve(name);
            Files.writeString(
                    file,
                    name.endsWith("json")
                            ? Markup.json(MapDumpText.document(contents))
                            : Markup.yaml(MapDumpText.document(contents)));

            ApplyOutcome.Done done =
                    host.apply(yaml.replaceAll("entries: \\[.*\\]", "entriesFrom: {file: {path: " + file + "}}"));

            assertThat(done.chains().getFirst().maps())
                    .as(Files.readString(file))
                    .isEmpty();
            assertThat(host.list(EGRESS)).isEqualTo(before);
        }
        assertThat(contents.items()).hasSize(2);
    }

    @Test
    void replacesTheProgramWhenAGlobalChanges() {
        host.apply(global("longest: 1000"));
        List<EntryId> before = host.list(EGRESS);

        ApplyOutcome.Done done = host.apply(global("longest: 900"));

        assertThat(done.chains().getFirst().hooks().getFirst().steps())
                .singleElement()
                .satisfies(s -> assertThat(s.action()).isEqualTo("replace"));
        assertThat(host.list(EGRESS)).hasSize(1).isNotEqualTo(before);
        ApplyOutcome outcome = host.tryApply(global("widest: 1"));
        assertThat(refusal(outcome).reason()).isEqualTo("InvalidGlobal");
        assertThat(refusal(outcome).text())
                .startsWith(
                        "chain.yaml:9: chain fw: spec.objects[0].globals.widest: object main: the object has no global variable");
    }

    private String global(String globals) {
        return Chains.yaml("fw", host, Chains.configured(), "limit")
                .replace("{name: main, ", "{name: main, globals: {" + globals + "}, ");
    }

    private static List<String> changed(ApplyOutcome.Done done) {
        return done.chains().getFirst().maps().getFirst().entries().stream()
                .map(e -> e.value().isPresent()
                        ? e.old().map(o -> "~ " + e.key() + ": " + o + " -> ").orElse("+ " + e.key() + " = ")
                                + e.value().get()
                        : "- " + e.key() + " = " + e.old().orElseThrow())
                .toList();
    }

    private static ApplyOutcome.Problem refusal(ApplyOutcome outcome) {
        assertThat(outcome).isInstanceOf(ApplyOutcome.Refused.class);
        return ((ApplyOutcome.Refused) outcome).problems().getFirst();
    }

    @Test
    void refusesToGoBackToAListThatIsGoneUntilItIsAppliedAgain(@TempDir Path directory) throws IOException {
        Path list = directory.resolve("list.txt");
        String yaml = Chains.withMap(
                "fw",
                host,
                Chains.trie(),
                "filter",
                "{name: blocked, onEntriesChange: WithProgram, entriesFrom: {file: {path: " + list + "}}}");
        host.apply(with(list, "10.0.0.0/8 1\n", yaml));
        host.apply(with(list, "192.168.0.0/16 1\n", yaml));
        List<EntryId> before = host.list(EGRESS);
        Path kept = blob("10.0.0.0/8 1\n");
        Files.delete(kept);

        assertThat(host.host().rollback("fw", OptionalInt.of(1), TestHost.SILENT))
                .isInstanceOfSatisfying(
                        ApplyOutcome.Refused.class,
                        r -> assertThat(r.problems()).singleElement().satisfies(p -> {
                            assertThat(p.message()).isEqualTo("read " + kept + ": a revision names it and it is gone");
                            assertThat(p.remedy()).startsWith("Apply the chain from its file");
                        }));
        assertThat(host.list(EGRESS)).isEqualTo(before);

        host.apply(with(list, "10.0.0.0/8 1\n", yaml));
        assertThat(host.list(EGRESS)).hasSize(1).isNotEqualTo(before);
        assertThat(kept).exists();
    }

    private static String with(Path list, String entries, String yaml) throws IOException {
        Files.writeString(list, entries);
        return yaml;
    }

    private Path blob(String content) throws IOException {
        String name = Digests.hex(Digests.of(content.getBytes(StandardCharsets.UTF_8)));
        try (Stream<Path> files = Files.walk(host.state())) {
            return files.filter(f -> f.endsWith(name)).findFirst().orElseThrow();
        }
    }
}
