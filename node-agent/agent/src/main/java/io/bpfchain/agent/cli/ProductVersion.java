package io.bpfchain.agent.cli;

import java.util.Objects;

/** The version that the jar's manifest names. */
final class ProductVersion {
    private ProductVersion() {}

    static String text() {
        return Objects.requireNonNullElse(ProductVersion.class.getPackage().getImplementationVersion(), "development");
    }
}
