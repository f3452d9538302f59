package io.bpfchain.agent.cli;

import io.bpfchain.agent.fleet.Fleet;
import io.bpfchain.agent.fleet.TarGz;
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
        AtomicInteger files = new AtomicInteger();
        try (TarGz archive = new TarGz(
                Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                session().clock().instant())) {
            archive.add(
                    "bpfchain-support/plugin.txt",
                    ("bpfchain " + ProductVersion.text() + "\n").getBytes(StandardCharsets.UTF_8));
            fleet.support((path, content) -> {
                add(archive, "bpfchain-support/" + path, content);
                files.incrementAndGet();
            });
        } catch (FileAlreadyExistsException e) {
            return refused("FileExists", "write " + file + ": the file is there already", "Name another --file.");
        } catch (IOException e) {
            throw new UncheckedIOException("write " + file, e);
        }
        session().console().out().println(file + ": " + files.get() + " files");
        return ExitCode.DONE;
    }

    private static void add(TarGz archive, String path, String content) {
        try {
            archive.add(path, content.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("write the archive", e);
        }
    }
}
