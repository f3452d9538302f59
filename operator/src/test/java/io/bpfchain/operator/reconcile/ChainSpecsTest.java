package io.bpfchain.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bpfchain.operator.cluster.ChainObject;
import io.bpfchain.operator.revision.SpecCheck;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class ChainSpecsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SPEC = """
            {"attachType": "cgroup_inet_egress", "cgroup": {"kubepods": {}}, "programs": [{"name": "p"}],
             "objects": [{"name": "o", "source": {"configMap": {"namespace": "n", "name": "c", "key": "k"}}}]}
            """;

    private final ChainSpecs specs = new ChainSpecs();

    private static ChainObject chain(String uid, String spec) throws IOException {
        ChainObject chain = new ChainObject();
        chain.getMetadata().setName("fw");
        chain.getMetadata().setUid(uid);
        JsonNode tree = JSON.readTree(spec);
        chain.setSpec(tree);
        return chain;
    }

    @Test
    void theSameSpecIsReadOnceAndAnotherAnew() throws IOException {
        SpecCheck.Result first = specs.of(chain("1", SPEC));

        assertThat(first).isInstanceOf(SpecCheck.Result.Valid.class);
        assertThat(specs.of(chain("1", SPEC))).isSameAs(first);
        assertThat(specs.of(chain("1", SPEC.replace("\"p\"", "\"q\"")))).isNotEqualTo(first);
        assertThat(specs.of(chain("2", SPEC))).as("of another chain").isNotSameAs(first);
    }

    @Test
    void whatWasForgottenIsReadAnew() throws IOException {
        SpecCheck.Result first = specs.of(chain("1", SPEC));
        specs.forget(chain("1", SPEC));

        assertThat(specs.of(chain("1", SPEC))).isNotSameAs(first).isEqualTo(first);
    }

    @Test
    void aChainWithoutASpecIsInvalid() {
        ChainObject chain = new ChainObject();
        chain.getMetadata().setUid("1");

        assertThat(specs.of(chain)).isEqualTo(new SpecCheck.Result.Invalid("spec: Required value"));
    }
}
