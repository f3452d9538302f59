package io.bpfchain.kernel.btf;

import com.fasterxml.jackson.databind.JsonNode;
import io.bpfchain.kernel.btf.BtfType.Array;
import io.bpfchain.kernel.btf.BtfType.Composite;
import io.bpfchain.kernel.btf.BtfType.Enumeration;
import io.bpfchain.kernel.btf.BtfType.FloatingPoint;
import io.bpfchain.kernel.btf.BtfType.Int;
import io.bpfchain.kernel.btf.BtfType.Pointer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes untyped values into a byte image as a C compiler would lay them out.
 *
 * <ul>
 *   <li>Integers: numbers, or text for big ones and for {@code 0x} hexadecimal; {@code __be16/32/64} in network order.
 *   <li>Booleans: true and false only. Enums: a name or a number.
 *   <li>Arrays of char: text, ended by NUL. Other arrays: a list; what it leaves out is zero, as in C.
 *   <li>Structs: an object; what it leaves out stays as it is in the image. Unions: an object with one field.
 *   <li>Addresses (see {@link Shapes#addressBytes}) as text. A struct of a {@code prefixlen} and an address: also {@code 10.0.0.0/8}.
 *   <li>Arrays of bytes, structs and unions: also {@code hex:} and exactly all of their bytes, in memory order.
 * </ul>
 */
public final class ValueEncoder {
    private final Btf btf;

    public ValueEncoder(Btf btf) {
        this.btf = btf;
    }

    /**
     * Writes a value; where a problem is reported, the image is partly written and must not be used.
     *
     * @param path names the value in problems
     * @param offset bytes; the image must hold the type's size from there
     */
    public List<ValueProblem> encode(int type, JsonNode value, String path, byte[] image, int offset) {
        Problems problems = new Problems();
        new Writing(btf, problems).write(type, value, path, new Slot(image, 8L * offset, 0));
        return problems.list();
    }

    /** One encoding. */
    private record Writing(Btf btf, Problems problems) {
        void write(int type, JsonNode value, String path, Slot slot) {
            ScalarEncoder scalars = new ScalarEncoder(btf, problems);
            switch (btf.resolved(type)) {
                case Int to -> scalars.writeInt(type, to, value, path, slot);
                case Enumeration to -> scalars.writeEnum(type, to, value, path, slot);
                case FloatingPoint to -> scalars.writeFloat(type, to, value, path, slot);
                case Array to -> writeArray(type, to, value, path, slot);
                case Composite to -> writeComposite(type, to, value, path, slot);
                case Pointer _ -> problems.add(path, "is a pointer, and pointers cannot be set from outside");
                case BtfType _ -> problems.add(path, "is " + btf.describe(type) + ", which has no value");
            }
        }

        private void writeArray(int type, Array to, JsonNode value, String path, Slot slot) {
            if (Shapes.isText(btf, type) && value.isTextual()) {
                writeText(type, to, value.textValue(), path, slot);
            } else if (value.isTextual()) {
                if (!writeRaw(type, value, path, slot) && !writeAddress(type, value, path, slot)) {
                    problems.add(path, "needs " + expected(type) + ", got " + Inputs.show(value));
                }
            } else if (!value.isArray()) {
                problems.add(path, "needs " + expected(type) + ", got " + Inputs.show(value));
            } else if (value.size() > to.length()) {
                problems.add(
                        path,
                        "has " + value.size() + " elements, but " + btf.describe(type) + " holds at most "
                                + to.length());
            } else {
                int size = btf.sizeOf(to.element());
                for (int i = 0; i < value.size(); i++) {
                    write(to.element(), value.get(i), path + "[" + i + "]", slot.at(8L * size * i, 0));
                }
                slot.clear(size * value.size(), btf.sizeOf(type));
            }
        }

        private String expected(int type) {
            if (Shapes.isText(btf, type)) {
                return "text for " + btf.describe(type);
            }
            String list = "a list for " + btf.describe(type);
            String raw = Shapes.isBytes(btf, type) ? " or \"hex:\" and its " + btf.sizeOf(type) + " bytes" : "";
            return switch (Shapes.addressBytes(btf, type)) {
                case IpText.V4_BYTES -> "an IPv4 address, " + list + raw;
                case IpText.V6_BYTES -> "an IPv6 address, " + list + raw;
                default -> list + raw;
            };
        }

        private void writeText(int type, Array to, String text, String path, Slot slot) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            if (text.indexOf('\0') >= 0) {
                problems.add(path, "contains a NUL character, which would end the text there");
            } else if (bytes.length >= to.length()) {
                problems.add(
                        path,
                        "is text of " + bytes.length + " bytes, but " + btf.describe(type) + " holds at most "
                                + Math.max(0, to.length() - 1) + " and the NUL that ends it");
            } else {
                slot.put(bytes);
                slot.clear(bytes.length, (int) to.length());
            }
        }

        /** Whether the value is meant as an address or a prefix. */
        private boolean writeAddress(int type, JsonNode value, String path, Slot slot) {
            Optional<byte[]> address = IpText.parse(value.textValue());
            if (address.isEmpty() || Shapes.addressBytes(btf, type) == 0) {
                return false;
            }
            if (Shapes.addressBytes(btf, type) == address.get().length) {
                slot.put(address.get());
            } else {
                problems.add(path, new ScalarEncoder(btf, problems).wrongFamily(type, address.get(), value));
            }
            return true;
        }

        /** Whether the value is meant as raw bytes. */
        private boolean writeRaw(int type, JsonNode value, String path, Slot slot) {
            if (!Inputs.isRaw(value)) {
                return false;
            }
            Optional<byte[]> bytes = Inputs.rawBytes(value);
            if (bytes.isPresent() && bytes.get().length == btf.sizeOf(type)) {
                slot.put(bytes.get());
            } else {
                problems.add(
                        path,
                        "needs \"hex:\" and two hexadecimal digits for each of the " + btf.sizeOf(type) + " bytes of "
                                + btf.describe(type) + ", got " + Inputs.show(value));
            }
            return true;
        }

        private void writeComposite(int type, Composite to, JsonNode value, String path, Slot slot) {
            if (value.isTextual()) {
                if (!writeRaw(type, value, path, slot)
                        && !writeAddress(type, value, path, slot)
                        && !writePrefix(type, to, value, path, slot)) {
                    problems.add(
                            path,
                            "needs an object with fields of " + btf.describe(type) + ", got " + Inputs.show(value));
                }
                return;
            }
            if (!value.isObject()) {
                problems.add(
                        path, "needs an object with fields of " + btf.describe(type) + ", got " + Inputs.show(value));
                return;
            }
            Map<String, Fields.Field> fields = Fields.of(btf, to);
            Map<String, Fields.Field> given = new LinkedHashMap<>();
            for (Map.Entry<String, JsonNode> property : value.properties()) {
                String name = property.getKey();
                Fields.Field field = fields.get(name);
                if (field == null) {
                    problems.add(
                            path,
                            btf.describe(type) + " has no field \"" + name + "\""
                                    + Nearest.hint(name, fields.keySet()));
                    continue;
                }
                given.forEach((other, f) -> {
                    if (f.overlaps(field)) {
                        problems.add(
                                path, "\"" + other + "\" and \"" + name + "\" share the same bytes: give one of them");
                    }
                });
                given.put(name, field);
                write(field.type(), property.getValue(), path + "." + name, slot.at(field.bitOffset(), field.bits()));
            }
        }

        private boolean writePrefix(int type, Composite to, JsonNode value, String path, Slot slot) {
            Optional<Cidr> cidr = Cidr.parse(value.textValue());
            Optional<Integer> bytes = Shapes.prefixedAddress(btf, type);
            boolean named =
                    !to.members().isEmpty() && to.members().getFirst().name().startsWith("prefix");
            if (cidr.isEmpty() || bytes.isEmpty() || !named) {
                return false;
            }
            for (ValueProblem p : Prefixes.write(cidr.get(), bytes.get(), path, slot)) {
                problems.add(p.path(), p.message());
            }
            return true;
        }
    }
}
