package io.bpfchain.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bpfchain.kernel.Identity.Decoded;
import io.bpfchain.planner.EntryKey;
import io.bpfchain.planner.Version;
import java.util.Random;
import org.junit.jupiter.api.Test;

class IdentityTest {
    private static final String DIGEST = "sha256:" + "ab".repeat(32);

    private static Identity identity(String chain, String function) {
        return new Identity(
                "0b7cb1f4-0000-4000-8000-00000000c0de",
                chain,
                "block",
                "firewall",
                function,
                new Version(DIGEST),
                "i-1",
                49,
                DIGEST);
    }

    @Test
    void comesBackAsItWasWritten() {
        Identity identity = identity("egress-firewall", "block_metadata");

        assertThat(Identity.decode(identity.encode())).isEqualTo(new Decoded.Ours(identity));
        assertThat(identity.key()).isEqualTo(new EntryKey("egress-firewall", "block"));
    }

    @Test
    void hasRoomForTheLongestNames() {
        String name = "n".repeat(63);
        Identity longest =
                new Identity(name, name, name, name, "f".repeat(255), new Version(DIGEST), name, 0xffff, DIGEST);

        assertThat(longest.encode()).hasSize(Identity.SIZE);
        assertThat(Identity.decode(longest.encode())).isEqualTo(new Decoded.Ours(longest));
    }

    @Test
    void countsBytesNotCharacters() {
        assertThat(Identity.decode(identity("é".repeat(31), "f").encode())).isInstanceOf(Decoded.Ours.class);
        assertThatThrownBy(() -> identity("é".repeat(32), "f"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("chain name")
                .hasMessageContaining("64 bytes; at most 63 are allowed");
    }

    @Test
    void tellsForeignNewerAndDamagedApart() {
        byte[] bytes = identity("c", "f").encode();
        byte[] foreign = bytes.clone();
        foreign[0] ^= 1;
        byte[] newer = bytes.clone();
        newer[8] = 2;
        byte[] damaged = bytes.clone();
        damaged[12] = (byte) 0xff;
        damaged[13] = (byte) 0xff;
        byte[] badText = bytes.clone();
        badText[14] = (byte) 0xff;

        assertThat(Identity.decode(foreign)).isEqualTo(new Decoded.NotOurs());
        assertThat(Identity.decode(new byte[Identity.SIZE])).isEqualTo(new Decoded.NotOurs());
        assertThat(Identity.decode(new byte[4])).isEqualTo(new Decoded.NotOurs());
        assertThat(Identity.decode(newer)).isEqualTo(new Decoded.Newer(2));
        assertThat(Identity.decode(damaged)).isEqualTo(new Decoded.Damaged("a text runs past the end"));
        assertThat(Identity.decode(badText)).isInstanceOf(Decoded.Damaged.class);
        badText[14] = 0x1b;
        assertThat(Identity.decode(badText)).isEqualTo(new Decoded.Damaged("the chain uid holds a control character"));
    }

    @Test
    void survivesAnyBytes() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        byte[] good = identity("c", "f").encode();
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = good.clone();
            for (int flips = random.nextInt(20); flips >= 0; flips--) {
                bytes[8 + random.nextInt(bytes.length - 8)] = (byte) random.nextInt();
            }
            assertThat(Identity.decode(bytes)).as("seed %d, case %d", seed, i).isNotNull();
        }
    }
}
