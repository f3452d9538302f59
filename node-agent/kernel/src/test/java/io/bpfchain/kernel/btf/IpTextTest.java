package io.bpfchain.kernel.btf;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpTextTest {
    @ParameterizedTest
    @CsvSource({
        "0.0.0.0, 0.0.0.0",
        "255.255.255.255, 255.255.255.255",
        "::, ::",
        "::1, ::1",
        "1::, 1::",
        "2001:DB8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "1:0:3:4:5:6:7:8, 1:0:3:4:5:6:7:8",
        "1:2:3:4:5:6:1.2.3.4, 1:2:3:4:5:6:102:304",
        "::ffff:10.0.0.1, ::ffff:10.0.0.1"
    })
    void readsAndWritesTheUsualForms(String given, String canonical) {
        assertThat(IpText.parse(given).map(IpText::format)).contains(canonical);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1",
                "1.2.3",
                "1.2.3.4.5",
                "1.2.3.256",
                "01.2.3.4",
                "1.2.3.4 ",
                "-1.2.3.4",
                "0x1.2.3.4",
                "1.2.3.",
                ":",
                ":::",
                "1:2",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1::2::3",
                "12345::",
                "g::",
                "1:2:3:4:5:6:7:1.2.3.4",
                "::1.2.3.4:5",
                "fe80::1%1",
                "1:2:3:4:5:6:7::8:9",
                ":1::",
                "1.2.3.4::"
            })
    void refusesEverythingElse(String given) {
        assertThat(IpText.parse(given)).isEmpty();
    }

    @Test
    void givesBackWhatItWrote() {
        Random random = new Random(7);
        for (int i = 0; i < 10_000; i++) {
            byte[] address = new byte[random.nextBoolean() ? 4 : 16];
            for (int b = 0; b < address.length; b++) {
                address[b] = (byte) (random.nextInt(3) == 0 ? random.nextInt() : 0);
            }
            assertThat(IpText.parse(IpText.format(address))).contains(address);
        }
    }
}
