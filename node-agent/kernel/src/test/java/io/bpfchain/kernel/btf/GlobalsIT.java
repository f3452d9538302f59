package io.bpfchain.kernel.btf;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bpfchain.kernel.object.ObjectInfo;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("kernel")
class GlobalsIT {
    private static final String SOURCE = """
            enum mode { OFF, MONITOR, ENFORCE = 7 };
            enum wide { SMALL = 1, LARGE = 0x100000000ULL };
            struct bits { __u32 low : 3; __s32 mid : 5; __u32 high : 24; };
            union number { __u32 whole; __u8 part[4]; };
            struct rule { __be32 addr; __be16 port; __u8 proto; bool log; char name[8]; };
            struct prefix { __u32 prefixlen; __be32 addr; };
            struct outer { struct rule rules[2]; union number n; struct { __u16 inner_a; union { __u16 b1; __u8 b2; }; }; };
            const volatile __u8 u8 = 1;
            const volatile __s8 s8;
            const volatile __u16 u16;
            const volatile __s16 s16;
            const volatile __u32 u32 = 5;
            const volatile int s32;
            const volatile __u64 u64;
            const volatile __s64 s64;
            const volatile bool flag;
            const volatile enum mode mode = MONITOR;
            const volatile enum wide wide = LARGE;
            const volatile float ratio;
            const volatile double exact;
            const volatile char name[8] = "before";
            const volatile __be16 port;
            const volatile __be32 addr4;
            const volatile __be64 be64;
            const volatile struct in_addr in4;
            const volatile struct in6_addr in6;
            const volatile __u8 bytes4[4];
            const volatile __u8 bytes16[16];
            const volatile __be32 words[4];
            const volatile __u16 ports[4] = {22, 80, 443, 8080};
            const volatile __u16 grid[2][2];
            const volatile struct bits bits = {1, -1, 9};
            const volatile union number number;
            const volatile struct rule rule = {0, 0, 6, true, "old"};
            const volatile struct outer outer;
            const volatile struct prefix prefix;
            const volatile __u32 *const volatile pointer;
            static const volatile int hidden = 3;
            const int frozen = 3;
            const volatile int elsewhere SEC(".rodata.extra") = 1;
            int counter;
            int start = 7;
            extern int CONFIG_HZ __kconfig;
            SEC("cgroup_skb/egress") int f(struct __sk_buff *skb)
            {
                counter++;
                return u8 + s8 + u16 + s16 + u32 + s32 + (int) u64 + (int) s64 + flag + mode + (int) wide + name[0] + port + addr4
                    + (int) be64 + in4.s_addr + in6.in6_u.u6_addr8[0] + bytes4[0] + bytes16[0] + words[0] + ports[0] + grid[1][1]
                    + bits.low + number.whole + rule.port + outer.n.whole + prefix.addr + (int) (long) pointer + hidden + start
                    + elsewhere + CONFIG_HZ + *(volatile int *) &frozen;
            }
            """;

    private static final ObjectMapper JSON = new ObjectMapper();
    private final CompiledObject object = CompiledObject.of(SOURCE);

    @BeforeAll
    void readsWhatClangWrites() {
        assertThat(object.btf().dataSection(".rodata")).isPresent();
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    private Globals.Outcome encode(String name, String value) {
        return Globals.encode(object.info(), Map.of(name, json(value)));
    }

    /** The variable as the decoder shows it after the change. */
    private JsonNode after(String name, String value) {
        assertThat(encode(name, value)).isInstanceOf(Globals.Outcome.Encoded.class);
        Map<String, byte[]> sections = ((Globals.Outcome.Encoded) encode(name, value)).sections();
        byte[] image = sections.getOrDefault(".rodata", object.map(".rodata").initialValue());
        int section = 0;
        while (!(object.btf().type(section) instanceof BtfType.DataSection s
                && s.name().equals(".rodata"))) {
            section++;
        }
        return ValueDecoder.decode(object.btf(), section, image).get(name);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            u8|       255|                     255
            u8|       "0xff"|                  255
            s8|       -128|                    -128
            u16|      65535|                   65535
            s16|      "-32768"|                -32768
            u32|      4294967295|              4294967295
            s32|      -2147483648|             -2147483648
            u64|      "18446744073709551615"|  18446744073709551615
            u64|      18446744073709551615|    18446744073709551615
            s64|      "-9223372036854775808"|  -9223372036854775808
            flag|     true|                    true
            mode|     "ENFORCE"|               "ENFORCE"
            mode|     0|                       "OFF"
            mode|     5|                       5
            wide|     "0x100000001"|           4294967297
            ratio|    0.5|                     0.5
            exact|    1e-3|                    0.001
            name|     "after"|                 "after"
            name|     ""|                      ""
            port|     8080|                    8080
            port|     "443"|                   443
            addr4|    "10.1.2.3"|              "10.1.2.3"
            addr4|    1|                       "0.0.0.1"
            be64|     1|                       1
            in4|      "192.0.2.1"|             "192.0.2.1"
            in6|      "2001:db8::1"|           "2001:db8::1"
            in6|      "::ffff:1.2.3.4"|        "::ffff:1.2.3.4"
            bytes4|   "127.0.0.1"|             [127,0,0,1]
            bytes4|   "hex:01020304"|          [1,2,3,4]
            bytes16|  "::1"|                   [0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1]
            words|    "fd00::"|                "fd00::"
            ports|    [1,2]|                   [1,2,0,0]
            grid|     [[1,2],[3,4]]|           [[1,2],[3,4]]
            bits|     {"mid":-16}|             {"low":1,"mid":-16,"high":9}
            bits|     {"low":7,"high":16777215}| {"low":7,"mid":-1,"high":16777215}
            number|   {"part":[1]}|            {"whole":1,"part":[1,0,0,0]}
            rule|     {"addr":"1.2.3.4"}|      {"addr":"1.2.3.4","port":0,"proto":6,"log":true,"name":"old"}
            prefix|   "10.0.0.0/8"|            {"prefixlen":8,"addr":"10.0.0.0"}
            """)
    void setsAVariableOfEachType(String name, String given, String expected) {
        assertThat(after(name, given)).isEqualTo(json(expected));
    }

    @Test
    void leavesOtherVariablesAndOtherSectionsAsTheyAre() {
        byte[] before = object.map(".rodata").initialValue();
        var encoded = (Globals.Outcome.Encoded) encode("port", "80");
        assertThat(encoded.sections()).containsOnlyKeys(".rodata");
        byte[] after = encoded.sections().getOrDefault(".rodata", before);
        assertThat(after).hasSameSizeAs(before);
        int changed = 0;
        for (int i = 0; i < after.length; i++) {
            changed += after[i] != before[i] ? 1 : 0;
        }
        assertThat(changed).as("80 in network order is 00 50").isEqualTo(1);
        assertThat(((Globals.Outcome.Encoded) encode("elsewhere", "2")).sections())
                .containsOnlyKeys(".rodata.extra");
        assertThat(((Globals.Outcome.Encoded) encode("u32", "5")).sections()).isEmpty();
    }

    @Test
    void reachesFieldsOfAnonymousMembers() {
        JsonNode outer = after("outer", "{\"inner_a\":3,\"b1\":260,\"rules\":[{\"port\":53}]}");
        assertThat(outer.get("inner_a")).isEqualTo(json("3"));
        assertThat(outer.get("b1")).isEqualTo(json("260"));
        assertThat(outer.get("b2")).isEqualTo(json("4"));
        assertThat(outer.get("rules").get(0).get("port")).isEqualTo(json("53"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            u8|       256|                  u8: 256 is out of range: __u8 holds 0 to 255
            u8|       -1|                   u8: -1 is out of range: __u8 holds 0 to 255
            s8|       128|                  s8: 128 is out of range: __s8 holds -128 to 127
            u16|      65536|                u16: 65536 is out of range: __u16 holds 0 to 65535
            u32|      "4294967296"|         u32: 4294967296 is out of range: __u32 holds 0 to 4294967295
            s32|      2147483648|           s32: 2147483648 is out of range: int holds -2147483648 to 2147483647
            u64|      18446744073709551616| u64: 18446744073709551616 is out of range: __u64 holds 0 to 18446744073709551615
            u16|      1.5|                  u16: needs a whole number for __u16, got 1.5
            u16|      true|                 u16: needs a whole number for __u16, got true
            u16|      "eighty"|             u16: needs a whole number for __u16, got the text "eighty"
            u16|      "010"|                u16: needs a whole number for __u16, got the text "010"
            u16|      []|                   u16: needs a whole number for __u16, got a list of 0
            u16|      null|                 u16: needs a whole number for __u16, got nothing
            u32|      "10.0.0.1"|           u32: is __u32, a number in host byte order, and cannot take the address 10.0.0.1: declare it as __be32 or struct in_addr, which are in network byte order
            flag|     1|                    flag: needs true or false for _Bool, got 1
            flag|     "true"|               flag: needs true or false for _Bool, got the text "true"
            mode|     "ENFROCE"|            mode: enum mode has no value named "ENFROCE"; did you mean "ENFORCE"?
            mode|     "nonsense"|           mode: enum mode has no value named "nonsense"; there are ENFORCE, MONITOR, OFF
            mode|     4294967296|           mode: 4294967296 is out of range: enum mode holds -2147483648 to 4294967295
            wide|     "LARGE"|              wide: the compiler has not recorded the values of enum wide (clang before 15 does so only for enums of 4 bytes): give a number
            mode|     true|                 mode: needs a name or number of enum mode, got true
            ratio|    1e39|                 ratio: 1.0E39 is out of range for float
            exact|    "1.0"|                exact: needs a number for double, got the text "1.0"
            name|     "12345678"|           name: is text of 8 bytes, but char[8] holds at most 7 and the NUL that ends it
            name|     "a\\u0000b"|          name: contains a NUL character, which would end the text there
            name|     7|                    name: needs text for char[8], got 7
            port|     65536|                port: 65536 is out of range: __be16 holds 0 to 65535
            port|     "http"|               port: needs a whole number for __be16, got the text "http"
            addr4|    "10.0.0.256"|         addr4: needs a whole number for __be32, got the text "10.0.0.256"
            addr4|    "::1"|                addr4: needs an IPv4 address for __be32, got the IPv6 address ::1
            in4|      "::1"|                in4: needs an IPv4 address for struct in_addr, got the IPv6 address ::1
            in6|      "10.0.0.1"|           in6: needs an IPv6 address for struct in6_addr, got the IPv4 address 10.0.0.1
            in6|      "fe80::1%eth0"|       in6: needs an object with fields of struct in6_addr, got the text "fe80::1%eth0"
            bytes4|   "hex:0102"|           bytes4: needs "hex:" and two hexadecimal digits for each of the 4 bytes of __u8[4], got the text "hex:0102"
            bytes4|   "localhost"|          bytes4: needs an IPv4 address, a list for __u8[4] or "hex:" and its 4 bytes, got the text "localhost"
            bytes16|  [0,0,256]|            bytes16[2]: 256 is out of range: __u8 holds 0 to 255
            words|    "1.2.3.4"|            words: needs an IPv6 address for __be32[4], got the IPv4 address 1.2.3.4
            ports|    [1,2,3,4,5]|          ports: has 5 elements, but __u16[4] holds at most 4
            ports|    80|                   ports: needs a list for __u16[4], got 80
            ports|    [80,-1]|              ports[1]: -1 is out of range: __u16 holds 0 to 65535
            grid|     [[1],[2,"x"]]|        grid[1][1]: needs a whole number for __u16, got the text "x"
            bits|     {"low":8}|            bits.low: 8 is out of range: a field of 3 bits holds 0 to 7
            bits|     {"mid":16}|           bits.mid: 16 is out of range: a field of 5 bits holds -16 to 15
            bits|     {"lwo":1}|            bits: struct bits has no field "lwo"; did you mean "low"?
            number|   {"whole":1,"part":[]}| number: "whole" and "part" share the same bytes: give one of them
            rule|     {"port":"x"}|         rule.port: needs a whole number for __be16, got the text "x"
            rule|     5|                    rule: needs an object with fields of struct rule, got 5
            rule|     "text"|               rule: needs an object with fields of struct rule, got the text "text"
            outer|    {"rules":[{"log":1}]}| outer.rules[0].log: needs true or false for _Bool, got 1
            prefix|   "10.1.2.3/8"|         prefix: 10.1.2.3/8 has bits set after its prefix: write 10.0.0.0/8
            prefix|   "fd00::/8"|           prefix: fd00::/8 is an IPv6 prefix, but an IPv4 one belongs here
            prefix|   "10.0.0.0/33"|        prefix: needs an object with fields of struct prefix, got the text "10.0.0.0/33"
            pointer|  1|                    pointer: is a pointer, and pointers cannot be set from outside
            hidden|   1|                    hidden: is static, so it has no place that can be found by name; declare it without static
            frozen|   1|                    frozen: is const but not volatile, so the compiler may have used its old value already; declare it const volatile
            counter|  1|                    counter: is in .bss, where the program may change it; only const volatile variables can be set before a load
            start|    1|                    start: is in .data, where the program may change it; only const volatile variables can be set before a load
            CONFIG_HZ| 1|                   CONFIG_HZ: is extern (.kconfig): its value comes from the kernel; only const volatile variables can be set before a load
            prot|     1|                    prot: the object has no global variable of this name; did you mean "port"?
            zzzzzz|   1|                    zzzzzz: the object has no global variable of this name
            """)
    void refusesByNameWithWhatWouldBeRight(String name, String given, String message) {
        assertThat(encode(name, given))
                .isInstanceOfSatisfying(
                        Globals.Outcome.Rejected.class,
                        r -> assertThat(r.problems())
                                .extracting(ValueProblem::toString)
                                .containsExactly(message));
    }

    @Test
    void reportsAllProblemsTogether() {
        var rejected = (Globals.Outcome.Rejected) Globals.encode(
                object.info(), Map.of("u8", json("300"), "bits", json("{\"low\":9,\"mid\":99}"), "nope", json("1")));
        assertThat(rejected.problems())
                .extracting(ValueProblem::path)
                .containsExactly("bits.low", "bits.mid", "nope", "u8");
    }

    @Test
    void saysToCompileWithDebugInformationWhereThereIsNoBtf() {
        ObjectInfo bare = new ObjectInfo(List.of(), List.of(), new byte[0], "GPL", List.of());
        assertThat(Globals.encode(bare, Map.of("u8", json("1"))))
                .isEqualTo(new Globals.Outcome.Rejected(List.of(new ValueProblem(
                        "u8", "cannot be set: the object has no BTF, so its type is unknown; compile it with -g"))));
        assertThat(Globals.encode(bare, Map.of())).isEqualTo(new Globals.Outcome.Encoded(Map.of()));
    }

    @Test
    void refusesBtfWhosePlacesAreNotFilledIn() {
        ObjectInfo shorter = new ObjectInfo(
                List.of(),
                object.info().maps().stream()
                        .filter(m -> !m.name().equals(".rodata"))
                        .toList(),
                object.raw(),
                "GPL",
                List.of());
        assertThat(Globals.encode(shorter, Map.of("u8", json("1"))))
                .isEqualTo(new Globals.Outcome.Rejected(
                        List.of(new ValueProblem("u8", "is in .rodata, but the object has no such section"))));
    }
}
