package io.bpfchain.kernel.map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.bpfchain.kernel.btf.Btf;
import io.bpfchain.kernel.btf.Cidr;
import io.bpfchain.kernel.btf.IpText;
import io.bpfchain.kernel.btf.Shapes;
import io.bpfchain.kernel.btf.ValueDecoder;
import io.bpfchain.kernel.object.MapDefinition;
import java.util.Arrays;
import java.util.List;

/** Shows live elements of a map in the form in which they could be declared: prefixes as CIDR text, per-CPU values as a list. */
public final class EntryDecoder {
    private final MapDefinition map;
    private final Btf btf;
    private final MapType type;

    /**
     * Reads the elements of one map.
     *
     * @param btf of the object that made the map; {@link Btf#none} where it has none
     */
    public EntryDecoder(MapDefinition map, Btf btf) {
        this.map = map;
        this.btf = btf;
        this.type = MapType.of(map.type()).orElse(MapType.UNSPEC);
    }

    public JsonNode key(byte[] key) {
        if (type == MapType.LPM_TRIE && isPrefix() && Key.prefixLength(key) <= 8L * (key.length - 4)) {
            Cidr cidr = new Cidr(Arrays.copyOfRange(key, 4, key.length), (int) Key.prefixLength(key));
            return JsonNodeFactory.instance.textNode(cidr.toString());
        }
        boolean index = type.indexed() && map.keyTypeId() == 0 && key.length == 4;
        return index
                ? JsonNodeFactory.instance.numberNode(Key.prefixLength(key))
                : ValueDecoder.decode(btf, map.keyTypeId(), key);
    }

    private boolean isPrefix() {
        int rest = map.keySize() - 4;
        boolean typed = map.keyTypeId() > 0 && map.keyTypeId() < btf.count();
        boolean bySize = rest == IpText.V4_BYTES || rest == IpText.V6_BYTES;
        return typed ? Shapes.prefixedAddress(btf, map.keyTypeId()).isPresent() : bySize;
    }

    /** The value in the form in which it could be declared: that of a per-CPU map once, where it is the same on every CPU. */
    public JsonNode declared(byte[] value) {
        JsonNode all = value(value);
        boolean same = type.perCpu() && all.size() > 0;
        for (JsonNode one : same ? all : List.<JsonNode>of()) {
            same &= one.equals(all.get(0));
        }
        return same ? all.get(0) : all;
    }

    /** The value as the kernel gives it; that of a per-CPU map as a list, one for each possible CPU. */
    public JsonNode value(byte[] value) {
        if (!type.perCpu()) {
            return ValueDecoder.decode(btf, map.valueTypeId(), value);
        }
        ArrayNode cpus = JsonNodeFactory.instance.arrayNode();
        int stride = ContentsPlan.stride(map.valueSize());
        for (int at = 0; at + map.valueSize() <= value.length; at += stride) {
            cpus.add(ValueDecoder.decode(btf, map.valueTypeId(), Arrays.copyOfRange(value, at, at + map.valueSize())));
        }
        return cpus;
    }
}
