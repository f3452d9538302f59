package io.bpfchain.agent.engine;

import io.bpfchain.agent.ApplyOutcome.Problem;
import io.bpfchain.agent.Host.Progress;
import io.bpfchain.agent.source.Sources;
import io.bpfchain.crds.ObjectSpec;
import io.bpfchain.crds.SourceSpec;
import io.bpfchain.crds.SourceSpec.UrlSource;
import io.bpfchain.crds.file.ChainDocument;
import io.bpfchain.kernel.FileAnswer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Sources of which those that a server has were asked for before the writer lock is taken: a server may take its time, and nobody else waits
 * for it. What came is in copies that go with this, because whoever has the lock meanwhile removes downloads that no chain needs yet; the
 * digests of the copies are checked like those of any file. What a server did not give is refused once, and it is not asked again.
 */
final class FetchedAhead implements Sources, AutoCloseable {
    private final Sources sources;
    private final Path downloads;
    private final Map<UrlSource, Fetched> fetched = new HashMap<>();
    private final List<Path> copies = new ArrayList<>();

    private FetchedAhead(Sources sources, Path downloads) {
        this.sources = sources;
        this.downloads = downloads;
    }

    /**
     * Asks the servers that these chains name, each once for each of its sources.
     *
     * @param downloads where copies are kept meanwhile, under names that whoever collects garbage leaves alone for a while
     */
    static FetchedAhead of(Sources sources, Path downloads, List<ChainDocument> chains, Progress progress) {
        FetchedAhead ahead = new FetchedAhead(sources, downloads);
        for (int i = 0; i < chains.size(); i++) {
            for (ObjectSpec object : chains.get(i).spec().objects()) {
                if (object.source().url() != null) {
                    progress.advanced("fetch objects", i, chains.size());
                    ahead.ask(object.source(), chains.get(i).directory());
                }
            }
        }
        return ahead;
    }

    private void ask(SourceSpec source, Path directory) {
        UrlSource url = Objects.requireNonNull(source.url());
        if (!fetched.containsKey(url)) {
            switch (sources.fetch(source, directory)) {
                case Fetched.Refused refused -> fetched.put(url, refused);
                case Fetched.Bytes bytes -> keep(url, bytes);
            }
        }
    }

    private void keep(UrlSource url, Fetched.Bytes bytes) {
        try {
            Path copy = Files.createTempFile(downloads, ".ahead-", "");
            copies.add(copy);
            Files.copy(bytes.file(), copy, StandardCopyOption.REPLACE_EXISTING);
            fetched.put(url, new Fetched.Bytes(copy, bytes.digest()));
        } catch (NoSuchFileException e) {
            // Whoever has the lock removed the download at this moment: it is fetched again, under the lock.
        } catch (IOException e) {
            fetched.put(
                    url,
                    new Fetched.Refused(
                            new Problem(
                                    Problem.Kind.FAILED,
                                    "CacheUnusable",
                                    downloads.toString(),
                                    "copy " + bytes.file() + ", which is " + url.url() + ": "
                                            + FileAnswer.of(e).text(),
                                    "Free space there or make it writable, or name another state directory with --state-dir.")));
        }
    }

    @Override
    public Fetched fetch(SourceSpec source, Path directory) {
        Fetched ahead = source.url() == null ? null : fetched.get(source.url());
        return ahead != null ? ahead : sources.fetch(source, directory);
    }

    @Override
    public void close() {
        for (Path copy : copies) {
            try {
                Files.deleteIfExists(copy);
            } catch (IOException e) {
                // The next writer removes it when it is old; what was applied is applied.
            }
        }
    }
}
