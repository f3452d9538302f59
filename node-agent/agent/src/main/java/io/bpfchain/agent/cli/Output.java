package io.bpfchain.agent.cli;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Remembers why something could not be written: the streams that print only know that it could not. */
final class Output extends FilterOutputStream {
    private @Nullable IOException first;

    Output(OutputStream to) {
        super(to);
    }

    /** What came back first; empty where everything was written. */
    Optional<IOException> failure() {
        return Optional.ofNullable(first);
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        try {
            out.write(bytes, offset, length);
        } catch (IOException e) {
            first = first == null ? e : first;
            throw e;
        }
    }
}
