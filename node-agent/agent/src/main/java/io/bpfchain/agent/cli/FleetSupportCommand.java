package io.bpfchain.agent.cli;

import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.fleet.Fleet;
import io.bpfchain.agent.fleet.TarGz;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** {@code kubectl bpfchain support-dump}. */
final class FleetSupportCommand extends FleetCommand {
    private final OptionSpec file = Described.option(Path.class, "--file")
            .paramLabel("FILE")
            .defaultValue("bpfchain-support.tar.gz")
            .description("The archive, which must not be there yet (default: bpfchain-support.tar.gz).")
            .build();

    FleetSupportCommand(Session session) {
        super(session);
    }

    CommandLine line() {
        return described(
                        "support-dump",
                        "Writes chains, nodes, revisions, Events, versions, and the pods of the operator's namespace with their logs into one"
                                + " archive, for whoever helps you. It holds no Secrets and no bytes of sources; what the specs of chains say"
                                + " is in it, so look through it before you hand it on.")
                .takes(file)
                .examples(
                        "  kubectl bpfchain support-dump",
                        "  kubectl bpfchain support-dump --file /tmp/bpfchain.tar.gz")
                .line();
    }

    @Override
    ExitCode run(Fleet fleet) {
        Path file = this.file.getValue();
        if (Files.exists(file)) {
            return fileExists(file);
        }
        AtomicInteger files = new AtomicInteger();
        List<Problem> missing = new ArrayList<>();
        byte[] whole = archive(fleet, files, missing);
        try {
            Files.write(file, whole, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (FileAlreadyExistsException e) {
            return fileExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException("write " + file, e);
        }
        session().console().out().println(file + ": " + files.get() + " files");
        return told(missing);
    }

    /** What may not be read is left out on purpose of whoever gave the permissions; where no answer came, somebody has to try again. */
    private ExitCode told(List<Problem> missing) {
        List<Problem> failed =
                missing.stream().filter(p -> p.kind() == Problem.Kind.FAILED).toList();
        session().console().problems(failed);
        if (!missing.isEmpty()) {
            session()
                    .console()
                    .warnings(List.of("Not everything could be had (" + missing.size()
                            + " missing): problems.txt in the archive says what and why."));
        }
        return failed.isEmpty() ? ExitCode.DONE : ExitCode.FAILED;
    }

    private ExitCode fileExists(Path file) {
        return refused("FileExists", "write " + file + ": the file is there already", "Name another --file.");
    }

    /** Gathered before the file is made, so that a cluster that stops answering leaves no half of one. */
    private byte[] archive(Fleet fleet, AtomicInteger files, List<Problem> missing) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarGz archive = new TarGz(bytes, session().clock().instant())) {
            archive.add(
                    "bpfchain-support/plugin.txt",
                    ("bpfchain " + ProductVersion.text() + "\n").getBytes(StandardCharsets.UTF_8));
            missing.addAll(fleet.support((path, content) -> {
                add(archive, "bpfchain-support/" + path, content);
                files.incrementAndGet();
            }));
        } catch (IOException e) {
            throw new UncheckedIOException("write the archive", e);
        }
        return bytes.toByteArray();
    }

    private static void add(TarGz archive, String path, String content) {
        try {
            archive.add(path, content.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("write the archive", e);
        }
    }
}
