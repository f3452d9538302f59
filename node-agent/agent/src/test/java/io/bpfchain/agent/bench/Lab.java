package io.bpfchain.agent.bench;

import io.bpfchain.kernel.Bpffs;
import io.bpfchain.kernel.BpffsSearch;
import io.bpfchain.kernel.CgroupKernel;
import io.bpfchain.kernel.Identity;
import io.bpfchain.kernel.object.LoadOutcome;
import io.bpfchain.kernel.object.LoadRequest;
import io.bpfchain.kernel.object.LoadRequest.FunctionLoad;
import io.bpfchain.kernel.object.ObjectHelper;
import io.bpfchain.kernel.testing.BpfCompiler;
import io.bpfchain.kernel.testing.TestBpffs;
import io.bpfchain.kernel.testing.TestCgroup;
import io.bpfchain.planner.AttachType;
import io.bpfchain.planner.Cgroup;
import io.bpfchain.planner.DesiredChain;
import io.bpfchain.planner.DesiredEntry;
import io.bpfchain.planner.DesiredHook;
import io.bpfchain.planner.EntryId;
import io.bpfchain.planner.EntryKey;
import io.bpfchain.planner.Hook;
import io.bpfchain.planner.OnUnsafe;
import io.bpfchain.planner.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Two loaded versions of a chain of egress programs on a bpffs and cgroups of the benchmark's own. */
final class Lab implements AutoCloseable {
    private final TestBpffs bpffs = TestBpffs.mount();
    private final TestCgroup parent = TestCgroup.create();
    private final List<Hook> hooks = new ArrayList<>();
    private final Map<DesiredEntry, EntryId> loaded = new HashMap<>();
    private final int programs;
    private final CgroupKernel kernel;

    Lab(int cgroups, int programs) throws IOException {
        this.programs = programs;
        Bpffs found = switch (BpffsSearch.find(java.util.Optional.of(bpffs.directory()))) {
            case BpffsSearch.Result.Found(Bpffs b) -> b;
            case BpffsSearch.Result.Missing missing -> throw new IllegalStateException(missing.toString());
        };
        found.createRoot();
        this.kernel = new CgroupKernel(TestCgroup.mount(), found);
        Path object = BpfCompiler.compile(source(programs));
        for (int version = 1; version <= 2; version++) {
            load(found, object, version);
        }
        kernel.rescan();
        for (int i = 0; i < cgroups; i++) {
            Cgroup cgroup = parent.child("c" + i).cgroup();
            hooks.add(new Hook(cgroup, AttachType.CGROUP_INET_EGRESS));
        }
    }

    private static String source(int programs) {
        StringBuilder source = new StringBuilder("#include <linux/bpf.h>\n#include <bpf/bpf_helpers.h>\n");
        for (int i = 0; i < programs; i++) {
            source.append("SEC(\"cgroup_skb/egress\") int p")
                    .append(i)
                    .append("(struct __sk_buff *skb) { return 1; }\n");
        }
        return source.append("char _license[] SEC(\"license\") = \"GPL\";\n").toString();
    }

    private void load(Bpffs found, Path object, int version) throws IOException {
        String instance = "bench" + version;
        List<FunctionLoad> functions = new ArrayList<>();
        for (int i = 0; i < programs; i++) {
            DesiredEntry entry = entry(i, version);
            byte[] identity = new Identity(
                            "",
                            "bench",
                            entry.key().name(),
                            "object",
                            entry.key().name(),
                            entry.version(),
                            instance,
                            AttachType.CGROUP_INET_EGRESS.code(),
                            entry.version().digest())
                    .encode();
            functions.add(new FunctionLoad(
                    entry.key().name(),
                    AttachType.CGROUP_INET_EGRESS.programType().code(),
                    AttachType.CGROUP_INET_EGRESS.code(),
                    identity,
                    Bpffs.programPin(entry.key().name())));
        }
        LoadOutcome outcome = new ObjectHelper()
                .load(new LoadRequest(
                        object,
                        found.instanceDirectory(instance),
                        Files.createTempDirectory("bpfchain-bench"),
                        functions,
                        List.of()));
        switch (outcome) {
            case LoadOutcome.Loaded done -> {
                for (int i = 0; i < programs; i++) {
                    DesiredEntry entry = entry(i, version);
                    Integer id = done.programIds().get(entry.key().name());
                    loaded.put(entry, new EntryId(java.util.Objects.requireNonNull(id)));
                }
            }
            case LoadOutcome.Refused refused ->
                throw new IllegalStateException(refused.refusal().toString());
        }
    }

    static DesiredEntry entry(int index, int version) {
        return new DesiredEntry(
                new EntryKey("bench", "p" + index),
                new Version("sha256:" + Integer.toString(version).repeat(64)));
    }

    CgroupKernel kernel() {
        return kernel;
    }

    TestCgroup parent() {
        return parent;
    }

    List<Hook> hooks() {
        return hooks;
    }

    EntryId program(int index, int version) {
        return java.util.Objects.requireNonNull(loaded.get(entry(index, version)));
    }

    List<EntryId> loads(DesiredEntry entry) {
        EntryId id = loaded.get(entry);
        return id == null ? List.of() : List.of(id);
    }

    DesiredHook desired(Hook hook, int version) {
        List<DesiredEntry> entries = new ArrayList<>();
        for (int i = 0; i < programs; i++) {
            entries.add(entry(i, version));
        }
        return new DesiredHook(hook, List.of(new DesiredChain("bench", 100, OnUnsafe.REFUSE, entries)), Set.of());
    }

    @Override
    public void close() {
        kernel.close();
        parent.close();
        bpffs.close();
    }
}
