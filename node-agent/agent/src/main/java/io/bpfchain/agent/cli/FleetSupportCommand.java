package io.bpfchain.agent.cli;

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
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code kubectl bpfchain support-dump}. */
@Command(
        name = "support-dump",
        description = {
            "Writes chains, nodes, revisions, Events, versions, and the pods of the operator's namespace with their logs into one"
                    + " archive, for whoever helps you. It holds no Secrets and no bytes of sources; what the specs of chains say"
                    + " is in it, so look through it before you hand it on."
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {"  kubectl bpfchain support-dump", "  kubectl bpfchain support-dump --file /tmp/bpfchain.tar.gz"})
final class FleetSupportCommand extends FleetCommand {
    @Option(
            names = "--file",
            paramLabel = "FILE",
            defaultValue = "bpfchain-support.tar.gz",
            description = "The archive, which must not be there yet (default: bpfchain-support.tar.gz).")
    private Path file = Path.of("bpfchain-support.tar.gz");

    FleetSupportCommand(Session session) {
        super(session);
    }

    @Override
    ExitCode run(Fleet fleet) {
        if (Files.exists(file)) {
            return fileExists();
        }
        AtomicInteger files = new AtomicInteger();
        byte[] whole = archive(fleet, files);
        try {
            Files.write(file, whole, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (FileAlreadyExistsException e) {
            return fileExists();
        } catch (IOException e) {
            throw new UncheckedIOException("write " + file, e);
        }
        session().console().out().println(file + ": " + files.get() + " files");
        return ExitCode.DONE;
    }

    private ExitCode fileExists() {
        return refused("FileExists", "write " + file + ": the file is there already", "Name another --file.");
    }

    /** Gathered before the file is made, so that a cluster that stops answering leaves no half of one. */
    private byte[] archive(Fleet fleet, AtomicInteger files) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarGz archive = new TarGz(bytes, session().clock().instant())) {
            archive.add(
                    "bpfchain-support/plugin.txt",
                    ("bpfchain " + ProductVersion.text() + "\n").getBytes(StandardCharsets.UTF_8));
            fleet.support((path, content) -> {
                add(archive, "bpfchain-support/" + path, content);
                files.incrementAndGet();
            });
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
