package io.bpfchain.operator.registry;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * The one file of a layer: the layer itself, as ORAS pushes a file, or the only regular file of its archive, as in bpfman's bytecode
 * images (https://bpfman.io, "eBPF Bytecode Image Specifications").
 */
final class LayerFile {
    /** What a layer holds. */
    sealed interface Result {
        record File(byte[] bytes) implements Result {}

        record None(String why) implements Result {}
    }

    private LayerFile() {}

    /**
     * Takes it out.
     *
     * @param layer its bytes, already checked against their digest
     * @param most how many bytes the file may have
     */
    static Result of(String mediaType, byte[] layer, int most) {
        if (!mediaType.contains("tar")) {
            return new Result.File(layer);
        }
        boolean zipped = mediaType.endsWith("gzip");
        if (!zipped && !mediaType.endsWith("tar")) {
            return new Result.None("its layer is of type " + mediaType + "; tar and tar with gzip are read");
        }
        try (InputStream in = new ByteArrayInputStream(layer);
                InputStream unzipped = zipped ? new GZIPInputStream(in) : in;
                TarArchiveInputStream archive = new TarArchiveInputStream(unzipped)) {
            return onlyFile(archive, most);
        } catch (IOException e) {
            return new Result.None("its layer is not the archive that its type says: " + e.getMessage());
        }
    }

    private static Result onlyFile(TarArchiveInputStream archive, int most) throws IOException {
        byte[] found = null;
        for (TarArchiveEntry entry = archive.getNextEntry(); entry != null; entry = archive.getNextEntry()) {
            if (!entry.isFile()) {
                continue;
            }
            if (found != null) {
                return new Result.None("the archive of its layer holds more than one file");
            }
            found = archive.readNBytes(most + 1);
            if (found.length > most) {
                return new Result.None("the file in its layer has more than " + most + " bytes");
            }
        }
        return found == null ? new Result.None("the archive of its layer holds no file") : new Result.File(found);
    }
}
