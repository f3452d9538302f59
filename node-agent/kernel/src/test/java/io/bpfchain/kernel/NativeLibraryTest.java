package io.bpfchain.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeLibraryTest {
    @Test
    void hasNoProblemWhereItWasBuilt() {
        assertThat(NativeLibrary.problem()).isEmpty();
    }

    @Test
    void saysWhatIsMissingAndWhatToDo(@TempDir Path empty) {
        String usual = System.getProperty(NativeLibrary.PROPERTY);
        try {
            System.setProperty(NativeLibrary.PROPERTY, empty.toString());
            assertThat(NativeLibrary.problem())
                    .hasValue("The native library " + empty.resolve("libbpfchain.so")
                            + " is missing or unreadable. Install bpfchain again, or build it with \"make build\".");
            System.clearProperty(NativeLibrary.PROPERTY);
            assertThat(NativeLibrary.problem())
                    .hasValueSatisfying(m -> assertThat(m).contains("bpfchain.native.dir is not set"));
        } finally {
            System.setProperty(NativeLibrary.PROPERTY, usual);
        }
    }
}
