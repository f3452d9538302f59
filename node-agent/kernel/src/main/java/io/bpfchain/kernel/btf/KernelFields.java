package io.bpfchain.kernel.btf;

import io.bpfchain.kernel.btf.BtfType.Array;
import io.bpfchain.kernel.btf.BtfType.Composite;
import io.bpfchain.kernel.btf.BtfType.Member;
import io.bpfchain.kernel.btf.BtfType.Pointer;
import io.bpfchain.kernel.btf.BtfType.Qualified;
import io.bpfchain.kernel.btf.BtfType.TypeTag;
import io.bpfchain.kernel.btf.BtfType.Typedef;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;

/** Finds the parts of a map value that belong to the kernel (btf_parse_fields in {@code kernel/bpf/btf.c}). */
public final class KernelFields {
    private static final Set<String> STRUCTS = Set.of(
            "bpf_timer",
            "bpf_wq",
            "bpf_task_work",
            "bpf_spin_lock",
            "bpf_res_spin_lock",
            "bpf_list_head",
            "bpf_list_node",
            "bpf_rb_root",
            "bpf_rb_node",
            "bpf_refcount");
    private static final Set<String> POINTER_TAGS = Set.of("kptr", "kptr_untrusted", "kptr_ref", "percpu_kptr", "uptr");

    private final Btf btf;
    private final Set<String> found = new TreeSet<>();
    private final Set<Integer> visited = new HashSet<>();

    private KernelFields(Btf btf) {
        this.btf = btf;
    }

    /** Names of the structs, {@code kptr} for any pointer to a kernel object. */
    public static Set<String> of(Btf btf, int type) {
        KernelFields fields = new KernelFields(btf);
        fields.visit(type);
        return fields.found;
    }

    private void visit(int id) {
        if (!visited.add(id)) {
            return;
        }
        switch (btf.type(id)) {
            case Composite c -> {
                if (STRUCTS.contains(c.name())) {
                    found.add(c.name());
                }
                for (Member m : c.members()) {
                    visit(m.type());
                }
            }
            case Array a -> visit(a.element());
            case Typedef t -> visit(t.target());
            case Qualified q -> visit(q.target());
            case TypeTag t -> visit(t.target());
            case Pointer p -> {
                int at = p.target();
                while (btf.type(at) instanceof TypeTag || btf.type(at) instanceof Qualified) {
                    if (btf.type(at) instanceof TypeTag t && POINTER_TAGS.contains(t.name())) {
                        found.add("kptr");
                    }
                    at = btf.type(at) instanceof TypeTag t ? t.target() : ((Qualified) btf.type(at)).target();
                }
            }
            case BtfType _ -> {}
        }
    }
}
