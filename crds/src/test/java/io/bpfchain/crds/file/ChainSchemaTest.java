package io.bpfchain.crds.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ChainSchemaTest {
    /** What the committed CRD and the reader of files say is the same only as long as this holds. */
    @Test
    void filesAreCheckedAgainstTheSchemaOfTheCrd() throws IOException {
        String crd = Files.readString(Path.of("cgroupprogramchains.bpfchain.io-v1.yml"));
        SchemaNode wanted = SchemaNode.of(GenerateSchema.ofCrd(crd));

        assertThat(String.valueOf(wanted.properties().get("spec")))
                .contains("maxLength", "onUnsafe", "pattern=^")
                .isEqualTo(ChainSchema.spec().toString());
        assertThat(ChainSchema.DOCUMENT.validations()).isEqualTo(wanted.validations());
    }
}
